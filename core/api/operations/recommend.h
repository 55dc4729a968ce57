// Search for the best strategies: the request, the response, and the pieces into which a caller may cut the search.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "api/fields.h"
#include "api/plan.h"
#include "search/search.h"

namespace shardplan::api {

struct LimitFields {
  std::vector<int> tp, pp, vpp, dp, cp, ep, etp, mbs;
  std::vector<int> gpu_counts;  // sizes to compare; the question's gpus where empty
  std::vector<spec::Sharding> sharding;
  std::vector<int> shard_size;
  std::vector<spec::Schedule> schedule;
  std::vector<spec::RecomputeMode> recompute;
  std::vector<spec::Precision> precisions;
  std::vector<spec::ContextParallel> cp_comm;
  std::optional<bool> sp;
  bool tp_across_domains = false;
  bool optimizer_offload = false;
};

search::Limits limits_of(const LimitFields& fields);

struct RecommendRequest {
  Question question;
  LimitFields limits;
  spec::Objective objective = spec::Objective::kThroughput;
  int top = 10;
  bool map = false;
};

struct CellFields {
  int gpus = 0, tp = 0, pp = 0, cp = 0, ep = 0;
  bool fits = false;
  double tokens_per_s_per_gpu = 0;
  double over_gib = 0;
};

struct SearchFields {
  int64_t candidates = 0;
  int64_t evaluated = 0;
  int64_t fits = 0;
  std::vector<std::pair<std::string, int64_t>> rejected;
  std::vector<std::pair<std::string, std::string>> reasons;  // for people
};

// One way to make a question feasible that has no answer.
struct Change {
  std::string change;     // for people
  json::RawJson request;  // fields to set in the request
  double peak_gib = 0;
  double step_time_s = 0;
  std::string summary;
};

struct RecommendResponse {
  std::vector<Plan> plans;
  std::optional<Plan> best;
  std::vector<int> pareto;  // indices into plans
  std::vector<std::string> why;
  SearchFields search;
  std::vector<CellFields> map;
  std::optional<Plan> nearest;
  std::vector<Change> smallest_change;
  std::optional<TopologyUse> topology;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

// A request with its space laid out.
struct Prepared {
  Resolved resolved;
  search::Limits limits;
  search::Options options;
};
Result<Prepared> prepare(const RecommendRequest& request);

// The response for a search that looked at everything.
RecommendResponse finish(const RecommendRequest& request, const Prepared& prepared, const estimate::Context& context,
                         const search::Space& space, const search::Partial& partial);

}  // namespace shardplan::api

namespace shardplan::json {
SHARDPLAN_DESCRIBE(api::LimitFields, "limits");
SHARDPLAN_DESCRIBE(api::RecommendRequest, "recommend_request");
SHARDPLAN_DESCRIBE(api::CellFields, "cell");
SHARDPLAN_DESCRIBE(api::SearchFields, "search");
SHARDPLAN_DESCRIBE(api::Change, "change");
SHARDPLAN_DESCRIBE(api::RecommendResponse, "recommend_response");
}  // namespace shardplan::json
