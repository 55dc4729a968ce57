// The best plan of a question, for operations that ask a search and go on from its answer. api/operations/recommend is
// the search that a person reads.
#pragma once

#include "api/operations/recommend.h"
#include "api/stated_plan.h"

namespace shardplan::api {

struct BestPlan {
  Resolved question;
  spec::Strategy strategy;  // the best that fits, else the nearest to fitting
  Plan plan;                // plan.fits says which
};

// An error where the question is wrong, or where no strategy is legal at all. A plan on fewer GPUs than the question's
// (limits.gpu_counts) has its question's cluster cut to its size.
Result<BestPlan> best_plan(const RecommendRequest& request);

// The search for a request that may name its plan.
RecommendRequest search_for(const StatedPlan& stated);

// The plan that the request names, else the best.
Result<BestPlan> stated_or_best_plan(const StatedPlan& stated);

}  // namespace shardplan::api
