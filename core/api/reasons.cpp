#include "api/reasons.h"

#include <algorithm>
#include <cmath>

#include "api/sentences.h"
#include "base/decimal.h"
#include "base/text.h"
#include "base/units.h"
#include "search/violations.h"

namespace shardplan::api {
namespace {

using estimate::Context;
using spec::Strategy;

// The same plan with one thing changed, if that is legal.
template <class F>
std::optional<Plan> changed(const Context& c, Strategy s, double usable_bytes, F&& change) {
  change(s);
  if (!search::violations(c, s, true).empty()) return std::nullopt;
  return make_plan(c, s, usable_bytes);
}

std::string about_virtual_stages(const Context& c, const Strategy& best, const Plan& plan, double usable) {
  if (best.vpp <= 1) return "";
  const auto without = changed(c, best, usable, [](Strategy& s) {
    s.vpp = 1;
    s.schedule = spec::Schedule::kOneForwardOneBackward;
  });
  if (!without || without->time.step_time_s <= plan.time.step_time_s) return "";
  return "VPP " + std::to_string(best.vpp) + " cuts the bubble to " +
         percent_text(plan.time.bubble_s / plan.time.step_time_s) + " of the step; without virtual stages it takes " +
         seconds_text(without->time.step_time_s - plan.time.step_time_s) + " longer.";
}

std::string about_recomputation(const Context& c, const Strategy& best, const Plan& plan, double usable) {
  if (best.recompute.mode == spec::RecomputeMode::kNone) return "Activations fit without recomputation.";
  const auto without = changed(c, best, usable, [](Strategy& s) { s.recompute = {}; });
  if (!without) return "";
  const std::string cost = seconds_text(plan.time.recompute_s) + " of recomputation";
  if (!without->fits)
    return cost + " frees " + fixed_text(without->memory.peak_gib - plan.memory.peak_gib, 1) +
           " GiB; without it stage " + std::to_string(without->memory.worst_stage) + " is " +
           fixed_text(without->over_gib, 1) + " GiB over.";
  return cost + " leaves " + fixed_text(without->memory.peak_gib - plan.memory.peak_gib, 1) + " GiB more free.";
}

std::string about_tensor_parallelism(const Context& c, const Strategy& best, const Plan& plan, double usable) {
  if (best.tp <= 1) return "";
  const auto with_less = changed(c, best, usable, [](Strategy& s) {
    s.tp /= 2;
    s.dp *= 2;
    s.sp = s.sp && s.tp > 1;
    s.etp = std::min(s.etp, s.tp);
  });
  if (!with_less) return "";
  const std::string less = "TP " + std::to_string(best.tp / 2);
  if (!with_less->fits)
    return less + " with twice the DP would be " + fixed_text(with_less->over_gib, 1) + " GiB over.";
  const double slower = with_less->time.step_time_s - plan.time.step_time_s;
  return slower > 0 ? less + " with twice the DP would take " + seconds_text(slower) + " longer." : "";
}

std::string about_the_limit(const Plan& plan) {
  const std::vector<Part> parts = parts_of(plan.time);
  const auto largest = std::max_element(parts.begin() + 1, parts.end(),
                                        [](const Part& a, const Part& b) { return a.seconds < b.seconds; });
  const double share = largest->seconds / plan.time.step_time_s;
  if (share < 0.005) return "";
  return "Beside compute, " + std::string(largest->name) + " takes most: " + percent_text(share) + " of the step.";
}

}  // namespace

std::vector<Part> parts_of(const TimeFields& t) {
  return {{"compute", "compute", t.forward_s + t.backward_s + t.head_s},
          {"recomputation", "recompute", t.recompute_s},
          {"exposed TP traffic", "TP", t.tp.exposed_s},
          {"exposed CP traffic", "CP", t.cp.exposed_s},
          {"exposed EP traffic", "EP", t.ep.exposed_s},
          {"exposed PP traffic", "PP", t.pp.exposed_s},
          {"exposed DP traffic", "DP", t.dp.exposed_s},
          {"bubble", "bubble", t.bubble_s},
          {"waiting for the LM head's stage", "head wait", t.wait_for_head_s},
          {"activations on their way to the host", "offload", t.offload_s},
          {"host time", "host", t.host_s},
          {"optimizer", "optimizer", t.optimizer_s},
          {"the fixed time of a step", "other", t.other_s},
          {"waiting for stragglers", "stragglers", t.stragglers_s}};
}

std::vector<std::string> why(const Context& c, const Strategy& best, const Plan& plan, double usable_bytes) {
  return spoken({about_virtual_stages(c, best, plan, usable_bytes),
                 about_tensor_parallelism(c, best, plan, usable_bytes),
                 about_recomputation(c, best, plan, usable_bytes), about_the_limit(plan)});
}

bool ties(const Context& c, const Plan& first, const Plan& other) {
  const double a = first.time.step_time_s * first.gpus, b = other.time.step_time_s * other.gpus;
  return std::max(a, b) / std::min(a, b) - 1 < c.problem.intervals.tie_gap;
}

std::string about_ties(const Context& c, const std::vector<Plan>& plans) {
  const auto tied = std::count_if(plans.begin(), plans.end(), [](const Plan& p) { return p.ties_with_best; });
  if (tied == 0) return "";
  const std::string gap = number_text(100 * c.problem.intervals.tie_gap, 2) + " %";
  return (tied == 1 ? "Another plan is" : std::to_string(tied) + " other plans are") + " within " + gap +
         " of it: measured runs that close were often not in the predicted order. Try two or three of them.";
}

std::string difference_text(const Plan& first, const Plan& other) {
  const std::vector<Part> a = parts_of(first.time), b = parts_of(other.time);
  size_t most = 0;
  for (size_t i = 1; i < a.size(); ++i)
    if (b[i].seconds - a[i].seconds > b[most].seconds - a[most].seconds) most = i;
  const double slower = other.time.step_time_s - first.time.step_time_s;
  std::string text = (slower >= 0 ? "+" : "-") + seconds_text(std::fabs(slower));
  const double worse = b[most].seconds - a[most].seconds;
  if (worse > 0) text += ": " + std::string(b[most].brief) + " +" + seconds_text(worse);
  return text;
}

}  // namespace shardplan::api
