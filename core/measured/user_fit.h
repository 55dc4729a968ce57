// Fits a user's own calibration to a handful of their runs.
#pragma once

#include <string>
#include <vector>

#include "measured/accuracy.h"
#include "spec/adjustment.h"

namespace shardplan::measured {

struct Observed {
  std::string id;
  estimate::Problem problem;  // without an adjustment
  spec::Strategy strategy;
  double step_time_s = 0;   // 0: not measured
  double memory_bytes = 0;  // 0: not measured
  MemoryKind memory_kind = MemoryKind::kNone;
};

struct FittedRun {
  std::string id;
  double measured_s = 0, before_s = 0, after_s = 0;  // after: predicted from the other runs only, if there are any
};

struct UserFit {
  spec::Adjustment adjustment;
  std::vector<FittedRun> runs;  // with a step time
  ErrorSummary before, after_in_sample, after_held_back;
  ErrorSummary memory_before, memory_after;
  int folds = 0;  // 0: too few to hold one back
  // 80 % of measured / predicted over the runs held back; 0 where fewer than kFewestForAnInterval.
  double low = 0, high = 0;
};

constexpr int kFewestForRates = 6;
constexpr int kFewestForAnInterval = 8;

// Maximum a posteriori: errors of the logarithm with a standard deviation of 4 % (the noise between repeats of a run)
// and, for each term, the spread that estimate/adjustment.h gives. Below kFewestForRates runs only `step_time` moves.
UserFit fit_adjustment(const std::vector<Observed>& runs);

}  // namespace shardplan::measured
