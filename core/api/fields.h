// Field tables of what requests and responses share.
#pragma once

#include "api/plan.h"
#include "api/question.h"
#include "api/stated_plan.h"
#include "json/hf_config_fields.h"
#include "json/spec_fields.h"

namespace shardplan::json {

SHARDPLAN_DESCRIBE_ENUM(api::TuningMethod, "method");
SHARDPLAN_DESCRIBE(spec::Adjustment, "adjustment");
SHARDPLAN_DESCRIBE(api::CalibrationErrors, "calibration_errors");
SHARDPLAN_DESCRIBE(api::Calibration, "calibration");
SHARDPLAN_DESCRIBE(api::Question, "question");
SHARDPLAN_DESCRIBE(api::FsdpGroup, "fsdp_group");
SHARDPLAN_DESCRIBE(api::StrategyFields, "strategy");
SHARDPLAN_DESCRIBE(api::StatedPlan, "stated_plan");
SHARDPLAN_DESCRIBE(api::StageFields, "stage_memory");
SHARDPLAN_DESCRIBE(api::MemoryFields, "memory");
SHARDPLAN_DESCRIBE(api::Communication, "communication");
SHARDPLAN_DESCRIBE(api::TimeFields, "time");
SHARDPLAN_DESCRIBE(api::Confidence, "confidence");
SHARDPLAN_DESCRIBE(api::Plan, "plan");

}  // namespace shardplan::json
