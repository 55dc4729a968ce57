// Communication beside compute: what a step would take if a kind of traffic were hidden not at all, or wholly. Each is
// an estimate of its own with the software's overlap set so.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "estimate/step.h"

namespace shardplan::advise {

enum class Traffic { kTp, kCp, kEp, kPp, kDp };
inline constexpr int kTraffics = static_cast<int>(Traffic::kDp) + 1;
const char* name_of(Traffic traffic);  // "tp"

estimate::Problem without_overlap(estimate::Problem problem, Traffic traffic);
// As far as there is compute to hide behind.
estimate::Problem with_full_overlap(estimate::Problem problem, Traffic traffic);

struct Overlap {
  Traffic traffic;
  double total_s = 0, exposed_s = 0;
  double step_off_s = 0;     // step time with nothing of it hidden
  double step_hidden_s = 0;  // with all of it hidden that can be
};
struct OverlapReport {
  double step_s = 0;
  double step_off_s = 0, step_hidden_s = 0;  // all kinds at once
  std::vector<Overlap> kinds;                // that the strategy has, most exposed first
};
OverlapReport overlaps(const estimate::Context& context, const spec::Strategy& strategy);

// What a framework calls it.
struct OverlapSetting {
  Traffic traffic;
  const char* framework;  // as presets/stacks name it
  const char* setting;
  const char* note;
  const char* source;
};
std::vector<OverlapSetting> overlap_settings(Traffic traffic, const std::string& framework);

}  // namespace shardplan::advise
