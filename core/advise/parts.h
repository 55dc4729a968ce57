// What a step's time is spent on, and what limits each part. The parts sum to the step.
#pragma once

#include <array>
#include <vector>

#include "estimate/step.h"

namespace shardplan::advise {

// What a plan can be short of.
enum class Limit {
  kCompute,
  kMemoryBandwidth,
  kTp,
  kCp,
  kEp,
  kPp,
  kDp,
  kBubble,
  kLaunch,
  kOptimizer,
  kRecompute,  // the price of memory that is not there
  kHostLink,
  kOther,
  kMemoryCapacity,  // has no time of its own
};
inline constexpr int kLimits = static_cast<int>(Limit::kMemoryCapacity) + 1;

struct LimitName {
  const char* id;
  const char* text;  // in a sentence
};
const LimitName& name_of(Limit limit);

struct Part {
  const char* id;
  const char* text;
  Limit limit;
  double seconds = 0;
};

// Largest first; parts of no time are left out. `time` is what step_time says of this strategy.
std::vector<Part> parts_of(const estimate::Context& context, const spec::Strategy& strategy,
                           const estimate::StepTime& time);

struct LimitTime {
  Limit limit;
  double seconds = 0;
};
// The same by limit, largest first.
std::vector<LimitTime> limits_of(const std::vector<Part>& parts);

}  // namespace shardplan::advise
