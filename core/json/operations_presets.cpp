#include "json/operations_presets.h"

#include "json/preset_text.h"
#include "json/spec_fields.h"

namespace shardplan::json {

Result<OperationsRecords> read_operations_presets(const std::vector<PresetFile>& files) {
  OperationsRecords out;
  Diagnostics problems;
  for (const PresetFile& f : files) {
    Value value = parsed(f, problems);
    const std::string_view folder = f.path.substr(0, f.path.find('/'));
    Diagnostics more;
    if (folder == "reliability") more = read_as(f.path, std::move(value), out.reliability);
    else if (folder == "storage") more = read_as(f.path, std::move(value), out.storage);
    else if (folder == "power") more = read_as(f.path, std::move(value), out.power);
    problems.insert(problems.end(), more.begin(), more.end());
  }
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  return out;
}

const OperationsRecords& operations_records() {
  static const OperationsRecords records = read_operations_presets(operations_presets()).value_or(OperationsRecords{});
  return records;
}

}  // namespace shardplan::json
