// One strategy in full.
#include "api/fields.h"
#include "api/registry.h"
#include "search/rules.h"

namespace shardplan::api {

struct EvaluateRequest {
  Question question;
  StrategyFields flat;                     // degrees beside the question's fields ...
  std::optional<StrategyFields> strategy;  // ... or a plan's strategy as it was printed
  bool tp_across_domains = false;
};

struct EvaluateResponse {
  Plan plan;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

bool is_stated(const StrategyFields& f) {
  return f.tp || f.pp || f.vpp || f.dp || f.cp || f.ep || f.etp || f.mbs || f.sp || f.zero_stage || f.fsdp ||
         f.sharding || f.schedule || f.recompute || f.cp_comm || f.offload_optimizer || !f.layers_per_stage.empty();
}

Result<EvaluateResponse> evaluate(const EvaluateRequest& request) {
  if (request.strategy && is_stated(request.flat))
    return fail("/strategy", "'strategy' and degrees beside it both describe the plan; give one of them.");
  StrategyFields fields = request.strategy ? *request.strategy : request.flat;
  Question question = request.question;
  if (!question.gbs && !question.batch_size && fields.gbs) question.gbs = fields.gbs;
  if (!question.precision) question.precision = fields.precision;
  auto resolved = resolve(question, known_degrees(fields));
  if (!resolved) return tl::unexpected<Diagnostics>(resolved.error());
  const estimate::Context context(resolved->problem);
  const std::string path = request.strategy ? "/strategy" : "";
  const auto strategy = strategy_of(context, fields, path);
  if (!strategy) return tl::unexpected<Diagnostics>(strategy.error());
  Diagnostics illegal;
  for (const search::Violation& v : search::violations(context, *strategy, request.tp_across_domains))
    illegal.push_back({path + "/" + v.field, v.message, v.hint});
  if (!illegal.empty()) return tl::unexpected<Diagnostics>(std::move(illegal));
  EvaluateResponse r;
  r.plan = make_plan(context, *strategy, resolved->usable_bytes);
  r.assumptions = std::move(resolved->assumptions);
  r.warnings = std::move(resolved->warnings);
  if (!r.plan.fits) r.warnings.push_back("The plan does not fit: see over_gib.");
  return r;
}

}  // namespace

Operation evaluate_operation() {
  return make_operation<&evaluate>(
      "evaluate", "Memory, time, cost and confidence of one strategy.",
      R"({"model": "llama-3.1-70b", "gpu": "h100", "gpus": 64, "seq_length": 8192, "gbs": 128, "tp": 4, "pp": 8, "vpp": 5, "dp": 2, "mbs": 1})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::EvaluateRequest, "evaluate_request");
SHARDPLAN_DESCRIBE(api::EvaluateResponse, "evaluate_response");

Fields Describe<api::EvaluateRequest>::fields() {
  using R = api::EvaluateRequest;
  static constexpr Field own[] = {
      field<&R::strategy>("strategy", "The strategy as a plan prints it, in place of single degrees."),
      field<&R::tp_across_domains>("tp_across_domains", "Allow tensor parallelism beyond the scale-up domain.")
          .omit_default(),
  };
  static const FieldList table = FieldList().include<&R::question>().include<&R::flat>().add(own);
  return table;
}

Fields Describe<api::EvaluateResponse>::fields() {
  using R = api::EvaluateResponse;
  static constexpr Field table[] = {
      field<&R::plan>("plan"),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
