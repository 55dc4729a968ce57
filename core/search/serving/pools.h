// The best split of the GPUs into a pool that reads prompts and one that decodes. Beside: search.h, whose replicas do
// both.
#pragma once

#include <optional>
#include <vector>

#include "estimate/serving/pools.h"
#include "search/serving/search.h"

namespace shardplan::search::serving {

struct PoolPoint {
  estimate::serving::Way prompts, decode;  // with their replicas
  double transfer_s = 0;
  estimate::serving::Operation operation;
  int gpus = 0;
  double over_limit = 0;
  const char* missed = "";
};

struct PoolsFound {
  int evaluated = 0;
  std::optional<PoolPoint> best;     // within every limit
  std::optional<PoolPoint> nearest;  // where none is
  std::vector<PoolPoint> frontier;   // tokens/s/GPU against tokens/s/user, fastest users first
};

// `ways`: those of search.h; each layout may serve either pool.
PoolsFound search_pools(const estimate::serving::Deployment& deployment, const estimate::serving::Constants& constants,
                        const std::vector<estimate::serving::Way>& ways, const Goal& goal, int gpus);

}  // namespace shardplan::search::serving
