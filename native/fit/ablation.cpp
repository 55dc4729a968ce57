#include "ablation.h"

#include <algorithm>

#include "estimate/step.h"

namespace shardplan::fit {
namespace {

using estimate::Problem;
using estimate::StepTime;
using spec::Strategy;

StepTime estimated(const Problem& problem, const Strategy& s) {
  return estimate::step_time(estimate::Context(problem), s);
}

// Parts of every micro-batch are in the bubble as well.
measured::Predict without_part(double (*part)(const StepTime&)) {
  return [part](const Problem& problem, const Strategy& s) {
    const StepTime t = estimated(problem, s);
    const double busy_s = t.step_time_s - t.bubble_s;
    return std::max(t.step_time_s - part(t) * (1 + t.bubble_s / busy_s), 0.05 * t.step_time_s);
  };
}
measured::Predict without_share(double (*part)(const StepTime&)) {
  return [part](const Problem& problem, const Strategy& s) {
    const StepTime t = estimated(problem, s);
    return t.step_time_s - part(t);
  };
}
measured::Predict with(void (*change)(Problem&)) {
  return [change](Problem problem, const Strategy& s) {
    change(problem);
    return estimated(problem, s).step_time_s;
  };
}

constexpr double kNothing = 1e-6;

}  // namespace

std::vector<Ablation> ablations() {
  return {
      {"nothing left out", {}},
      {"attention", with([](Problem& p) {
         p.generation.attention_forward = kNothing;
         p.stack.unfused_attention = false;
       })},
      {"unfused attention of old stacks", with([](Problem& p) { p.stack.unfused_attention = false; })},
      {"narrow heads",
       with([](Problem& p) { p.generation.attention_narrow_heads = p.stack.attention_narrow_heads = 1; })},
      {"element-wise kernels", with([](Problem& p) { p.generation.elementwise = kNothing; })},
      {"kernel tables (roofline instead)", with([](Problem& p) {
         p.generation.gemm_table = nullptr;
         p.generation.tile_wave.overhead_us = 0;
       })},
      {"kernel tables (tiles and waves instead)", with([](Problem& p) { p.generation.gemm_table = nullptr; })},
      {"grouped-GEMM surcharge",
       with([](Problem& p) { p.generation.grouped_gemm_bf16 = p.generation.grouped_gemm_low = 0; })},
      {"host time of expert layers", with([](Problem& p) { p.stack.moe_layer_s = 0; })},
      {"launch floor", with([](Problem& p) {
         p.stack.launch_per_layer_s = p.stack.launch_per_layer_tp_s = p.stack.launch_per_tp_rank_s = 0;
       })},
      {"waiting for slow hosts", with([](Problem& p) { p.stack.launch_per_tp_rank_s = 0; })},
      {"gaps between kernels", with([](Problem& p) { p.generation.kernel_gaps_s = 0; })},
      {"products split beside TP traffic", with([](Problem& p) { p.stack.tp_overlap_splits_products = false; })},
      {"power class of an accelerator", with([](Problem& p) { p.generation.gemm_multiplier = 1; })},
      {"GEMM multiplier of a stack", with([](Problem& p) {
         p.stack.gemm_multiplier = 1;
         p.stack.gemm_multiplier_by_generation = {};
       })},
      {"attention multiplier of a stack", with([](Problem& p) { p.stack.attention_multiplier = {}; })},
      {"recomputation that stops early", with([](Problem& p) { p.stack.recompute_stops_early = false; })},
      {"recomputation", without_part([](const StepTime& t) { return t.recompute_s; })},
      {"TP traffic", without_part([](const StepTime& t) { return t.tp_s; })},
      {"CP traffic", without_part([](const StepTime& t) { return t.cp_s; })},
      {"EP traffic", without_part([](const StepTime& t) { return t.ep_s; })},
      {"PP traffic", without_part([](const StepTime& t) { return t.pp_s; })},
      {"DP and FSDP traffic", without_share([](const StepTime& t) { return t.dp_s; })},
      {"FSDP contention", with([](Problem& p) { p.stack.fsdp_contention = 0; })},
      {"ZeRO-1 scatter multiplier", with([](Problem& p) { p.stack.zero1_reduce_scatter_multiplier = 1; })},
      {"pipeline bubble", without_share([](const StepTime& t) { return t.bubble_s; })},
      {"LM head", without_part([](const StepTime& t) { return t.head_s + t.wait_for_head_s; })},
      {"optimizer", without_share([](const StepTime& t) { return t.optimizer_s; })},
      {"constant of a step", without_share([](const StepTime& t) { return t.other_s; })},
      {"stragglers", without_share([](const StepTime& t) { return t.stragglers_s; })},
  };
}

}  // namespace shardplan::fit
