// The best plans of clusters of several sizes and types, for operations that compare them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/operations/recommend.h"

namespace shardplan::api {

// One plan of one cluster.
struct ParetoPoint {
  std::string label, gpu;
  int gpus = 0;
  double tokens_per_s = 0, tokens_per_s_per_gpu = 0, step_time_s = 0, peak_gib = 0, mfu = 0;
  std::optional<double> usd_per_million_tokens, usd_per_hour;
  StrategyFields strategy;
};

struct ClusterSize {
  std::string gpu;
  int gpus = 0;
  bool fits = false;
  double tokens_per_s = 0;
  double over_gib = 0;
  std::string why_not;
};

// A plan with the problem that it belongs to.
struct ClusterPlan {
  spec::Strategy strategy;
  estimate::Problem problem;
  double usable_bytes = 0;
  ParetoPoint point;
};

struct ClusterPlans {
  std::vector<ClusterSize> sizes;
  std::vector<ClusterPlan> plans;  // of each cluster the one that a search ranks first, then smaller ones
  std::vector<std::string> assumptions, warnings;
};

// `smallest`, doubled up to `largest`, and that one itself.
std::vector<int> doubled(int smallest, int largest);

// Clusters of the types that are named (the question's where none is) and of the sizes in limits.gpu_counts; without
// those, nodes doubled up to the question's GPUs, or to a documented most.
Result<ClusterPlans> plans_by_size(const Question& question, const LimitFields& limits,
                                   const std::vector<std::string>& gpu_types);

}  // namespace shardplan::api

namespace shardplan::json {
SHARDPLAN_DESCRIBE(api::ParetoPoint, "pareto_point");
SHARDPLAN_DESCRIBE(api::ClusterSize, "cluster_size");
}  // namespace shardplan::json
