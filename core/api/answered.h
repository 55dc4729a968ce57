// A question answered by one search, for operations that go on from its answer and show it: the best plan, or where
// nothing fits the nearest and what would. api/best_plan.h has less, api/operations/recommend all of it.
#pragma once

#include "api/operations/recommend.h"

namespace shardplan::api {

struct SearchAnswer {
  std::optional<Plan> best, nearest;
  std::vector<Change> smallest_change;
  SearchFields search;

  // The best, or the nearest; nothing where no strategy is legal.
  const Plan* plan() const { return best ? &*best : nearest ? &*nearest : nullptr; }
};

struct Answered {
  SearchAnswer answer;
  spec::Strategy strategy;  // of answer.plan()
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};
Answered answered(const RecommendRequest& request, const Prepared& prepared, const estimate::Context& context);

}  // namespace shardplan::api

namespace shardplan::json {
SHARDPLAN_DESCRIBE(api::SearchAnswer, "search_answer");
}  // namespace shardplan::json
