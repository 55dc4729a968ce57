// What data parallelism costs: gradients, parameters, and the optimizer step.
#pragma once

#include "estimate/problem.h"

namespace shardplan::estimate {

// Bytes per parameter: master copy and gradient in, master copy and weight out; moments are read and written beside it.
inline constexpr double kOptimizerTraffic = 14;
inline constexpr double kReplicatedTraffic = 18;
double optimizer_traffic(const Context& context, double without_moments);
inline constexpr double kOptimizerTime = 1.1;           // against bytes / bandwidth
inline constexpr double kHostAdamBytes = 28;            // read and written per parameter by the host's Adam
inline constexpr double kHostMemoryBytes_per_s = 50e9;  // per GPU: 200-400 GB/s per socket over four GPUs
inline constexpr double kGatheredBytes = 2;             // FSDP gathers and reduces in bf16

// Parameters of one rank of the average stage, embedding and head included where there is no pipeline.
struct RankParameters {
  double dense = 0;  // everything outside routed experts
  double experts = 0;
};
RankParameters rank_parameters(const Context& context, const spec::Strategy& s);
// Those of them that train: all, or the adapters beside a frozen base.
RankParameters trained_parameters(const Context& context, const spec::Strategy& s);

// Ranks that hold copies of the same dense and the same expert parameters.
double data_parallel_ranks(const spec::Strategy& s);   // dp cp
double expert_replica_ranks(const spec::Strategy& s);  // max(1, dp cp tp / (ep etp))

// Ranks over which the states of dense and expert parameters are split (1: replicated).
struct ShardRanks {
  double dense = 1;
  double experts = 1;
};
ShardRanks shard_ranks(const spec::Strategy& s);

// Of so many dense and expert parameters, those whose states one rank holds.
double owned_parameters(const ShardRanks& ranks, double dense, double experts);

// Bytes of a gradient and of a gathered parameter on the wire.
double gradient_wire_bytes(const Context& context);
double parameter_wire_bytes(const Context& context, spec::Precision precision);
// What FSDP gathers of a parameter: 16 bits, or the type that a frozen base is kept in.
double gathered_parameter_bytes(const Context& context);

// Bytes that a collective moves for each dense and each expert parameter.
struct Traffic {
  double dense = 0;
  double experts = 0;
};

// What data-parallel ranks send each other. All of it is all-gathers and reduce-scatters; an all-reduce is one of each.
struct DataParallelTraffic {
  ShardRanks ranks;  // that take part in the ...
  // ... collectives around every use, of each micro-batch. Parameters are gathered twice: forward and backward.
  Traffic fsdp_gather, fsdp_scatter;
  // ... collectives of the whole step.
  Traffic reduce_gradients, gather_parameters;
  // HSDP: groups that all-reduce their shards of the gradients, and the bytes of a gradient there.
  double replicas = 1;
  double replica_bytes = 0;
};
DataParallelTraffic data_parallel_traffic(const Context& context, const spec::Strategy& s);

// How often a step reduces gradients: ZeRO-2 holds no whole ones to accumulate into, so it reduces every micro-batch's
// (DeepSpeed, runtime/zero/stage_1_and_2.py); the others do so once.
double gradient_reductions(const spec::Strategy& s);

// Seconds of data-parallel traffic, before anything hides it.
struct DataParallelTime {
  double reduce_gradients_s = 0;  // each time
  double gather_parameters_s = 0;
  // FSDP, HSDP, ZeRO-3: per micro-batch.
  double fsdp_gather_s = 0;
  double fsdp_scatter_s = 0;
  double optimizer_s = 0;
};
// Adapters that nobody described send nothing.
DataParallelTime data_parallel_time(const Context& context, const spec::Strategy& s);

// Bytes that one GPU sends for the data-parallel collectives of one step, as rings do: (n - 1) / n of the message.
struct DataParallelVolume {
  double all_gather = 0;
  double reduce_scatter = 0;
  double all_reduce = 0;
};
DataParallelVolume data_parallel_volume(const Context& context, const spec::Strategy& s);

// What a GPU reaches to and from the host's memory, in bytes per second and direction.
double host_link_bytes_per_s(const Problem& problem);
// Seconds that paged moments take to the GPU and back where weights, gradients and moments together exceed its memory:
// a step reads all of them once, so that none is still there when it is needed again.
double paging_s(const Context& context, const spec::Strategy& s);

// FSDP, HSDP and ZeRO-3 gather parameters around every use.
bool gathers_per_microbatch(spec::Sharding sharding);

}  // namespace shardplan::estimate
