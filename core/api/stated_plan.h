// A question with one strategy in it, as several operations take it: degrees beside the question's fields, or a
// plan's strategy as it was printed.
#pragma once

#include <optional>
#include <string>

#include "api/plan.h"
#include "api/question.h"

namespace shardplan::api {

struct StatedPlan {
  Question question;
  StrategyFields flat;
  std::optional<StrategyFields> strategy;
  bool tp_across_domains = false;
};

struct ResolvedPlan {
  Resolved question;
  spec::Strategy strategy;
};

// Whether the request names a strategy at all.
bool names_strategy(const StatedPlan& stated);

// Whether any degree or switch is named.
bool is_stated(const StrategyFields& fields);

// Legal or an error; `path` is where the fields stand in the request.
Result<ResolvedPlan> resolve(const StatedPlan& stated, const std::string& path = "");

}  // namespace shardplan::api
