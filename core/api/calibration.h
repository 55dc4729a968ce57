// A user's own calibration: multipliers on what the planner assumes, and fitted constants that replace the built-in
// ones.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "estimate/problem.h"

namespace shardplan::api {

// How well it predicted runs of the user's that it had not seen; replaces the interval of the class of runs.
struct CalibrationErrors {
  int runs = 0;
  double median_error_pct = 0;
  double step_time_low = 0, step_time_high = 0;  // 80 % of measured / predicted
};

struct Calibration {
  std::string name;
  spec::Adjustment adjustment;
  std::vector<std::pair<std::string, double>> constants;
  std::optional<CalibrationErrors> errors;
};

// Values outside their bounds, by field below `path`.
Diagnostics problems_of(const Calibration& calibration, const std::string& path);

// The presets with its constants in them, if it has any. Built once for each call; `problems_of` comes first.
Result<catalog::Catalog> calibrated_presets(const Calibration& calibration);

// Puts the adjustment and the interval into a problem.
void calibrate(const Calibration& calibration, estimate::Problem& problem);

// The built-in presets.
const catalog::Catalog& presets();

}  // namespace shardplan::api
