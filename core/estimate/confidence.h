// How sure an estimate is, as far as the errors of comparable measured runs tell (presets/calibration/intervals.json).
#pragma once

#include "estimate/problem.h"

namespace shardplan::estimate {

struct Interval {
  double low = 0;
  double high = 0;
};

// 80 % of comparable runs fell inside. Wider upwards where the network was not stated (a rate half of that assumed) and
// beyond the clusters that were measured.
Interval step_time_interval(const Context& context, const spec::Strategy& s, double step_time_s);

Interval reserved_interval(const Context& context, double reserved_bytes);

// Probability that a rank which is predicted to reserve so many bytes runs out of memory: logistic in the logarithm,
// fitted to runs of which some did.
double oom_probability(const Context& context, double reserved_bytes);

// 1 / (1 - P(out of memory)): how often such a run has to be started until it works. By a table, since a search asks
// for every plan that fits.
class StartsNeeded {
 public:
  explicit StartsNeeded(const Context& context);
  double of(double reserved_bytes) const;

 private:
  static constexpr int kSteps = 512;
  double step_bytes_ = 1;
  double starts_[kSteps + 1] = {};  // at multiples of step_bytes_
};

}  // namespace shardplan::estimate
