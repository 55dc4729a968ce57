// presets/serving -> what inference kernels and engines reach. Apart from the other presets: the page's first plan does
// without them.
#pragma once

#include <vector>

#include "catalog/catalog.h"
#include "json/presets.h"
#include "spec/serving_calibration.h"

namespace shardplan::json {

// The files of presets/serving, put into the program when it is built.
const std::vector<PresetFile>& serving_presets();

struct ServingCatalog {
  spec::ServingCalibration calibration;
  std::vector<catalog::Constant> constants;
};
Result<ServingCatalog> read_serving_presets(const std::vector<PresetFile>& files,
                                            const std::vector<ConstantOverride>& overrides = {});

}  // namespace shardplan::json
