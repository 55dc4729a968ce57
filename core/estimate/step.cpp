#include "estimate/step.h"

#include <algorithm>

#include "base/math.h"
#include "estimate/memory.h"
#include "estimate/pipeline.h"

namespace shardplan::estimate {
namespace {

constexpr double kFullGraphStepShare = 0.1;  // of the stack's constant, with whole-iteration CUDA graphs

// Activations of one micro-batch to the next stage and their gradients back, once per virtual stage.
double p2p_s(const Context& c, const spec::Strategy& s) {
  if (s.pp <= 1) return 0;
  const double bytes = 2 * microbatch_tokens(c, layer_shape(s)) * c.model().hidden_size / s.tp;
  const double extent = spec::world_size(s);
  return 2 * s.vpp * bytes / topology::point_to_point_bytes_per_s(c.links, extent) * topology::kInterNode;
}

// Gathering and scattering beside compute: the longer of the two hides the other, and both slow each other down.
struct Overlap {
  double total_s = 0;
  double exposed_s = 0;
};
Overlap overlapped(double compute_s, double traffic_s, const spec::Stack& stack) {
  if (!stack.fsdp_prefetch) return {compute_s + traffic_s, traffic_s};
  const double total = smooth_max(compute_s, traffic_s) + stack.fsdp_contention * std::min(compute_s, traffic_s);
  return {total, total - compute_s};
}

// Mean time of the stages that are not the slowest, as a share of the longest without the head: what a pipeline of
// unequal stages takes to fill and drain is the sum of the others, not (p - 1) times the longest.
double share_of_others(const StageTime& t, int pp, double head_s) {
  const double all_s = pp * t.layout.average / t.layout.longest * t.mid_s + head_s;
  return (all_s - t.slowest_s) / ((pp - 1) * t.mid_s);
}

// Activations go to the host beside the forward pass of their layer and come back beside its backward pass; what takes
// longer than the pass is waited for.
void offload_activations(const Context& c, const spec::Strategy& s, const LayerTime& layer, StageTime& t) {
  const LayerActivations kept = layer_activations(c, layer_shape(s), s.recompute);
  const double transfer_s = offloaded_layer_bytes(c, kept) / host_link_bytes_per_s(c.problem);
  const double layers = t.layout.longest * s.offload_activations;
  t.offload_forward_s = layers * std::max(0.0, transfer_s - layer.forward.total_s);
  t.offload_backward_s = layers * std::max(0.0, transfer_s - layer.backward.total_s);
  t.forward_s += t.offload_forward_s;
  t.backward_s += t.offload_backward_s;
}

// What of x stays visible beside a window of compute.
double exposed(double x, double hidden_share, double window_s) { return x - hidden_share * std::min(x, window_s); }

void scale(StepTime& t, double factor) {
  for (double* part : {&t.step_time_s, &t.forward_s,  &t.backward_s,   &t.recompute_s, &t.head_s,   &t.wait_for_head_s,
                       &t.tp_s,        &t.cp_s,       &t.ep_s,         &t.pp_s,        &t.dp_s,     &t.tp_total_s,
                       &t.cp_total_s,  &t.ep_total_s, &t.pp_total_s,   &t.dp_total_s,  &t.bubble_s, &t.host_s,
                       &t.optimizer_s, &t.other_s,    &t.stragglers_s, &t.offload_s})
    *part *= factor;
}

}  // namespace

double data_parallel_window(const spec::Strategy& s) { return 1 + (s.pp - 1) * (1 - 1.0 / s.vpp); }

double data_parallel_overlap(const spec::Stack& stack, const spec::Strategy& s) {
  return s.sharding == spec::Sharding::kZero0 ? stack.dp_overlap_replicated : stack.dp_overlap;
}

double straggler_share(const spec::Strategy& s) {
  const double gpus = spec::world_size(s);
  return gpus <= kStragglersFrom ? 0 : kStragglersPerDoubling * log2(gpus / kStragglersFrom);
}

StageTime stage_time(const Context& c, const spec::Strategy& s, const LayerTime& layer, const DataParallelTime& dp) {
  const spec::Stack& stack = c.stack();
  StageTime t;
  t.layout = stage_layout(c, s);
  const double layers = t.layout.longest;
  t.recompute_s = layers * recompute_s(layer, s.recompute);
  t.forward_s = layers * layer.forward.total_s;
  t.backward_s = layers * layer.backward.total_s + t.recompute_s;
  t.weight_gradient_s = layers * layer.weight_gradient_s;
  if (gathers_per_microbatch(s.sharding)) {
    const Overlap forward = overlapped(t.forward_s, dp.fsdp_gather_s, stack);
    const Overlap backward = overlapped(t.backward_s, dp.fsdp_gather_s + dp.fsdp_scatter_s, stack);
    t.forward_s = forward.total_s;
    t.backward_s = backward.total_s;
    t.fsdp_exposed_s = forward.exposed_s + backward.exposed_s;
    t.fsdp_total_s = 2 * dp.fsdp_gather_s + dp.fsdp_scatter_s;
  }
  if (s.offload_activations > 0) offload_activations(c, s, layer, t);
  t.p2p_total_s = p2p_s(c, s);
  t.p2p_exposed_s = t.p2p_total_s * stack.pp_exposed;
  t.mid_s = t.forward_s + t.backward_s + t.p2p_exposed_s;
  t.slowest_s = slowest_stage_s(t.layout, s.pp, t.mid_s, layer.head_s);
  if (t.layout.uneven) t.others = share_of_others(t, s.pp, layer.head_s);
  return t;
}

StepTime step_time(const Context& c, const spec::Strategy& s, const LayerTime& layer, const StageTime& stage,
                   const DataParallelTime& dp) {
  const spec::Stack& stack = c.stack();
  const double m = spec::num_microbatches(s), layers = stage.layout.longest;
  StepTime t;

  const double hop_s = stage.p2p_exposed_s / 2;
  t.bubble_s = bubble_s(s.schedule, s.pp, s.vpp, stage.others * stage.forward_s + hop_s,
                        stage.others * stage.backward_s + hop_s, stage.others * stage.weight_gradient_s);
  const double window = data_parallel_window(s), hidden = data_parallel_overlap(stack, s);
  const double reductions = gradient_reductions(s);
  const double beside_the_pipeline = reductions * exposed(dp.reduce_gradients_s, hidden, stage.backward_s * window) +
                                     exposed(dp.gather_parameters_s, hidden, stage.forward_s * window);
  t.dp_s = beside_the_pipeline + m * stage.fsdp_exposed_s;
  t.dp_total_s = reductions * dp.reduce_gradients_s + dp.gather_parameters_s + m * stage.fsdp_total_s;
  t.optimizer_s = dp.optimizer_s;
  t.other_s = stack.step_s * (stack.cuda_graphs == spec::CudaGraphs::kFullIteration ? kFullGraphStepShare : 1);
  const double alone_s = m * stage.slowest_s + t.bubble_s + beside_the_pipeline + t.optimizer_s + t.other_s;
  t.stragglers_s = alone_s * straggler_share(s);
  t.step_time_s = alone_s + t.stragglers_s;

  const Pass &f = layer.forward, &b = layer.backward;
  t.forward_s = m * layers * f.compute_s();
  t.backward_s = m * layers * b.compute_s();
  t.recompute_s = m * stage.recompute_s;
  t.tp_s = m * layers * (f.tp_s + b.tp_s);
  t.cp_s = m * layers * (f.cp_s + b.cp_s);
  t.ep_s = m * layers * (f.ep_s + b.ep_s);
  t.tp_total_s = m * layers * (f.tp_total_s + b.tp_total_s);
  t.cp_total_s = m * layers * (f.cp_total_s + b.cp_total_s);
  t.ep_total_s = m * layers * (f.ep_total_s + b.ep_total_s);
  t.pp_s = m * stage.p2p_exposed_s;
  t.pp_total_s = m * stage.p2p_total_s;
  t.host_s = m * layers * (f.host_s + b.host_s + f.moe_host_s + b.moe_host_s + f.gaps_s + b.gaps_s);
  t.offload_s = m * (stage.offload_forward_s + stage.offload_backward_s);
  const double beyond_mid = m * std::max(0.0, stage.slowest_s - stage.mid_s);
  (s.pp == 1 ? t.head_s : t.wait_for_head_s) = beyond_mid;
  if (const double factor = c.problem.adjustment.step_time; factor != 1) scale(t, factor);
  return t;
}

double scoring_s(const Context& c, const spec::Strategy& s) {
  const LayerTime layer = layer_time(c, layer_shape(s));
  const StageTime stage = stage_time(c, s, layer, data_parallel_time(c, s));
  // One of the head's products; its weight gradient, where there is one, is another.
  const double head_s = layer.head_s / (spec::is_frozen(c.training().fine_tuning) ? 2 : 3);
  const double hop_s = stage.p2p_exposed_s / 2, last_s = stage.forward_s + hop_s + (s.pp == 1 ? head_s : 0);
  const double slowest_s =
      std::max(last_s, s.pp == 1 ? 0 : stage.forward_s * stage.layout.last / stage.layout.longest + hop_s + head_s);
  return (spec::num_microbatches(s) * slowest_s + (s.pp - 1) * (stage.forward_s + hop_s)) *
         c.problem.adjustment.step_time;
}

StepTime step_time(const Context& c, const spec::Strategy& s) {
  const LayerTime layer = layer_time(c, layer_shape(s));
  const DataParallelTime dp = data_parallel_time(c, s);
  return step_time(c, s, layer, stage_time(c, s, layer, dp), dp);
}

}  // namespace shardplan::estimate
