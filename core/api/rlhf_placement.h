// One way to place preference training on a cluster: which GPUs train and which sample, with which software, and what
// an iteration takes there. Below: plans of training (advise/outcome) and of serving (api/serving_plan).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/plan.h"
#include "api/rlhf_question.h"
#include "api/serving_plan.h"

namespace shardplan::api {

struct RlhfPlacement {
  std::string stack;
  bool colocated = true;  // engines sleep on the training GPUs while others work
  int training_gpus = 0;
  int rollout_gpus = 0;  // 0: nothing is sampled

  bool operator==(const RlhfPlacement&) const = default;
};

// A model on one GPU of those that hold it.
struct RlhfModelMemory {
  std::string role, model, held;
  double weights_gib = 0, gradients_gib = 0, optimizer_gib = 0, kv_cache_gib = 0, working_gib = 0;
  double gib_per_gpu = 0;
  int gpus = 0;
};

struct RlhfEstimate {
  RlhfPlacement placement;
  bool fits = false;
  double over_gib = 0;
  std::string over_in;    // the phase, or what is missing
  advise::RlPeaks peaks;  // of a training GPU, bytes
  double usable_gib = 0, capacity_gib = 0;
  double policy_parameters = 0;
  advise::RlTime time;
  std::vector<RlhfModelMemory> models;
  spec::Strategy strategy;  // of the policy
  std::optional<Plan> actor, critic;
  std::optional<ServingPlan> rollout;
  double rollout_cache_gib = 0;  // that the answers take of a GPU
  std::vector<std::string> assumptions, warnings;
};

// Placements that the question allows, and that the cluster's nodes can be cut into.
std::vector<RlhfPlacement> placements_of(const ResolvedRlhf& question, const spec::Cluster& cluster);

// Nothing where no strategy of the placement is legal.
std::optional<RlhfEstimate> estimate_of(const ResolvedRlhf& question, const RlhfPlacement& placement);

// All placements, the best first: what fits, then the shortest iteration; of those that do not fit the nearest.
std::vector<RlhfEstimate> estimates_of(const ResolvedRlhf& question, const spec::Cluster& cluster);

}  // namespace shardplan::api
