// Is this strategy legal, does it fit? Every rule with its verdict.
#include "api/fields.h"
#include "api/registry.h"
#include "base/text.h"
#include "base/units.h"
#include "search/violations.h"

namespace shardplan::api {

struct ValidateRequest {
  Question question;
  StrategyFields strategy;
  bool tp_across_domains = false;
};

struct Check {
  std::string check;
  bool passed = true;
  std::string message;
  std::string field;
  std::string hint;
};

struct ValidateResponse {
  bool valid = false;
  std::vector<Check> checks;
  std::optional<Plan> plan;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

Check memory_check(const Plan& plan) {
  Check c{search::rejection_name(search::Rejection::kOutOfMemory), plan.fits, "", "", ""};
  const std::string peak =
      number_text(plan.memory.peak_gib, 4) + " GiB on stage " + std::to_string(plan.memory.worst_stage);
  if (plan.fits) c.message = "Needs " + peak + " of " + number_text(plan.memory.usable_gib, 4) + " GiB.";
  else {
    c.message = "Needs " + peak + ", " + number_text(plan.over_gib, 4) + " GiB more than the usable " +
                number_text(plan.memory.usable_gib, 4) + " GiB.";
    c.field = "/memory";
    c.hint = "Shard or recompute more, or add GPUs; 'recommend' says what fits.";
  }
  return c;
}

Result<ValidateResponse> validate(const ValidateRequest& request) {
  Question question = request.question;
  if (!question.precision) question.precision = request.strategy.precision;
  auto resolved = resolve(question, known_degrees(request.strategy));
  if (!resolved) return tl::unexpected<Diagnostics>(resolved.error());
  const estimate::Context context(resolved->problem);
  const auto strategy = strategy_of(context, request.strategy, "");
  if (!strategy) return tl::unexpected<Diagnostics>(strategy.error());
  ValidateResponse r;
  const auto broken = search::violations(context, *strategy, request.tp_across_domains);
  for (int i = 0; i < search::kRejections; ++i) {
    const auto rule = static_cast<search::Rejection>(i);
    if (rule == search::Rejection::kOutOfMemory) continue;
    Check c{search::rejection_name(rule), true, "", "", ""};
    for (const search::Violation& v : broken)
      if (v.rule == rule) c = {search::rejection_name(rule), false, v.message, "/" + v.field, v.hint};
    r.checks.push_back(std::move(c));
  }
  if (broken.empty()) {
    r.plan = make_plan(context, *strategy, resolved->usable_bytes);
    r.checks.push_back(memory_check(*r.plan));
  }
  r.valid = broken.empty() && r.plan->fits;
  r.assumptions = std::move(resolved->assumptions);
  r.warnings = std::move(resolved->warnings);
  if (r.plan && r.plan->fits && r.plan->confidence.oom_probability > 0.1)
    r.warnings.push_back("It fits by the estimate, but may run out of memory with a probability of " +
                         number_text(100 * r.plan->confidence.oom_probability, 2) + " %.");
  return r;
}

}  // namespace

Operation validate_operation() {
  return make_operation<&validate>(
      "validate", "Check one strategy against every rule and the memory.",
      R"({"model": "llama-3.1-70b", "tp": 8, "pp": 4, "dp": 2, "gbs": 128, "seq_length": 8192})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::ValidateRequest, "validate_request");
SHARDPLAN_DESCRIBE(api::Check, "check");
SHARDPLAN_DESCRIBE(api::ValidateResponse, "validate_response");

Fields Describe<api::ValidateRequest>::fields() {
  using R = api::ValidateRequest;
  static constexpr Field own[] = {
      field<&R::tp_across_domains>("tp_across_domains", "Allow tensor parallelism beyond the scale-up domain.")
          .omit_default(),
  };
  static const FieldList table = FieldList().include<&R::question>().include<&R::strategy>().add(own);
  return table;
}

Fields Describe<api::Check>::fields() {
  using C = api::Check;
  static constexpr Field table[] = {
      field<&C::check>("check", "Name of the rule."),
      field<&C::passed>("passed"),
      field<&C::message>("message").omit_default(),
      field<&C::field>("field").omit_default(),
      field<&C::hint>("hint", "What would be legal.").omit_default(),
  };
  return table;
}

Fields Describe<api::ValidateResponse>::fields() {
  using R = api::ValidateResponse;
  static constexpr Field table[] = {
      field<&R::valid>("valid", "Legal, and fits."),
      field<&R::checks>("checks"),
      field<&R::plan>("plan", "Where the strategy is legal."),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
