// What would make a question feasible that has no answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/operations/recommend.h"
#include "api/stated_plan.h"

namespace shardplan::api {

// The first step that fits of each kind of change, from the least intrusive on: fewer bytes per state, the host's
// memory, shorter sequences, more GPUs, larger GPUs. Limits of the request hold.
std::vector<Change> smallest_changes(const RecommendRequest& request, const Prepared& prepared);

// A change under which a search finds a plan that fits; `change` says it for people, `patch` as JSON.
std::optional<Change> change_to(const RecommendRequest& request, std::string change, std::string patch);

// Where a stated strategy does not fit: the best on its own degrees, or else on others, then what would have to change
// in the question.
std::vector<Change> smallest_changes_of(const StatedPlan& stated, const ResolvedPlan& resolved);

}  // namespace shardplan::api
