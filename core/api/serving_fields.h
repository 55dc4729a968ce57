// Field tables of what serving requests and responses share.
#pragma once

#include "api/fields.h"
#include "api/serving_plan.h"
#include "json/serving_fields.h"

namespace shardplan::json {

SHARDPLAN_DESCRIBE_ENUM(search::serving::Objective, "serving_objective");
SHARDPLAN_DESCRIBE_ENUM(api::Drafting, "drafting");
SHARDPLAN_DESCRIBE(api::ClusterChoice, "cluster_choice");
SHARDPLAN_DESCRIBE(api::ServingQuestion, "serving_question");
SHARDPLAN_DESCRIBE(api::ServingDegrees, "serving_degrees");
SHARDPLAN_DESCRIBE(api::ServingStrategyFields, "serving_strategy");
SHARDPLAN_DESCRIBE(api::ServingMemoryFields, "serving_memory");
SHARDPLAN_DESCRIBE(api::ServingStepFields, "serving_step");
SHARDPLAN_DESCRIBE(api::ServingConfidence, "serving_confidence");
SHARDPLAN_DESCRIBE(api::ServingPlan, "serving_plan");

}  // namespace shardplan::json
