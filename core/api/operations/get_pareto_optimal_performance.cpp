// One phase of serving over several batches: no other way is both quicker and more productive.
#include "api/registry.h"
#include "api/serving_fields.h"
#include "api/serving_phase.h"

namespace shardplan::api {

struct ParetoPhaseRequest {
  PhaseQuestion question;
  estimate::serving::PhaseKind stage = estimate::serving::PhaseKind::kDecode;
  int total_nodes = 8;
  std::vector<int> batch_list;
};

struct ParetoPhaseResponse {
  std::vector<PhasePlan> pareto;
  PhaseNotes notes;
};

namespace {

constexpr size_t kMostBatches = 64;

Result<ParetoPhaseResponse> pareto_phase(const ParetoPhaseRequest& request) {
  if (request.batch_list.size() > kMostBatches) return fail("/batch_list", "'batch_list' has more than 64 batches.");
  const auto q = resolve(request.question, request.total_nodes);
  if (!q) return tl::unexpected<Diagnostics>(q.error());
  std::vector<double> batches(request.batch_list.begin(), request.batch_list.end());
  if (batches.empty()) batches.push_back(1);
  PhaseSearch search(*q, request.stage, batches);
  ParetoPhaseResponse r;
  for (const search::serving::PhasePoint& p : search.found.frontier)
    r.pareto.push_back(phase_plan(search.deployment, *q, request.stage, p));
  r.notes = std::move(search.notes);
  return r;
}

}  // namespace

Operation get_pareto_optimal_performance_operation() {
  return make_operation<&pareto_phase>(
      "get_pareto_optimal_performance",
      "One phase of serving over several batches: least latency against most throughput.",
      R"({"stage": "decode", "model": "llama2_7b", "total_nodes": 8, "batch_list": [8, 16, 32, 64],
        "system_name": "A100_80GB", "bits": "bf16"})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::ParetoPhaseRequest, "pareto_phase_request");
SHARDPLAN_DESCRIBE(api::ParetoPhaseResponse, "pareto_phase_response");

Fields Describe<api::ParetoPhaseRequest>::fields() {
  using R = api::ParetoPhaseRequest;
  static constexpr Field own[] = {
      field<&R::stage>("stage", "The phase."),
      field<&R::total_nodes>("total_nodes", "GPUs.").alias("gpus").range(1, 4096),
      field<&R::batch_list>("batch_list", "Requests at once; 1 without it.")
          .alias("batch_size")
          .range(1, 1e6)
          .scalar_or_list(),
  };
  static const FieldList table = FieldList().include<&R::question>().add(own);
  return table;
}

Fields Describe<api::ParetoPhaseResponse>::fields() {
  using R = api::ParetoPhaseResponse;
  static constexpr Field own[] = {
      field<&R::pareto>("pareto", "Least latency first; each further one has more tokens per second."),
  };
  static const FieldList table = FieldList().add(own).include<&R::notes>();
  return table;
}

}  // namespace shardplan::json
