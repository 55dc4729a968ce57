// Another way to run a job, beside the one that was asked about: what changes, and what a second estimate says of it.
#pragma once

#include <string>
#include <vector>

#include "advise/outcome.h"
#include "api/plan.h"
#include "json/spec_fields.h"

namespace shardplan::api {

struct Alternative {
  std::string change;     // for people: "tp 2 -> 4, dp 4 -> 2"
  json::RawJson request;  // fields to set in the request; null for those to leave out
  bool fits = false;
  double over_gib = 0;
  double peak_gib = 0;
  double oom_probability = 0;
  double step_time_s = 0;
  double tokens_per_s = 0;
  double gain_s = 0;    // step time saved
  double gain_pct = 0;  // throughput per GPU gained
};

// Why there is none.
struct BrokenRule {
  std::string rule, field, message, hint;
};

// The axes in which two strategies differ: "tp 2 -> 4, recompute none -> full"; empty where they do not.
std::string change_text(const estimate::Context& context, const spec::Strategy& from, const spec::Strategy& to);

// What a request for `from` has to set to ask for `to`.
json::RawJson change_request(const estimate::Context& context, const spec::Strategy& from, const spec::Strategy& to);

// What a plan is measured against.
struct Baseline {
  double step_time_s = 0;
  double tokens_per_s_per_gpu = 0;
};
Baseline baseline_of(const Plan& plan);

// `to` beside `from`, in one problem.
Alternative alternative(const estimate::Context& context, const spec::Strategy& from, const spec::Strategy& to,
                        const advise::Outcome& outcome, const Baseline& baseline);
// Without its words: `context` may be another problem than the baseline's.
Alternative alternative(const estimate::Context& context, const spec::Strategy& strategy,
                        const advise::Outcome& outcome, const Baseline& baseline);

}  // namespace shardplan::api

namespace shardplan::json {
SHARDPLAN_DESCRIBE(api::Alternative, "alternative");
SHARDPLAN_DESCRIBE(api::BrokenRule, "broken_rule");
}  // namespace shardplan::json
