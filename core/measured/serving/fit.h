// Fits the constants of presets/serving to measured rows: least squares on log(predicted / measured) with a pull to
// each constant's prior.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "measured/serving/predict.h"

namespace shardplan::measured::serving {

// The calibration with some constants set to other values.
using CalibrationWith =
    std::function<spec::ServingCalibration(const std::vector<std::pair<std::string, double>>& values)>;

// Which measurements of a row train and judge: those that nothing casts doubt on.
struct Targets {
  bool ttft = false, tpot = false, throughput = false;
};
Targets targets_of(const Run& run);

struct FitOptions {
  double prior_weight = 2;  // of (value - prior) / (high - low)
  double soft_l1_scale = 0.15;
  double ttft_weight = 0.6;
  int most_iterations = 15;
};

// A row and its kernels; `weight` of 0 holds it out.
struct Sample {
  const Run* run = nullptr;
  const Prepared* prepared = nullptr;
  double weight = 1;
};

// Values of `constants`, which give start (value), prior and bounds.
std::vector<double> fit(const CalibrationWith& calibration_with, const std::vector<catalog::Constant>& constants,
                        const std::vector<Sample>& samples, const FitOptions& options = {});

}  // namespace shardplan::measured::serving
