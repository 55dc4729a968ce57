// Sampling the answers of an iteration: the fastest engines for it, how long they take, and how new weights reach them.
#pragma once

#include <optional>

#include "api/rlhf_trained.h"
#include "api/serving_plan.h"

namespace shardplan::api {

// Engines for an iteration's answers.
struct RlhfRollout {
  ServingPlan plan;
  double seconds = 0;
  double cache_bytes = 0;  // of a GPU, that all its answers at once take; no more than the engine has
};

// What is wrong with the engine, or with the model for it.
Diagnostics rollout_problems(const ResolvedRlhf& question);

// On `gpus`, with a share of each GPU's memory; nothing where not even one answer fits.
std::optional<RlhfRollout> rollout_of(const ResolvedRlhf& question, int gpus, double memory_share);

// The policy's new weights to every engine: each GPU receives its part, over the network where the GPUs are of several
// scale-up domains.
double weight_sync_s(const ResolvedRlhf& question, int gpus, const ServingPlan& rollout);

}  // namespace shardplan::api
