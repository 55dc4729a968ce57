// What one strategy takes, as every comparison of this room needs it. The same estimates as api::make_plan, so no
// advice disagrees with a plan. Below: search/ and estimate/.
#pragma once

#include <optional>

#include "estimate/step.h"
#include "search/search.h"

namespace shardplan::advise {

struct Outcome {
  estimate::StepTime time;
  double reserved_bytes = 0;  // worst rank
  double over_bytes = 0;      // beyond the usable memory; 0 where it fits
  int worst_stage = 0;
  double oom_probability = 0;

  bool fits() const { return over_bytes <= 0; }
};
// Better first, as the search ranks: what fits, then the step time over the probability that the run does not run out
// of memory.
bool better(const Outcome& a, const Outcome& b);
// The same; of two that do not fit the one nearer to it.
bool better_or_nearer(const Outcome& a, const Outcome& b);

Outcome outcome_of(const estimate::Context& context, const spec::Strategy& strategy, double usable_bytes);

struct Found {
  spec::Strategy strategy;
  Outcome outcome;
};
// The best strategy that fits, else the one nearest to fitting; nothing where no strategy is legal.
std::optional<Found> best_of(const estimate::Context& context, const search::Limits& limits, double usable_bytes,
                             spec::Objective objective = spec::Objective::kThroughput);

}  // namespace shardplan::advise
