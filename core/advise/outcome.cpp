#include "advise/outcome.h"

#include <algorithm>

#include "estimate/confidence.h"
#include "estimate/memory.h"

namespace shardplan::advise {

Outcome outcome_of(const estimate::Context& context, const spec::Strategy& strategy, double usable_bytes) {
  const auto stages = estimate::stage_memories(context, strategy);
  Outcome o;
  o.time = estimate::step_time(context, strategy);
  o.worst_stage = estimate::worst_stage(stages);
  o.reserved_bytes = stages[static_cast<size_t>(o.worst_stage)].reserved;
  o.over_bytes = std::max(0.0, o.reserved_bytes - usable_bytes);
  o.oom_probability = estimate::oom_probability(context, o.reserved_bytes);
  return o;
}

bool better(const Outcome& a, const Outcome& b) {
  if (a.fits() != b.fits()) return a.fits();
  if (!a.fits()) return a.time.step_time_s < b.time.step_time_s;
  return a.time.step_time_s / (1 - a.oom_probability) < b.time.step_time_s / (1 - b.oom_probability);
}

bool better_or_nearer(const Outcome& a, const Outcome& b) {
  return a.fits() || b.fits() ? better(a, b) : a.over_bytes < b.over_bytes;
}

std::optional<Found> best_of(const estimate::Context& context, const search::Limits& limits, double usable_bytes,
                             spec::Objective objective) {
  const search::Space space(context, limits);
  search::Options options;
  options.objective = objective;
  options.top = 1;
  options.usable_bytes = usable_bytes;
  const search::Partial found = search::evaluate_range(context, space, 0, space.size(), options);
  if (found.top.empty() && !found.nearest.found) return std::nullopt;
  const spec::Strategy s = space.at(found.top.empty() ? found.nearest.index : found.top.front().index);
  return Found{s, outcome_of(context, s, usable_bytes)};
}

}  // namespace shardplan::advise
