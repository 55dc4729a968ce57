#include "estimate/data_parallel.h"

#include <algorithm>

#include "base/units.h"
#include "explain/explanation.h"

namespace shardplan::explain {
namespace {

using estimate::Context;
using spec::Sharding;
using spec::Strategy;
using topology::Links;

// One ring over ranks that are `stride` GPUs apart; the cases are those of topology::ring_s.
Quantity ring(std::string id, std::string title, const Links& links, double ranks, double stride, double bytes) {
  Quantity q{std::move(id),
             std::move(title),
             "s",
             topology::ring_s(links, ranks, stride, bytes),
             "",
             {},
             "Ring: Thakur et al. 2005; reached rates fitted, presets/generations and presets/networks"};
  if (ranks <= 1 || bytes <= 0) {
    q.formula = "0";
    q.source = "one rank: nothing to send";
    return q;
  }
  const double sharing = std::min(ranks, std::max(1.0, links.domain / stride));
  const bool plain = links.groups.empty();
  const char* link = plain ? "scale-up link" : "links of the group";
  const char* reached = plain ? "what the scale-up link reaches" : "what the group's links reach";
  q.terms = {{"V", bytes, "B", "the whole message", ""}, {"n", ranks, "", "ranks", ""}};
  if (sharing >= ranks && ranks <= topology::kLargestLatencyBoundGroup) {
    q.formula = "V * (n - 1) / n / (r * b) + l0 + l1 * n";
    q.terms.push_back({"r", topology::kCollectiveReach, "", "share that a collective reaches", ""});
    q.terms.push_back({"b", topology::group_peak(links, ranks, stride), "B/s", link, ""});
    q.terms.push_back({"l0", topology::kLatency_s, "s", "latency", ""});
    q.terms.push_back({"l1", topology::kLatencyPerRank_s, "s", "latency per rank", ""});
  } else if (sharing >= ranks) {
    q.formula = "V * (n - 1) / n / b";
    q.terms.push_back({"b", topology::group_reached(links, ranks, stride), "B/s", reached, ""});
  } else {
    q.formula = "max(V * (n - 1) / n / (nic * g), V * (g - 1) / g / b)";
    q.terms.push_back({"nic", links.nic, "B/s", "what one adapter reaches", ""});
    q.terms.push_back({"g", sharing, "", "ranks of the ring on one node, each with its adapter", ""});
    q.terms.push_back({"b", topology::group_reached(links, sharing, stride), "B/s", reached, ""});
  }
  return q;
}

// A collective over the copies of dense and of expert parameters.
void collective(const Context& c, const Strategy& s, const std::string& id, const std::string& title, double value,
                const estimate::RankParameters& p, const estimate::ShardRanks& ranks, double dense_bytes,
                double expert_bytes, double factor, Explanation& out) {
  const Quantity dense =
      ring(id + "_dense", title + ": dense parameters", c.links, ranks.dense, s.tp, p.dense * dense_bytes);
  const Quantity experts =
      ring(id + "_experts", title + ": experts", c.links, ranks.experts, 1.0 * s.ep * s.etp, p.experts * expert_bytes);
  out.push_back({id,
                 title,
                 "s",
                 value,
                 "x * (d + e) * k",
                 {{"x", topology::kInterNode, "", "rings against single transfers", ""},
                  {"d", dense.value, "s", "dense parameters", dense.id},
                  {"e", experts.value, "s", "experts", experts.id},
                  {"k", factor, "", "the stack's own factor", ""}},
                 "presets/stacks"});
  out.push_back(dense);
  out.push_back(experts);
}

// Sharded parameters that wait on the host travel to the GPU before they are gathered.
void from_host(const Context& c, const estimate::ShardRanks& shard, const estimate::RankParameters& p, double bytes,
               Explanation& out) {
  for (Quantity& q : out) {
    if (q.id != "fsdp_gather_s") continue;
    q.formula += " + b * N / pcie";
    q.terms.push_back({"b", bytes, "B", "of a parameter", ""});
    q.terms.push_back(
        {"N", estimate::owned_parameters(shard, p.dense, p.experts), "", "parameters that the rank owns", ""});
    q.terms.push_back({"pcie", estimate::host_link_bytes_per_s(c.problem), "B/s", "from the host", ""});
  }
}

void optimizer(const Context& c, const Strategy& s, double gradient, double value, Explanation& out) {
  const estimate::RankParameters p = estimate::trained_parameters(c, s);
  const estimate::ShardRanks shard = estimate::shard_ranks(s);
  const double all = p.dense + p.experts, owned = estimate::owned_parameters(shard, p.dense, p.experts);
  Quantity q{"optimizer_s",
             "Optimizer step",
             "s",
             value,
             "",
             {},
             "Bytes that Adam reads and writes over the memory's bandwidth"};
  const double bandwidth = c.kernels.memory_bytes_per_s();
  if (s.offload_optimizer || s.offload_parameters) {
    const double pcie = estimate::host_link_bytes_per_s(c.problem);
    q.formula = "N * ((g + 2) / pcie + a / host)";
    q.terms = {{"N", owned, "", "parameters that the rank owns", ""},
               {"g", gradient, "B", "of a gradient", ""},
               {"pcie", pcie, "B/s", "to the host", ""},
               {"a", estimate::kHostAdamBytes, "B", "moved per parameter by the host's Adam", ""},
               {"host", estimate::kHostMemoryBytes_per_s, "B/s", "host memory per GPU", ""}};
  } else if (s.sharding == Sharding::kZero0) {
    q.formula = "k * a * N / BW";
    q.terms = {{"k", estimate::kOptimizerTime, "", "against the bandwidth", ""},
               {"a", estimate::optimizer_traffic(c, estimate::kReplicatedTraffic), "B", "moved per parameter", ""},
               {"N", all, "", "parameters of the rank", ""},
               {"BW", bandwidth, "B/s", "memory", ""}};
  } else {
    q.formula = "k * (a * N + g * P) / BW";
    q.terms = {{"k", estimate::kOptimizerTime, "", "against the bandwidth", ""},
               {"a", estimate::optimizer_traffic(c, estimate::kOptimizerTraffic), "B", "moved per owned parameter", ""},
               {"N", owned, "", "parameters that the rank owns", ""},
               {"g", gradient, "B", "of a gradient", ""},
               {"P", all, "", "parameters of the rank", ""},
               {"BW", bandwidth, "B/s", "memory", ""}};
  }
  const bool on_gpu = !s.offload_optimizer && !s.offload_parameters;
  if (const double paging = estimate::paging_s(c, s); on_gpu && paging > 0) {
    q.formula += " + y";
    q.terms.push_back({"y", paging, "s", "moments from the host and back", ""});
  }
  out.push_back(std::move(q));
}

}  // namespace

void explain_data_parallel(const Context& c, const Strategy& s, Explanation& out) {
  const estimate::DataParallelTime t = estimate::data_parallel_time(c, s);
  const spec::Stack& stack = c.stack();
  const double gradient = estimate::gradient_wire_bytes(c);
  const estimate::ShardRanks all = {estimate::data_parallel_ranks(s), estimate::expert_replica_ranks(s)};
  const estimate::ShardRanks shard = estimate::shard_ranks(s);
  const estimate::RankParameters everything = estimate::rank_parameters(c, s), p = estimate::trained_parameters(c, s);
  const auto nothing = [&](const char* id, const char* title) {
    out.push_back({id, title, "s", 0, "0", {}, "not part of this strategy"});
  };
  if (spec::is_frozen(c.training().fine_tuning) && c.training().fine_tuning.rank <= 0) {
    nothing("reduce_gradients_s", "Gradients reduced");
    nothing("gather_parameters_s", "Parameters gathered");
    nothing("optimizer_s", "Optimizer step");
    return;
  }
  if (estimate::gathers_per_microbatch(s.sharding)) {
    const double gathered = estimate::gathered_parameter_bytes(c);
    collective(c, s, "fsdp_gather_s", "Parameters gathered, per pass and micro-batch", t.fsdp_gather_s, everything,
               shard, gathered, gathered, 1, out);
    if (s.offload_parameters) from_host(c, shard, everything, gathered, out);
    collective(c, s, "fsdp_scatter_s", "Gradients scattered, per micro-batch", t.fsdp_scatter_s, p, shard,
               stack.fsdp_gradient_bytes, estimate::kGatheredBytes, 1, out);
    out.push_back({"fsdp_backward_s",
                   "Traffic of the backward pass",
                   "s",
                   t.fsdp_gather_s + t.fsdp_scatter_s,
                   "g + s",
                   {{"g", t.fsdp_gather_s, "s", "parameters gathered", "fsdp_gather_s"},
                    {"s", t.fsdp_scatter_s, "s", "gradients scattered", "fsdp_scatter_s"}},
                   ""});
    if (shard.dense < all.dense) {
      const Quantity between = ring("hsdp_ring_s", "Between replicas", c.links, all.dense / shard.dense,
                                    s.tp * shard.dense, (p.dense + p.experts) * gradient / shard.dense);
      out.push_back({"reduce_gradients_s",
                     "Gradients all-reduced between replicas",
                     "s",
                     t.reduce_gradients_s,
                     "x * 2 * r",
                     {{"x", topology::kInterNode, "", "rings against single transfers", ""},
                      {"r", between.value, "s", "one way", between.id}},
                     "HSDP"});
      out.push_back(between);
    } else {
      nothing("reduce_gradients_s", "Gradients reduced after the step");
    }
    nothing("gather_parameters_s", "Parameters gathered after the step");
  } else if (s.sharding == Sharding::kZero0) {
    collective(c, s, "reduce_gradients_s", "Gradients reduced (half of the all-reduce)", t.reduce_gradients_s, p, all,
               gradient, gradient, 1, out);
    collective(c, s, "gather_parameters_s", "Gradients gathered (the other half)", t.gather_parameters_s, p, all,
               gradient, gradient, 1, out);
  } else {
    const double weight = estimate::parameter_wire_bytes(c, s.precision);
    collective(c, s, "reduce_gradients_s", "Gradients reduce-scattered", t.reduce_gradients_s, p, all, gradient,
               gradient, stack.zero1_reduce_scatter_multiplier, out);
    collective(c, s, "gather_parameters_s", "Parameters gathered", t.gather_parameters_s, p, all, weight, weight, 1,
               out);
  }
  optimizer(c, s, gradient, t.optimizer_s, out);
}

}  // namespace shardplan::explain
