// The strategies beside one: a single axis changed, or a factor moved from one degree to another so that the number of
// GPUs stays. What depends on the changed axis (micro-batch, virtual stages, sequence parallelism, ...) follows as
// little as it must.
#pragma once

#include <vector>

#include "estimate/problem.h"

namespace shardplan::advise {

enum class Axis {
  kTp,
  kCp,
  kPp,
  kDp,
  kEp,
  kEtp,
  kVpp,
  kMbs,
  kSequenceParallel,
  kSchedule,
  kSharding,
  kRecompute,
  kCpComm,
  kOffloadOptimizer,
  kOffloadActivations,
};
inline constexpr int kAxes = static_cast<int>(Axis::kOffloadActivations) + 1;
const char* name_of(Axis axis);

struct Neighbour {
  Axis axis;     // raised, or changed
  bool lowered;  // where `axis` itself went down
  Axis giver;    // the degree that went down so that `axis` could rise; `axis` where there is none
  spec::Strategy strategy;
};

// Legal ones, each strategy once.
std::vector<Neighbour> neighbours(const estimate::Context& context, const spec::Strategy& strategy,
                                  bool tp_across_domains);

}  // namespace shardplan::advise
