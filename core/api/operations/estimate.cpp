// How long does a whole training take, and what does it cost? Time for a token budget, with what failures, checkpoints,
// electricity and the provider add.
#include "api/best_plan.h"
#include "api/fields.h"
#include "api/long_run.h"
#include "api/registry.h"
#include "api/run_conditions.h"
#include "api/smallest_change.h"
#include "api/stated_plan.h"
#include "base/text.h"

namespace shardplan::api {

struct EstimateRequest {
  StatedPlan plan;
  std::optional<double> tokens;
  std::optional<double> throughput;  // tokens per second, measured
  RunConditions conditions;
};

struct SpeedFields {
  double tokens_per_s = 0, tokens_per_s_per_gpu = 0;
  std::vector<double> tokens_per_s_range;
  double mfu = 0;
  std::string basis;
};

struct EstimateResponse {
  double tokens = 0;
  SpeedFields speed;
  RunOutcome outcome;
  std::optional<Plan> plan;
  std::vector<Change> smallest_change;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

constexpr double kDefaultTokens = 1e12;

LongRun run_of(const EstimateRequest& request, const Plan& plan) {
  const double tokens = request.tokens.value_or(kDefaultTokens);
  if (request.throughput) return {tokens, *request.throughput, *request.throughput, *request.throughput, 0};
  return run_of(plan, tokens);
}
SpeedFields speed_of(const LongRun& run, const Plan& plan, bool is_stated) {
  SpeedFields s;
  s.tokens_per_s = run.tokens_per_s;
  s.tokens_per_s_per_gpu = run.tokens_per_s / plan.gpus;
  s.tokens_per_s_range = {run.tokens_per_s_low, run.tokens_per_s_high};
  s.mfu = plan.mfu * run.tokens_per_s / plan.tokens_per_s;
  s.basis = is_stated ? "as the request states it" : "estimate of the plan";
  return s;
}

void compare(const SpeedFields& speed, const Plan& plan, std::vector<std::string>& warnings) {
  const std::string ours = whole_text(plan.tokens_per_s) + " tokens/s of " + plan.summary;
  if (speed.mfu > 1)
    warnings.push_back("The stated throughput is more than the GPUs' peak allows: MFU " +
                       number_text(100 * speed.mfu, 3) +
                       " %. Does it count all GPUs of the job, and tokens rather than samples?");
  else if (speed.tokens_per_s > plan.tokens_per_s * plan.time.step_time_s / plan.confidence.step_time_s[0])
    warnings.push_back("The stated throughput (MFU " + number_text(100 * speed.mfu, 3) +
                       " %) is above what we expect of the best plan: " + ours + ".");
}

Result<EstimateResponse> estimate_run(const EstimateRequest& request) {
  EstimateResponse r;
  auto found = stated_or_best_plan(request.plan);
  if (!found) return tl::unexpected<Diagnostics>(std::move(found.error()));
  if (!found->plan.fits && !request.throughput && !names_strategy(request.plan))
    r.smallest_change = smallest_changes(search_for(request.plan), *prepare(search_for(request.plan)));
  const estimate::Context context(found->question.problem);
  r.assumptions = std::move(found->question.assumptions);
  r.warnings = std::move(found->question.warnings);
  const LongRun run = run_of(request, found->plan);
  r.tokens = run.tokens;
  if (!request.tokens) r.assumptions.push_back("Tokens: " + number_text(kDefaultTokens) + ".");
  r.speed = speed_of(run, found->plan, request.throughput.has_value());
  if (request.throughput) compare(r.speed, found->plan, r.warnings);
  else if (!found->plan.fits)
    r.warnings.push_back("The plan does not fit: " + number_text(found->plan.over_gib, 4) +
                         " GiB over. The time is what it would take if it did.");
  auto outcome = outcome_of(request.conditions, run, context, found->strategy, r.assumptions, r.warnings);
  if (!outcome) return tl::unexpected<Diagnostics>(std::move(outcome.error()));
  r.outcome = *std::move(outcome);
  r.plan = std::move(found->plan);
  return r;
}

}  // namespace

Operation estimate_operation() {
  return make_operation<&estimate_run>(
      "estimate", "Time, cost and energy of a whole training, with failures and checkpoints.",
      R"({"model": "llama-3.1-70b", "gpu": "h100", "gpus": 512, "seq_length": 8192, "gbs": 1024, "tokens": 2e12})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::EstimateRequest, "estimate_request");
SHARDPLAN_DESCRIBE(api::SpeedFields, "speed");
SHARDPLAN_DESCRIBE(api::EstimateResponse, "estimate_response");

Fields Describe<api::EstimateRequest>::fields() {
  using R = api::EstimateRequest;
  static constexpr Field own[] = {
      field<&R::tokens>("tokens", "Tokens to train on.").range(1, 1e16),
      field<&R::throughput>("throughput", "Tokens per second of the whole job, measured; used as it is.")
          .alias("tokens_per_s")
          .range(0.001, 1e13),
  };
  static const FieldList table = FieldList().include<&R::plan>().add(own).include<&R::conditions>();
  return table;
}

Fields Describe<api::SpeedFields>::fields() {
  using S = api::SpeedFields;
  static constexpr Field table[] = {
      field<&S::tokens_per_s>("tokens_per_s", "While it trains."),
      field<&S::tokens_per_s_per_gpu>("tokens_per_s_per_gpu"),
      field<&S::tokens_per_s_range>("tokens_per_s_range", "Low and high."),
      field<&S::mfu>("mfu"),
      field<&S::basis>("basis"),
  };
  return table;
}

Fields Describe<api::EstimateResponse>::fields() {
  using R = api::EstimateResponse;
  static constexpr Field head[] = {
      field<&R::tokens>("tokens"),
      field<&R::speed>("speed"),
  };
  static constexpr Field tail[] = {
      field<&R::plan>("plan", "As stated, or the best one; with a stated throughput for comparison only."),
      field<&R::smallest_change>("smallest_change", "Where nothing fits: changes after which something does.")
          .omit_default(),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  static const FieldList table = FieldList().add(head).include<&R::outcome>().add(tail);
  return table;
}

}  // namespace shardplan::json
