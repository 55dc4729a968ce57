// Disaggregated serving as responses show it. Beside: serving_plan.h, whose replicas do both phases.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/serving_plan.h"
#include "json/spec_fields.h"
#include "search/serving/pools.h"

namespace shardplan::api {

struct DisaggregatedPlan {
  std::string summary;
  ServingStrategyFields prefill, decode;
  int prefill_gpus = 0, decode_gpus = 0, gpus = 0;
  double ttft_ms = 0, tpot_ms = 0, request_s = 0, transfer_ms = 0;
  std::optional<double> ttft_p90_ms, ttft_p99_ms;
  double prefill_utilisation = 0;
  double concurrency = 0, requests_per_s = 0;
  double tokens_per_s = 0, tokens_per_s_per_gpu = 0, tokens_per_s_per_user = 0;
  std::optional<double> usd_per_million_tokens, usd_per_hour;
  ServingMemoryFields prefill_memory, decode_memory;
  std::string limit_missed;
  double missed_by_pct = 0;
  ServingConfidence confidence;
};

DisaggregatedPlan make_plan(const estimate::serving::Deployment& deployment, const ResolvedServing& question,
                            const search::serving::PoolPoint& point);

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::DisaggregatedPlan, "disaggregated_plan");

}  // namespace shardplan::json
