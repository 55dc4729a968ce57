// What the model says of a measured row. Beside: run.h reads the row, report.h sets the two beside each other.
#pragma once

#include "estimate/serving/engine.h"
#include "measured/serving/run.h"
#include "spec/serving_calibration.h"

namespace shardplan::measured::serving {

struct Prediction {
  double ttft_s = 0;
  double tpot_s = 0;
  double tokens_per_s_per_gpu = 0;
};

// A row with the kernels of its steady state: all that does not depend on the fitted constants, save that the batch
// was found with those that `prepare` had.
struct Prepared {
  estimate::serving::Profile profile;
  double concurrency = 1;  // of one attention group
  double wait = 0;         // share of a request's life that it waits for memory
};

estimate::serving::Problem problem_of(const Run& run, const spec::ServingCalibration& calibration);
Prepared prepare(const Run& run, const spec::ServingCalibration& calibration);
Prediction predict(const Run& run, const Prepared& prepared, const estimate::serving::Constants& constants);

estimate::serving::Constants constants_of(const Run& run, const spec::ServingCalibration& calibration);

}  // namespace shardplan::measured::serving
