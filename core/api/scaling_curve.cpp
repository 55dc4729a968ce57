#include "api/scaling_curve.h"

#include <algorithm>

#include "api/reasons.h"
#include "base/text.h"

namespace shardplan::api {
namespace {

constexpr double kLeastLossPct = 0.1;
constexpr size_t kMostLosses = 3;

double per_gpu(const Plan& p) { return p.tokens_per_s_per_gpu; }

const Plan* fitting(const SizedPlan& sized) { return sized.plan && sized.plan->fits ? &*sized.plan : nullptr; }

ScalingPoint point_of(const SizedPlan& sized, const Plan* first, double fastest) {
  ScalingPoint p;
  p.gpus = sized.gpus;
  p.gbs = sized.gbs;
  p.reason = sized.reason;
  if (!sized.plan) return p;
  const Plan& plan = *sized.plan;
  p.fits = plan.fits;
  p.over_gib = plan.over_gib;
  if (!p.fits && p.reason.empty()) p.reason = number_text(plan.over_gib, 4) + " GiB do not fit.";
  p.summary = plan.summary;
  p.strategy = plan.strategy;
  p.peak_gib = plan.memory.peak_gib;
  p.step_time_s = plan.time.step_time_s;
  p.step_time_range_s = plan.confidence.step_time_s;
  p.tokens_per_s = plan.tokens_per_s;
  p.tokens_per_s_per_gpu = plan.tokens_per_s_per_gpu;
  p.mfu = plan.mfu;
  p.usd_per_million_tokens = plan.usd_per_million_tokens;
  if (first == nullptr || !p.fits) return p;
  p.speedup = plan.tokens_per_s / first->tokens_per_s;
  p.efficiency = per_gpu(plan) / fastest;
  p.efficiency_range = {p.efficiency * p.step_time_s / p.step_time_range_s[1],
                        p.efficiency * p.step_time_s / p.step_time_range_s[0]};
  return p;
}

// GPU time per token that each part takes more than at the size before, as a share of all of it then.
std::vector<Loss> losses(const Plan& before, const Plan& now) {
  const auto gpu_s_per_token = [](const Plan& p, double seconds) {
    return seconds * p.gpus / (p.tokens_per_s * p.time.step_time_s);
  };
  const double all = gpu_s_per_token(before, before.time.step_time_s);
  const std::vector<Part> a = parts_of(before.time), b = parts_of(now.time);
  std::vector<Loss> out;
  for (size_t i = 0; i < a.size(); ++i) {
    const double pct = 100 * (gpu_s_per_token(now, b[i].seconds) - gpu_s_per_token(before, a[i].seconds)) / all;
    if (pct >= kLeastLossPct) out.push_back({b[i].name, pct});
  }
  std::stable_sort(out.begin(), out.end(), [](const Loss& x, const Loss& y) { return x.pct > y.pct; });
  if (out.size() > kMostLosses) out.resize(kMostLosses);
  return out;
}

std::string bend_text(const ScalingPoint& before, const ScalingPoint& p) {
  std::string text = "From " + std::to_string(before.gpus) + " to " + std::to_string(p.gpus) + " GPUs each GPU loses " +
                     number_text(p.lost_pct, 2) + " % of its speed";
  for (size_t i = 0; i < p.lost_to.size(); ++i)
    text += (i == 0 ? ": " : ", ") + p.lost_to[i].part + " +" + number_text(p.lost_to[i].pct, 2) + " %";
  return text + " of the time of a token.";
}

}  // namespace

ScalingCurve curve_of(const std::vector<SizedPlan>& plans, double least_efficiency, double tie_gap) {
  ScalingCurve c;
  const Plan *first = nullptr, *before = nullptr;
  size_t index_before = 0;
  double fastest = 0;
  for (const SizedPlan& sized : plans)
    if (const Plan* plan = fitting(sized)) fastest = std::max(fastest, per_gpu(*plan));
  for (const SizedPlan& sized : plans) {
    const Plan* plan = fitting(sized);
    if (first == nullptr) first = plan;
    ScalingPoint p = point_of(sized, first, fastest);
    if (plan != nullptr && before != nullptr) {
      p.lost_pct = 100 * (1 - per_gpu(*plan) / per_gpu(*before));
      p.lost_to = losses(*before, *plan);
      if (!c.bends_at_gpus && p.lost_pct > 100 * tie_gap) {
        c.bends_at_gpus = p.gpus;
        c.why = bend_text(c.points[index_before], p);
      }
    }
    if (plan != nullptr) {
      before = plan;
      index_before = c.points.size();
      if (p.efficiency >= least_efficiency) c.efficient_up_to_gpus = p.gpus;
    }
    c.points.push_back(std::move(p));
  }
  if (first == nullptr) c.why = "Nothing fits at any of the sizes.";
  else if (!c.bends_at_gpus)
    c.why = "No size loses more than " + number_text(100 * tie_gap, 2) +
            " % against the one before: the estimates see no bend.";
  return c;
}

}  // namespace shardplan::api
