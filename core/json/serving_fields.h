// Field tables of serving: number formats, measured kernels, engines.
#pragma once

#include "json/spec_fields.h"
#include "spec/serving.h"
#include "spec/serving_calibration.h"

namespace shardplan::json {

SHARDPLAN_DESCRIBE_ENUM(spec::WeightFormat, "weight_format");
SHARDPLAN_DESCRIBE_ENUM(spec::KvFormat, "kv_format");
SHARDPLAN_DESCRIBE(spec::ServingGemms, "serving_gemms");
SHARDPLAN_DESCRIBE(spec::ServingExperts, "serving_experts");
SHARDPLAN_DESCRIBE(spec::ByCache, "by_cache");
SHARDPLAN_DESCRIBE(spec::LatentAttention, "latent_attention");
SHARDPLAN_DESCRIBE(spec::MessageTimes, "message_times");
SHARDPLAN_DESCRIBE(spec::ServingCollectives, "serving_collectives");
SHARDPLAN_DESCRIBE(spec::ExpertDispatch, "expert_dispatch");
SHARDPLAN_DESCRIBE(spec::ServingKernelTable, "serving_kernels");
SHARDPLAN_DESCRIBE(spec::ServingGeneration, "serving_generation");
SHARDPLAN_DESCRIBE(spec::ServingEngine, "serving_engine");
SHARDPLAN_DESCRIBE(spec::ServingHarness, "serving_harness");
SHARDPLAN_DESCRIBE(spec::ServingPhysics, "serving_physics");
SHARDPLAN_DESCRIBE(spec::ServingInterval, "serving_interval");
SHARDPLAN_DESCRIBE(spec::ServingRecord, "serving_record");

}  // namespace shardplan::json
