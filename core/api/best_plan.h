// The best plan of a question, for operations that ask a search and go on from its answer. api/operations/recommend is
// the search that a person reads.
#pragma once

#include "api/operations/recommend.h"

namespace shardplan::api {

struct BestPlan {
  Resolved question;
  spec::Strategy strategy;  // the best that fits, else the nearest to fitting
  Plan plan;                // plan.fits says which
};

// An error where the question is wrong, or where no strategy is legal at all. A plan on fewer GPUs than the question's
// (limits.gpu_counts) has its question's cluster cut to its size.
Result<BestPlan> best_plan(const RecommendRequest& request);

}  // namespace shardplan::api
