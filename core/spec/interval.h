// How far predictions of one kind were from measured runs that took no part in the fit
// (presets/calibration/intervals.json).
#pragma once

#include <string>

namespace shardplan::spec {

struct IntervalClass {
  std::string id;
  std::string level;  // "high", "medium", "low"
  std::string basis;  // what it rests on, for people
  int runs = 0;       // measured runs behind it
  double median_error_pct = 0;
  // 80 % of measured / predicted lie between these.
  double step_time_low = 0.8;
  double step_time_high = 1.25;
  double memory_low = 0.92;
  double memory_high = 1.08;
  // Two plans whose predicted times differ by less cannot be told apart: fewer than three of four such pairs of
  // measured runs were in the predicted order.
  double tie_gap = 0.08;
  // Probability of running out of memory: logistic(slope ln(reserved / (middle x memory))).
  double oom_middle = 0.97;
  double oom_slope = 30;

  bool operator==(const IntervalClass&) const = default;
};

}  // namespace shardplan::spec
