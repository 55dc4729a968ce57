// Time of one optimizer step: micro-batches on the slowest stage, the pipeline's bubble, what data parallelism does not
// hide, the optimizer, and the rest. The parts below are what the slowest stage spends; they sum to the step.
#pragma once

#include "estimate/data_parallel.h"
#include "estimate/layer.h"
#include "estimate/stages.h"

namespace shardplan::estimate {

// One stage and one micro-batch; depends on the layout, not on the number of micro-batches.
struct StageTime {
  StageLayout layout;
  double forward_s = 0;    // of the longest stage
  double backward_s = 0;   // with recomputation
  double recompute_s = 0;  // part of backward_s
  double weight_gradient_s = 0;
  double fsdp_exposed_s = 0;  // part of forward_s and backward_s
  double fsdp_total_s = 0;
  double offload_forward_s = 0;   // part of forward_s: activations to the host that its layer does not hide
  double offload_backward_s = 0;  // part of backward_s: the same on their way back
  double p2p_exposed_s = 0;
  double p2p_total_s = 0;
  double mid_s = 0;      // forward + backward + send and receive of the longest stage
  double slowest_s = 0;  // with the head where that stage carries it
  double others = 1;     // what the other stages take on average, against the longest
};
StageTime stage_time(const Context& context, const spec::Strategy& s, const LayerTime& layer,
                     const DataParallelTime& dp);

// Micro-batches behind which the step's data-parallel traffic hides (with virtual stages later chunks finish early, and
// their traffic hides behind the others), and the share of it that may.
double data_parallel_window(const spec::Strategy& s);
double data_parallel_overlap(const spec::Stack& stack, const spec::Strategy& s);

// Share of a step that waiting for stragglers adds, per doubling of the GPUs beyond kStragglersFrom: weak scaling of
// Megatron-Bridge, NeMo and MLPerf runs on H100 and GB200 from 64 to 11,616 GPUs slows by 0.2 to 1 % per doubling of
// which the other terms explain part.
inline constexpr double kStragglersPerDoubling = 0.003;
inline constexpr double kStragglersFrom = 64;
double straggler_share(const spec::Strategy& s);

struct StepTime {
  double step_time_s = 0;
  // Busy time of the longest stage, all micro-batches, without the parts below.
  double forward_s = 0;
  double backward_s = 0;
  double recompute_s = 0;
  double head_s = 0;                                        // LM head and cross-entropy, without a pipeline
  double wait_for_head_s = 0;                               // what the head on the last stage makes the others wait
  double tp_s = 0, cp_s = 0, ep_s = 0, pp_s = 0, dp_s = 0;  // exposed
  double tp_total_s = 0, cp_total_s = 0, ep_total_s = 0, pp_total_s = 0, dp_total_s = 0;
  double bubble_s = 0;
  double offload_s = 0;  // activations that the host link is too slow to hide
  double host_s = 0;     // launching, synchronisation and gaps between kernels that the GPU waits for
  double optimizer_s = 0;
  double other_s = 0;       // data, clipping, logging
  double stragglers_s = 0;  // waiting for the slowest of many GPUs
};
StepTime step_time(const Context& context, const spec::Strategy& s, const LayerTime& layer, const StageTime& stage,
                   const DataParallelTime& dp);

// Seconds in which a strategy passes the step's micro-batches forward only, LM head included: what scoring takes.
double scoring_s(const Context& context, const spec::Strategy& s);

// All of it for one strategy.
StepTime step_time(const Context& context, const spec::Strategy& s);

}  // namespace shardplan::estimate
