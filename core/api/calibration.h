// A user's own calibration: fitted constants that replace the built-in ones.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"

namespace shardplan::api {

struct Calibration {
  std::string name;
  std::vector<std::pair<std::string, double>> constants;
};

// The presets with those constants in them. Errors name the constant, and its bounds.
Result<catalog::Catalog> calibrated_presets(const Calibration& calibration);

// The built-in presets.
const catalog::Catalog& presets();

}  // namespace shardplan::api
