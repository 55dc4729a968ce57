// What the machines give a plan, each of which can be made faster in thought: the problem with one of them changed, for
// a second estimate.
#pragma once

#include <array>

#include "estimate/problem.h"

namespace shardplan::advise {

enum class Resource { kPeakFlops, kMemoryBandwidth, kScaleup, kNetwork, kHost, kHostLink };
inline constexpr int kResources = static_cast<int>(Resource::kHostLink) + 1;

struct ResourceName {
  const char* id;
  const char* text;  // in a sentence
  const char* unit;
};
const ResourceName& name_of(Resource resource);

// How much of it there is, in its unit; 0 where the machines have none.
double amount(const estimate::Problem& problem, Resource resource);

// `factor` times as fast.
estimate::Problem with_more(estimate::Problem problem, Resource resource, double factor);

// `factor` times the memory.
estimate::Problem with_memory(estimate::Problem problem, double factor);

}  // namespace shardplan::advise
