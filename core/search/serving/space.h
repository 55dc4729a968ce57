// Every way to cut a model for serving on so many GPUs, and why others are not among them. Below: estimate/serving.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "estimate/serving/steady.h"

namespace shardplan::search::serving {

struct Limits {
  int gpus = 8;                                    // that the replicas share
  std::optional<int> tp, pp, dp, ep, replicas;     // stated by the request
  std::vector<spec::ServingPrecision> precisions;  // at least one
  bool fill_gpus = true;                           // as many replicas as there are GPUs for; else one
};

struct Rejections {
  std::map<std::string, int> count;  // by reason
  std::map<std::string, std::string> sentence;
  double least_over_bytes = 0;  // of those whose weights and one sequence do not fit, the nearest; 0: none
  std::optional<estimate::serving::Way> nearest;
};

struct Space {
  std::vector<estimate::serving::Way> ways;
  Rejections rejected;
  int candidates = 0;
};

// Ways whose weights fit with at least one sequence of `shape`.
Space space(const estimate::serving::Deployment& deployment, const spec::RequestShape& shape, const Limits& limits);

}  // namespace shardplan::search::serving
