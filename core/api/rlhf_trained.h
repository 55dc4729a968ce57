// A model of preference training that learns: the best plan for it beside what else stays on its GPUs. Above:
// rlhf_placement.h puts policy, critic and engines together.
#pragma once

#include <optional>

#include "api/plan.h"
#include "api/rlhf_question.h"
#include "search/space.h"

namespace shardplan::api {

struct RlhfTrained {
  Resolved question;
  spec::Strategy strategy;
  Plan plan;
  double states = 0, working = 0;  // bytes of the worst rank
  bool fits = false;
};

// Strategies that the question and the stack's trainer allow.
search::Limits training_limits(const ResolvedRlhf& question, const std::string& stack);

// On `share` of the memory less `others` bytes that stay on every GPU; nothing where no strategy is legal.
std::optional<RlhfTrained> trained(const Question& asked, const std::string& stack, int gpus,
                                   const search::Limits& limits, double others, double share = 1);

// Weights of a frozen copy on one GPU, cut as `actor` is.
double frozen_bytes(const RlhfTrained& actor, spec::BaseWeights base);

}  // namespace shardplan::api
