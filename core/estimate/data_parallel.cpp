#include "estimate/data_parallel.h"

#include <algorithm>

#include "base/units.h"
#include "estimate/fine_tuning.h"
#include "estimate/optimizer.h"
#include "model/parameters.h"

namespace shardplan::estimate {

using spec::Sharding;

double data_parallel_ranks(const spec::Strategy& s) { return static_cast<double>(s.dp) * s.cp; }

double expert_replica_ranks(const spec::Strategy& s) {
  return std::max(1.0, static_cast<double>(s.dp) * s.cp * s.tp / (static_cast<double>(s.ep) * s.etp));
}

ShardRanks shard_ranks(const spec::Strategy& s) {
  switch (s.sharding) {
    case Sharding::kZero0: return {1, 1};
    case Sharding::kHsdp: {
      const double group = s.shard_size > 0 ? s.shard_size : data_parallel_ranks(s);
      return {group,
              std::max(1.0, std::min(expert_replica_ranks(s), group * s.tp / (static_cast<double>(s.ep) * s.etp)))};
    }
    default: return {data_parallel_ranks(s), expert_replica_ranks(s)};
  }
}

double owned_parameters(const ShardRanks& ranks, double dense, double experts) {
  return dense / ranks.dense + experts / ranks.experts;
}

double gradient_wire_bytes(const Context& c) {
  return c.training().gradient_bytes > 0 ? c.training().gradient_bytes : c.stack().gradient_bytes;
}

double parameter_wire_bytes(const Context& c, spec::Precision precision) {
  const bool fp8 = precision == spec::Precision::kFp8 || precision == spec::Precision::kFp8Blockwise;
  return fp8 ? c.stack().parameter_bytes_fp8 : c.stack().parameter_bytes;
}

RankParameters rank_parameters(const Context& c, const spec::Strategy& s) {
  const spec::Model& m = c.model();
  const model::LayerParameters p = model::layer_parameters(m, s.tp, s.ep, s.etp);
  const model::LayerCount layers = model::all_layers(m);
  const double mtp = c.training().mtp_layers;
  const double moe = layers.moe + (model::is_moe(m) ? mtp : 0), dense = layers.dense + (model::is_moe(m) ? 0 : mtp);
  RankParameters r;
  r.dense =
      ((dense + moe) * (p.attention + p.norms) + dense * p.dense_mlp + moe * (p.shared_experts + p.router)) / s.pp +
      model::embedding_parameters(m, s.tp) * (s.pp == 1 && !m.tie_word_embeddings ? 2 : 1);
  r.experts = moe * p.experts / s.pp;
  return r;
}

double host_link_bytes_per_s(const Problem& p) {
  return std::max(p.cluster.accelerator.pcie_gb_per_s, 1.0) * kGiga * p.generation.nic_reach;
}

bool gathers_per_microbatch(Sharding sharding) {
  return sharding == Sharding::kFsdp || sharding == Sharding::kHsdp || sharding == Sharding::kZero3;
}

double optimizer_traffic(const Context& c, double without_moments) { return without_moments + 2 * c.moment_bytes; }

double paging_s(const Context& c, const spec::Strategy& s) {
  if (!traits_of(c.training().optimizer).paged) return 0;
  const RankParameters all = rank_parameters(c, s), p = trained_parameters(c, s);
  const ShardRanks ranks = s.sharding == Sharding::kZero0 ? ShardRanks{1, 1} : shard_ranks(s);
  const double moments = c.moment_bytes * owned_parameters(ranks, p.dense, p.experts);
  const ShardRanks of_weights = gathers_per_microbatch(s.sharding) ? ranks : ShardRanks{1, 1};
  const double weights = gathered_parameter_bytes(c) * owned_parameters(of_weights, all.dense, all.experts);
  const double gradients = c.training().optimizer_in_backward
                               ? 0
                               : gradient_wire_bytes(c) * owned_parameters(of_weights, p.dense, p.experts);
  const bool short_of_memory = weights + gradients + moments > c.problem.cluster.accelerator.memory_gib * kGib;
  return short_of_memory ? 2 * moments / host_link_bytes_per_s(c.problem) : 0;
}

RankParameters trained_parameters(const Context& c, const spec::Strategy& s) {
  if (!is_frozen(c)) return rank_parameters(c, s);
  const AdapterShare layer = mean_layer_adapters(c, s.tp, s.ep, s.etp);
  const double layers = static_cast<double>(c.model().num_hidden_layers + c.training().mtp_layers) / s.pp;
  return {layers * layer.dense, layers * layer.experts};
}

double gathered_parameter_bytes(const Context& c) { return is_frozen(c) ? frozen_weight_bytes(c) : kGatheredBytes; }

namespace {

double optimizer_s(const Context& c, const spec::Strategy& s, const RankParameters& p, double gradient) {
  const double owned = owned_parameters(shard_ranks(s), p.dense, p.experts), all = p.dense + p.experts;
  const double bandwidth = c.kernels.memory_bytes_per_s();
  if (s.offload_optimizer || s.offload_parameters)
    return owned * ((gradient + 2) / host_link_bytes_per_s(c.problem) + kHostAdamBytes / kHostMemoryBytes_per_s);
  if (s.sharding == Sharding::kZero0)
    return kOptimizerTime * optimizer_traffic(c, kReplicatedTraffic) * all / bandwidth + paging_s(c, s);
  const double traffic = optimizer_traffic(c, kOptimizerTraffic);
  return kOptimizerTime * (traffic * owned + gradient * all) / bandwidth + paging_s(c, s);
}

}  // namespace

DataParallelTraffic data_parallel_traffic(const Context& c, const spec::Strategy& s) {
  const spec::Stack& stack = c.stack();
  const double replicas = data_parallel_ranks(s), gradient = gradient_wire_bytes(c);
  DataParallelTraffic t;
  t.ranks = {replicas, expert_replica_ranks(s)};
  if (is_frozen(c) && !adapters_are_stated(c)) return t;
  if (gathers_per_microbatch(s.sharding)) {
    const double gathered = gathered_parameter_bytes(c);
    t.ranks = shard_ranks(s);
    t.fsdp_gather = {gathered, gathered};
    t.fsdp_scatter = {stack.fsdp_gradient_bytes, kGatheredBytes};
    if (t.ranks.dense < replicas) {
      t.replicas = replicas / t.ranks.dense;
      t.replica_bytes = gradient;
    }
    return t;
  }
  const double weight = s.sharding == Sharding::kZero0 ? gradient : parameter_wire_bytes(c, s.precision);
  t.reduce_gradients = {gradient, gradient};
  t.gather_parameters = {weight, weight};
  return t;
}

double gradient_reductions(const spec::Strategy& s) {
  return s.sharding == Sharding::kZero2 ? spec::num_microbatches(s) : 1;
}

DataParallelTime data_parallel_time(const Context& c, const spec::Strategy& s) {
  DataParallelTime t;
  if (is_frozen(c) && !adapters_are_stated(c)) return t;
  const RankParameters everything = rank_parameters(c, s), p = trained_parameters(c, s);
  const DataParallelTraffic traffic = data_parallel_traffic(c, s);
  const double expert_stride = static_cast<double>(s.ep) * s.etp;

  // One reduce-scatter or all-gather of both kinds of parameters over so many of their copies.
  const auto seconds = [&](const RankParameters& of, Traffic bytes) {
    return topology::kInterNode *
           (topology::ring_s(c.links, traffic.ranks.dense, s.tp, of.dense * bytes.dense) +
            topology::ring_s(c.links, traffic.ranks.experts, expert_stride, of.experts * bytes.experts));
  };
  t.fsdp_gather_s = seconds(everything, traffic.fsdp_gather);
  t.fsdp_scatter_s = seconds(p, traffic.fsdp_scatter);
  t.reduce_gradients_s = seconds(p, traffic.reduce_gradients);
  t.gather_parameters_s = seconds(p, traffic.gather_parameters);
  if (s.offload_parameters) {
    const double owned = owned_parameters(traffic.ranks, everything.dense, everything.experts);
    t.fsdp_gather_s += owned * gathered_parameter_bytes(c) / host_link_bytes_per_s(c.problem);
  }
  const bool zero = s.sharding == Sharding::kZero1 || s.sharding == Sharding::kZero2;
  if (zero) t.reduce_gradients_s *= c.stack().zero1_reduce_scatter_multiplier;
  if (traffic.replicas > 1) {
    // Neighbours among replicas are a whole shard group apart.
    const double bytes = (p.dense + p.experts) * traffic.replica_bytes / traffic.ranks.dense;
    t.reduce_gradients_s =
        topology::kInterNode * 2 * topology::ring_s(c.links, traffic.replicas, s.tp * traffic.ranks.dense, bytes);
  }
  t.optimizer_s = optimizer_s(c, s, p, gradient_wire_bytes(c));
  return t;
}

DataParallelVolume data_parallel_volume(const Context& c, const spec::Strategy& s) {
  const RankParameters everything = rank_parameters(c, s), p = trained_parameters(c, s);
  const DataParallelTraffic t = data_parallel_traffic(c, s);
  const auto sent = [](double ranks, double bytes) { return bytes * (ranks - 1) / ranks; };
  const auto of = [&](const RankParameters& n, Traffic bytes) {
    return sent(t.ranks.dense, n.dense * bytes.dense) + sent(t.ranks.experts, n.experts * bytes.experts);
  };
  const auto over_ranks = [&](Traffic bytes) { return of(p, bytes); };
  const double m = spec::num_microbatches(s);
  DataParallelVolume v;
  if (s.sharding == Sharding::kZero0) {
    v.all_reduce = over_ranks(t.reduce_gradients) + over_ranks(t.gather_parameters);
    return v;
  }
  v.all_gather = over_ranks(t.gather_parameters) + 2 * m * of(everything, t.fsdp_gather);
  v.reduce_scatter = gradient_reductions(s) * over_ranks(t.reduce_gradients) + m * over_ranks(t.fsdp_scatter);
  v.all_reduce = 2 * sent(t.replicas, (p.dense + p.experts) * t.replica_bytes / t.ranks.dense);
  return v;
}

}  // namespace shardplan::estimate
