#include "api/calibration.h"

#include <algorithm>

#include "base/text.h"
#include "json/presets.h"

namespace shardplan::api {
namespace {

Diagnostics problems_of(const std::string& name, double value) {
  const std::string path = "/calibration/constants/" + name;
  const auto& all = presets().constants;
  const auto it = std::find_if(all.begin(), all.end(), [&](const catalog::Constant& c) { return c.name == name; });
  if (it == all.end()) {
    std::vector<std::string> names;
    for (const catalog::Constant& c : all) names.push_back(c.name);
    const std::string near = nearest_name(name, names);
    return {{path, "No constant is called '" + name + "'.", near.empty() ? "" : "Did you mean '" + near + "'?"}};
  }
  if (value >= it->low && value <= it->high) return {};
  return {{path, "'" + name + "' must be a number from " + number_text(it->low) + " to " + number_text(it->high) + ".",
           ""}};
}

}  // namespace

Result<catalog::Catalog> calibrated_presets(const Calibration& calibration) {
  Diagnostics problems;
  std::vector<json::ConstantOverride> overrides;
  for (const auto& [name, value] : calibration.constants) {
    const Diagnostics more = problems_of(name, value);
    problems.insert(problems.end(), more.begin(), more.end());
    overrides.push_back({name, value});
  }
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  return json::read_catalog(json::built_in_presets(), overrides);
}

const catalog::Catalog& presets() {
  static const catalog::Catalog catalog = [] {
    auto read = json::read_catalog(json::built_in_presets());
    return read ? *std::move(read) : catalog::Catalog{};
  }();
  return catalog;
}

}  // namespace shardplan::api
