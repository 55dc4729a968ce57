// Fits constants of the calibration to measured runs: least squares on log(predicted / measured) with a pull to each
// constant's prior. The built-in constants come from it, and so do a user's own.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "measured/run.h"

namespace shardplan::measured {

// The catalog with some constants set to other values; stacks and generations follow.
using CatalogWith = std::function<catalog::Catalog(const std::vector<std::pair<std::string, double>>& values)>;

// Seconds of one step; the estimate, or a variant of it that is to be fitted on its own.
using Predict = std::function<double(const estimate::Problem& problem, const spec::Strategy& strategy)>;

struct FitOptions {
  double prior_weight = 0.4;  // of (value - prior) / (high - low)
  double soft_l1_scale = 0.08;
  int most_iterations = 30;
  Predict predict;  // the estimate where it is empty
};

// Runs with their weight in the fit.
struct WeightedRun {
  const Run* run = nullptr;
  double weight = 1;
};

// Values of `constants`, which give start (value), prior and bounds.
std::vector<double> fit(const CatalogWith& catalog_with, const std::vector<catalog::Constant>& constants,
                        const std::vector<WeightedRun>& runs, const FitOptions& options = {});

// A group (source, GPU generation and precision, dense or experts) of n runs counts about as the square root of n.
std::vector<WeightedRun> weighted(const std::vector<const Run*>& runs);

// Predicted step time alone.
double predict_step_time_s(const catalog::Catalog& catalog, const Run& run);

}  // namespace shardplan::measured
