// The constants of a user's own calibration: which there are, within what bounds, and how a problem takes them on.
#pragma once

#include <span>

#include "estimate/problem.h"
#include "spec/adjustment.h"

namespace shardplan::estimate {

struct AdjustmentTerm {
  const char* name;
  double spec::Adjustment::*member;
  double low, high;
  // Standard deviation of its logarithm before any run of the user's is seen: how far stacks and machines differ among
  // those that were fitted.
  double spread;
  const char* absorbs;
};
std::span<const AdjustmentTerm> adjustment_terms();

// The problem with rates changed. What acts on the result (step_time, reserved_memory) stays in `adjustment`; the rest
// becomes 1, so that doing it again changes nothing.
Problem adjusted(Problem problem);

}  // namespace shardplan::estimate
