// Reasons in words, each from a difference of two estimates.
#pragma once

#include <string>
#include <vector>

#include "api/plan.h"

namespace shardplan::api {

// The parts of a step that add up to it, compute first.
struct Part {
  const char* name;   // in a sentence
  const char* brief;  // in a table
  double seconds;
};
std::vector<Part> parts_of(const TimeFields& time);

// What bought the best plan its place, and what limits it now.
std::vector<std::string> why(const estimate::Context& context, const spec::Strategy& best, const Plan& plan,
                             double usable_bytes);

// Whether the two step times are too close for the estimates to tell which is the faster.
bool ties(const estimate::Context& context, const Plan& first, const Plan& other);

// How many plans tie with the first; empty where none does.
std::string about_ties(const estimate::Context& context, const std::vector<Plan>& plans);

// "+0.42 s: bubble +0.61 s": what a plan loses against another, by the part that differs most.
std::string difference_text(const Plan& first, const Plan& other);

}  // namespace shardplan::api
