#include "advise/parts.h"

#include <algorithm>

namespace shardplan::advise {
namespace {

constexpr std::array<LimitName, kLimits> kNames = {{
    {"compute", "compute"},
    {"memory_bandwidth", "memory bandwidth"},
    {"tp_communication", "tensor-parallel communication"},
    {"cp_communication", "context-parallel communication"},
    {"ep_communication", "expert-parallel communication"},
    {"pp_communication", "pipeline communication"},
    {"dp_communication", "data-parallel communication"},
    {"bubble", "idle pipeline stages"},
    {"launch", "launching kernels"},
    {"optimizer", "the optimizer"},
    {"recompute", "recomputation"},
    {"host_link", "the link to the host"},
    {"other", "the rest"},
    {"memory_capacity", "memory capacity"},
}};

// Seconds of both passes of one layer by what limits them: matrix products and attention by the compute units, the rest
// by the memory's bandwidth.
struct Kernels {
  double products = 0, attention = 0, elementwise = 0;
};
Kernels kernels_of(const estimate::LayerTime& layer) {
  Kernels k;
  for (const estimate::Pass* p : {&layer.forward, &layer.backward}) {
    k.products += p->gemm_s + p->experts_s;
    k.attention += p->attention_s;
    k.elementwise += p->elementwise_s + p->accumulate_s;
  }
  return k;
}

template <class T>
void largest_first(std::vector<T>& all) {
  std::stable_sort(all.begin(), all.end(), [](const T& a, const T& b) { return a.seconds > b.seconds; });
}

}  // namespace

const LimitName& name_of(Limit limit) { return kNames[static_cast<size_t>(limit)]; }

std::vector<Part> parts_of(const estimate::Context& context, const spec::Strategy& s, const estimate::StepTime& t) {
  const Kernels k = kernels_of(estimate::layer_time(context, estimate::layer_shape(s)));
  const double kernels = k.products + k.attention + k.elementwise;
  const double per_kernel_s = kernels > 0 ? (t.forward_s + t.backward_s) / kernels : 0;
  std::vector<Part> parts = {
      {"matrix_products", "matrix products", Limit::kCompute, k.products * per_kernel_s},
      {"attention", "attention", Limit::kCompute, k.attention * per_kernel_s},
      {"elementwise", "element-wise kernels", Limit::kMemoryBandwidth, k.elementwise * per_kernel_s},
      {"head", "LM head and loss", Limit::kCompute, t.head_s},
      {"recompute", "recomputation", Limit::kRecompute, t.recompute_s},
      {"tp", "exposed TP traffic", Limit::kTp, t.tp_s},
      {"cp", "exposed CP traffic", Limit::kCp, t.cp_s},
      {"ep", "exposed EP traffic", Limit::kEp, t.ep_s},
      {"pp", "exposed PP traffic", Limit::kPp, t.pp_s},
      {"dp", "exposed DP traffic", Limit::kDp, t.dp_s},
      {"bubble", "filling and draining the pipeline", Limit::kBubble, t.bubble_s},
      {"wait_for_head", "waiting for the LM head's stage", Limit::kBubble, t.wait_for_head_s},
      {"offload", "activations to the host", Limit::kHostLink, t.offload_s},
      {"launch", "launching and synchronisation", Limit::kLaunch, t.host_s},
      {"optimizer", "optimizer step", Limit::kOptimizer, t.optimizer_s},
      {"other", "data, clipping, logging", Limit::kOther, t.other_s},
      {"stragglers", "waiting for the slowest GPU", Limit::kOther, t.stragglers_s},
  };
  constexpr double kNothing = 1e-9;  // of the step
  std::erase_if(parts, [&](const Part& p) { return p.seconds <= kNothing * t.step_time_s; });
  largest_first(parts);
  return parts;
}

std::vector<LimitTime> limits_of(const std::vector<Part>& parts) {
  std::vector<LimitTime> all;
  for (const Part& p : parts) {
    const auto same = std::find_if(all.begin(), all.end(), [&](const LimitTime& l) { return l.limit == p.limit; });
    if (same == all.end()) all.push_back({p.limit, p.seconds});
    else same->seconds += p.seconds;
  }
  largest_first(all);
  return all;
}

}  // namespace shardplan::advise
