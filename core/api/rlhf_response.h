// What 'rlhf' answers. Beside: rlhf_placement.h, whose estimates these fields print.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/rlhf_placement.h"
#include "emit/artefact.h"
#include "json/meta.h"

namespace shardplan::api {

struct RlhfMemoryFields {
  double peak_gib = 0, generation_gib = 0, scoring_gib = 0, update_gib = 0, usable_gib = 0, capacity_gib = 0;
};

struct RlhfTimeFields {
  double iteration_s = 0, one_step_off_policy_s = 0;
  double rollout_s = 0, sync_s = 0, policy_scores_s = 0, reference_scores_s = 0, reward_s = 0, value_s = 0,
         actor_update_s = 0, critic_update_s = 0;
};

struct RlhfChoice {
  std::string summary, stack, rollout;
  int training_gpus = 0, rollout_gpus = 0;
  bool fits = false;
  double over_gib = 0;
  std::string over_in;
  double peak_gib = 0, iteration_s = 0;
};

// Another request and what its best placement takes, beside this one's.
struct RlhfChange {
  std::string change;
  json::RawJson request;
  bool fits = false;
  double over_gib = 0, peak_gib = 0, iteration_s = 0;
  double peak_change_gib = 0, iteration_change_s = 0;
  std::string summary;
};

struct RlhfConfidence {
  std::vector<double> iteration_s, peak_gib;
  std::string level, basis;
};

struct RlhfResponse {
  bool fits = false;
  double over_gib = 0;
  std::string over_in;
  RlhfChoice best;
  std::vector<RlhfModelMemory> models;
  RlhfMemoryFields memory;
  RlhfTimeFields time;
  int prompts = 0, sequences = 0;
  double samples_per_s = 0, tokens_per_s = 0;
  std::optional<double> usd_per_hour, usd_per_thousand_samples;
  std::vector<RlhfChoice> placements;
  std::vector<RlhfChange> alternatives, smallest_change;
  std::optional<Plan> actor_plan, critic_plan;
  std::optional<ServingPlan> rollout_plan;
  std::vector<emit::Artefact> artefacts;
  RlhfConfidence confidence;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

// "hf-trl on 8 GPUs, engines on the same"
std::string summary_of(const RlhfPlacement& placement);
RlhfChoice choice_of(const RlhfEstimate& estimate);
RlhfTimeFields time_of(const RlhfEstimate& estimate);
// The parts' own intervals added up.
RlhfConfidence confidence_of(const RlhfEstimate& estimate);

// One change each, from the least intrusive on, asked again: what it would take. Where the request does not fit, also
// more GPUs until something does.
std::vector<RlhfChange> rlhf_changes(const RlhfQuestion& question, const ResolvedRlhf& resolved,
                                     const spec::Cluster& cluster, const RlhfEstimate& best);

// How TRL starts it; empty where it has no trainer for the algorithm or the plan.
std::vector<emit::Artefact> rlhf_artefacts(const ResolvedRlhf& question, const spec::Cluster& cluster,
                                           const RlhfEstimate& estimate);

}  // namespace shardplan::api
