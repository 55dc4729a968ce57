// What the operation 'compare' sets side by side: every combination of the models, clusters and plans of a request.
#pragma once

#include <string>
#include <vector>

#include "api/operations/recommend.h"
#include "api/stated_plan.h"

namespace shardplan::api {

// What one side says of its own; everything else is the request's.
struct Side {
  std::string label;
  ModelChoice model;
  StatedPlan plan;
};

struct CompareRequest {
  ModelChoice model;
  std::vector<ModelChoice> models;
  std::vector<Side> clusters, plans;
  StatedPlan base;
  LimitFields limits;
  spec::Objective objective = spec::Objective::kThroughput;
};

// Where a side stands in the request, and the fields that it states.
struct SidePath {
  std::string path;
  std::vector<std::string> fields;
};

// A combination: what is asked, the sides that it is made of, and what tells it from the others.
struct Combination {
  StatedPlan plan;
  std::vector<SidePath> sides;
  std::vector<std::string> names;
};

// At most 64.
Result<std::vector<Combination>> combinations(const CompareRequest& request);

// Problems of a combination at the fields that state what is wrong: of the last side that does, else of the request.
Diagnostics located(Diagnostics problems, const Combination& combination);

}  // namespace shardplan::api

namespace shardplan::json {
SHARDPLAN_DESCRIBE(api::Side, "side");
SHARDPLAN_DESCRIBE(api::CompareRequest, "compare_request");
}  // namespace shardplan::json
