// Predictions beside measurements, and how far they are apart. An error is predicted / measured - 1.
#pragma once

#include <string>
#include <vector>

#include "measured/run.h"

namespace shardplan::measured {

struct Prediction {
  double step_time_s = 0;
  double memory_bytes = 0;    // of the kind that was measured
  double reserved_bytes = 0;  // worst rank
  double oom_probability = 0;
};
Prediction predict(const estimate::Problem& problem, const Run& run);

struct ErrorSummary {
  int n = 0;
  double median_abs_pct = 0;
  double mean_abs_pct = 0;
  double p90_abs_pct = 0;
  double bias_pct = 0;  // median of the signed error
};
// Errors as fractions.
ErrorSummary summarise(std::vector<double> errors);

// The q-quantile, linear between order statistics; 0 for nothing.
double quantile(std::vector<double> values, double q);

}  // namespace shardplan::measured
