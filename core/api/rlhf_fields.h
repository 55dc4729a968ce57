// Field tables of preference training: what a request is made of, and what is answered.
#pragma once

#include "api/fields.h"
#include "api/rlhf_question.h"
#include "api/rlhf_response.h"

namespace shardplan::json {

SHARDPLAN_DESCRIBE_ENUM(advise::RlAlgorithm, "rl_algorithm");
SHARDPLAN_DESCRIBE_ENUM(advise::Reference, "reference");
SHARDPLAN_DESCRIBE_ENUM(api::RolloutPlace, "rollout_place");
SHARDPLAN_DESCRIBE(api::RlhfQuestion, "rlhf_question");
SHARDPLAN_DESCRIBE(api::RlhfResponse, "rlhf_response");

}  // namespace shardplan::json
