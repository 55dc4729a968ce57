// Preset files -> catalog, and the files that are built in.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"

namespace shardplan::json {

struct PresetFile {
  std::string_view path;  // below presets/: "models/llama-3.1-70b.json"; the folder says what the file is
  std::string_view text;
};

// The files of presets/, put into the program when it is built: without their sources and notes, and with them.
const std::vector<PresetFile>& built_in_presets();
const std::vector<PresetFile>& documented_presets();

// A value that replaces the one in presets/calibration/constants.json.
struct ConstantOverride {
  std::string name;
  double value = 0;
};

// Stacks take what they do not say from the stack that they extend; "$name" stands for a constant's value.
Result<catalog::Catalog> read_catalog(const std::vector<PresetFile>& files,
                                      const std::vector<ConstantOverride>& overrides = {});

}  // namespace shardplan::json
