// The search that several serving operations ask, and what its answer shares.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/serving_pools.h"
#include "json/spec_fields.h"

namespace shardplan::api {

struct ServingFrontierPoint {
  std::string summary;
  int gpus = 0;
  double users = 0, tokens_per_s_per_user = 0, tokens_per_s_per_gpu = 0, ttft_ms = 0, tpot_ms = 0;
  bool within_limits = true;
};

struct ServingSearchSummary {
  int candidates = 0, evaluated = 0, within_limits = 0, pools = 0;
  std::vector<std::pair<std::string, int>> rejected;  // by rule
  std::vector<std::pair<std::string, std::string>> reasons;
  std::vector<std::pair<std::string, int>> missed;  // by limit
};

// The answer of a search: plans within the limits, or why there is none.
struct ServingAnswer {
  std::optional<ServingPlan> best;
  std::vector<ServingPlan> plans;
  std::vector<ServingFrontierPoint> pareto;
  std::optional<DisaggregatedPlan> disaggregated;
  std::optional<double> disaggregated_gain_pct;
  std::vector<ServingFrontierPoint> pareto_disaggregated;
  ServingSearchSummary search;
  std::optional<ServingPlan> nearest;
  std::string limit_missed;  // by the nearest plan
  double missed_by_pct = 0;
  std::vector<std::string> smallest_change;
  std::vector<std::string> assumptions, warnings;
};

// `pools`: whether to look at disaggregated serving as well.
ServingAnswer answer(const ResolvedServing& question, int top, bool pools = false);

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::ServingFrontierPoint, "serving_frontier_point");
SHARDPLAN_DESCRIBE(api::ServingSearchSummary, "serving_search");
SHARDPLAN_DESCRIBE(api::ServingAnswer, "serving_answer");

}  // namespace shardplan::json
