// A question of preference training with every blank filled in: the models that take part, what is sampled, and what is
// learnt from it. Above: rlhf_placement.h estimates one way to place it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "advise/rlhf.h"
#include "api/question.h"

namespace shardplan::api {

enum class RolloutPlace { kAuto, kColocated, kSeparate };

struct RlhfQuestion {
  Question question;  // of the policy
  advise::RlAlgorithm algorithm = advise::RlAlgorithm::kPpo;
  std::optional<int> prompt_tokens, response_tokens;
  std::optional<int> num_generations;
  std::optional<int> longest_response_tokens;
  std::optional<int> epochs, minibatches;
  std::optional<int> tp, pp, mbs, rollout_tp;
  std::optional<advise::Reference> reference;
  ModelChoice critic_model;
  std::string reward_model;  // a model's name, or "function"
  RolloutPlace rollout = RolloutPlace::kAuto;
  std::optional<int> rollout_gpus;
  std::string engine;
  bool optimizer_offload = false;
};

struct ResolvedRlhf {
  RlhfQuestion asked;
  advise::RlTraits traits;
  advise::Reference reference = advise::Reference::kNone;
  Question actor;  // gbs: sequences of an optimizer step
  std::optional<Question> critic;
  std::optional<spec::Model> reward;
  int prompts = 0;
  int sequences = 0;  // that are learnt from in an iteration
  int prompt_tokens = 0, response_tokens = 0;
  int longest_response_tokens = 0;
  int epochs = 1, minibatches = 1;  // optimizer steps of an iteration: their product
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

// Whether TRL is what trains.
inline bool is_trl(const std::string& stack) { return stack == "hf-trl" || stack == "hf-bf16"; }

// All problems of the question at once.
Result<ResolvedRlhf> resolve(const RlhfQuestion& question);

}  // namespace shardplan::api
