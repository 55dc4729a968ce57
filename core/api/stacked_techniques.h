// Techniques as a response shows them: what each setting does alone and in the stack, and what it asks of its user.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "advise/stacking.h"
#include "json/spec_fields.h"

namespace shardplan::api {

// A setting switched on where it was off: the difference of two estimates.
struct Effect {
  bool possible = false;
  bool fits = false;  // with it
  double step_time_change_s = 0, step_time_change_pct = 0;
  double peak_change_gib = 0;
  double oom_probability_change = 0;
  std::string note;
};

struct TechniqueFields {
  std::string technique;
  std::string setting;
  bool in_stack = false;
  int difficulty = 1;
  std::string reason;
  bool changes_numerics = false;
  bool allowed = true;
  Effect alone;     // on the baseline
  Effect in_place;  // in the stack
};

// What turns the baseline into the stack, with other settings that were looked at: of techniques that are not in the
// stack the best one on the baseline, of precisions and optimizers all.
std::vector<TechniqueFields> techniques_of(advise::Estimator& estimator, const advise::StackLimits& limits,
                                           const advise::Switches& baseline, const advise::Switches& stack);

// "optimizer adamw_8bit, mbs 1 -> 2": the setting of one technique that turns `from` into `to`.
std::string setting_text(advise::Estimator& estimator, advise::Technique technique, const advise::Switches& from,
                         const advise::Switches& to);

// Fields that a request for `from` has to set to ask for `to`.
json::RawJson switch_request(advise::Estimator& estimator, const advise::Switches& from, const advise::Switches& to);

}  // namespace shardplan::api

namespace shardplan::json {
SHARDPLAN_DESCRIBE(api::Effect, "technique_effect");
SHARDPLAN_DESCRIBE(api::TechniqueFields, "technique");
}  // namespace shardplan::json
