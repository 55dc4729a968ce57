#include "api/calibration.h"

#include <algorithm>

#include "base/text.h"
#include "estimate/adjustment.h"
#include "json/presets.h"

namespace shardplan::api {
namespace {

std::string range_text(const std::string& name, double low, double high) {
  return "'" + name + "' must be a number from " + number_text(low) + " to " + number_text(high) + ".";
}

Diagnostics problems_of_constant(const std::string& name, double value, const std::string& path) {
  const auto& all = presets().constants;
  const auto it = std::find_if(all.begin(), all.end(), [&](const catalog::Constant& c) { return c.name == name; });
  if (it == all.end()) {
    std::vector<std::string> names;
    for (const catalog::Constant& c : all) names.push_back(c.name);
    const std::string near = nearest_name(name, names);
    return {{path, "No constant is called '" + name + "'.", near.empty() ? "" : "Did you mean '" + near + "'?"}};
  }
  if (value >= it->low && value <= it->high) return {};
  return {{path, range_text(name, it->low, it->high), ""}};
}

}  // namespace

Diagnostics problems_of(const Calibration& calibration, const std::string& path) {
  Diagnostics problems;
  for (const estimate::AdjustmentTerm& term : estimate::adjustment_terms()) {
    const double value = calibration.adjustment.*term.member;
    if (!(value >= term.low && value <= term.high))
      problems.push_back({path + "/" + term.name, range_text(term.name, term.low, term.high), ""});
  }
  for (const auto& [name, value] : calibration.constants) {
    const Diagnostics more = problems_of_constant(name, value, std::string(path).append("/constants/").append(name));
    problems.insert(problems.end(), more.begin(), more.end());
  }
  if (calibration.errors && !(calibration.errors->step_time_low < calibration.errors->step_time_high))
    problems.push_back({path + "/errors/step_time_low", "The interval's low end must lie below its high end.", ""});
  return problems;
}

Result<catalog::Catalog> calibrated_presets(const Calibration& calibration) {
  std::vector<json::ConstantOverride> overrides;
  for (const auto& [name, value] : calibration.constants) overrides.push_back({name, value});
  return json::read_catalog(json::built_in_presets(), overrides);
}

void calibrate(const Calibration& calibration, estimate::Problem& problem) {
  problem.adjustment = calibration.adjustment;
  if (!calibration.errors) return;
  spec::IntervalClass& i = problem.intervals;
  i.level = "high";
  i.basis = "your own runs, each predicted without itself";
  i.runs = calibration.errors->runs;
  i.median_error_pct = calibration.errors->median_error_pct;
  i.step_time_low = calibration.errors->step_time_low;
  i.step_time_high = calibration.errors->step_time_high;
}

const catalog::Catalog& presets() {
  static const catalog::Catalog catalog = [] {
    auto read = json::read_catalog(json::built_in_presets());
    return read ? *std::move(read) : catalog::Catalog{};
  }();
  return catalog;
}

}  // namespace shardplan::api
