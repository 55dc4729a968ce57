#include "api/topology_reasons.h"
#include "estimate/step.h"

namespace shardplan::api {
namespace {

double step_s(estimate::Problem problem, std::vector<spec::GroupRate> rates, const spec::Strategy& s) {
  spec::Cluster& c = problem.cluster;
  c.group_rates = std::move(rates);
  // Bridges of pairs: without a topology such a host is planned over PCIe.
  if (c.group_rates.empty() && c.accelerator.scaleup_domain < c.gpus_per_node) c.accelerator.scaleup_gb_per_s = 0;
  return estimate::step_time(estimate::Context(std::move(problem)), s).step_time_s;
}

}  // namespace

void price_topology(const estimate::Context& context, const spec::Strategy& s, TopologyUse& use) {
  const double now = estimate::step_time(context, s).step_time_s;
  use.data_sheet_step_time_s = context.problem.cluster.group_rates.empty() ? now : step_s(context.problem, {}, s);
  use.cost_s = now - use.data_sheet_step_time_s;
  for (const auto& [what, rates] : use.repaired) {
    Repair r;
    r.repair = what;
    r.step_time_s = step_s(context.problem, rates, s);
    r.saved_s = now - r.step_time_s;
    use.repairs.push_back(std::move(r));
  }
  const int node = context.problem.cluster.gpus_per_node, gpus = spec::world_size(s);
  use.rank_file = "# rank node local_rank gpu\n";
  constexpr int kMostRanks = 1024;  // beyond, the nodes repeat
  for (int rank = 0; rank < gpus && rank < kMostRanks; ++rank) {
    const auto local = static_cast<size_t>(rank % node);
    const auto gpu = static_cast<size_t>(use.rank_to_gpu[local]);
    use.rank_file += std::to_string(rank) + " " + std::to_string(rank / node) + " " + std::to_string(local) + " " +
                     std::to_string(gpu);
    if (gpu < use.gpu_notes.size() && !use.gpu_notes[gpu].empty()) use.rank_file += " # " + use.gpu_notes[gpu];
    use.rank_file += "\n";
  }
}

}  // namespace shardplan::api
