// presets/reliability, storage and power -> what published clusters lost, wrote and drew. Apart from the other presets:
// the page's first plan does without them.
#pragma once

#include <vector>

#include "json/presets.h"
#include "spec/operations.h"

namespace shardplan::json {

// The files, put into the program when it is built.
const std::vector<PresetFile>& operations_presets();

struct OperationsRecords {
  std::vector<spec::ReliabilityRecord> reliability;
  std::vector<spec::StorageRecord> storage;
  std::vector<spec::PowerRecord> power;
};
Result<OperationsRecords> read_operations_presets(const std::vector<PresetFile>& files);

// Those of the program, read once. They are read by a test, so that they cannot fail here.
const OperationsRecords& operations_records();

}  // namespace shardplan::json
