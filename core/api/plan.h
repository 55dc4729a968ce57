// A plan as every response shows it: the strategy with its memory, time, price and how sure they are. Contract,
// section 3.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "api/question.h"
#include "estimate/memory.h"
#include "estimate/step.h"
#include "spec/strategy.h"

namespace shardplan::api {

struct FsdpGroup {
  int shard_size = 0;
};

// A strategy by the names that requests and responses share.
struct StrategyFields {
  std::optional<int> tp, pp, vpp, dp, cp, ep, etp, mbs;
  std::optional<bool> sp;
  std::optional<int> zero_stage;
  std::optional<FsdpGroup> fsdp;
  std::optional<spec::Sharding> sharding;  // another way to say zero_stage or fsdp
  std::optional<int> gbs;                  // printed; as a request the question's gbs is meant
  std::optional<int> num_microbatches;
  std::optional<spec::Schedule> schedule;
  std::optional<spec::RecomputeMode> recompute;
  std::vector<std::string> recompute_modules;
  std::optional<double> recompute_layer_share;
  std::optional<spec::Precision> precision;
  std::optional<spec::ContextParallel> cp_comm;
  std::optional<bool> offload_optimizer;
  std::optional<bool> offload_parameters;
  std::optional<double> offload_activations;
  std::vector<int> layers_per_stage;
};

// Whole strategy -> fields, with everything stated.
StrategyFields fields_of(const estimate::Context& context, const spec::Strategy& strategy);
// Fields -> strategy; what is absent gets the least it can be, dp what is left of the GPUs.
Result<spec::Strategy> strategy_of(const estimate::Context& context, const StrategyFields& fields,
                                   const std::string& path);
// What selective recomputation may name.
std::vector<std::string> recompute_module_names();
// Product of the degrees that are named, 0 where dp is not.
KnownDegrees known_degrees(const StrategyFields& fields);

// "TP 4 · PP 8 · VPP 5 · DP 2, ZeRO-1, ..." for sentences.
std::string strategy_text(const spec::Strategy& strategy);

struct StageFields {
  int stage = 0, layers = 0;
  double reserved_gib = 0, allocated_gib = 0;
  double parameters_gib = 0, gradients_gib = 0, optimizer_gib = 0, activations_gib = 0, buffers_gib = 0,
         overhead_gib = 0;
  double microbatches_in_flight = 0;
};

struct MemoryFields {
  double peak_gib = 0, allocated_gib = 0, capacity_gib = 0, usable_gib = 0;
  int worst_stage = 0;
  std::vector<StageFields> stages;
};

struct Communication {
  double total_s = 0, exposed_s = 0;
};

struct TimeFields {
  double step_time_s = 0;
  double forward_s = 0, backward_s = 0, recompute_s = 0, head_s = 0;
  Communication tp, cp, ep, pp, dp;
  double bubble_s = 0, wait_for_head_s = 0, offload_s = 0, host_s = 0, optimizer_s = 0, other_s = 0, stragglers_s = 0;
};

struct Confidence {
  std::vector<double> step_time_s;  // low, high
  std::vector<double> peak_gib;
  std::string level;
  std::string basis;
  double coverage_pct = 80;
  double median_error_pct = 0;
  int runs = 0;
  double oom_probability = 0;
};

struct Plan {
  int rank = 0;
  std::string summary;
  StrategyFields strategy;
  int gpus = 0;
  bool fits = false;
  double over_gib = 0;  // beyond what may be used; 0 where it fits
  MemoryFields memory;
  TimeFields time;
  double tokens_per_s = 0, tokens_per_s_per_gpu = 0, tflops_per_gpu = 0, mfu = 0, hfu = 0;
  std::optional<double> usd_per_million_tokens, usd_per_hour;
  Confidence confidence;
  std::string difference;  // why it is not first
  bool ties_with_best = false;
};

// Everything about one strategy. `usable_bytes`: what a plan may take of a GPU's memory.
Plan make_plan(const estimate::Context& context, const spec::Strategy& strategy, double usable_bytes);

}  // namespace shardplan::api
