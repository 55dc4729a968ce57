// Reasons in words, each from a difference of two estimates.
#pragma once

#include <string>
#include <vector>

#include "api/plan.h"

namespace shardplan::api {

// What bought the best plan its place, and what limits it now.
std::vector<std::string> why(const estimate::Context& context, const spec::Strategy& best, const Plan& plan,
                             double usable_bytes);

// "+0.42 s: bubble +0.61 s": what a plan loses against another, by the part that differs most.
std::string difference_text(const Plan& first, const Plan& other);

}  // namespace shardplan::api
