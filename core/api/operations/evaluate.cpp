// One strategy in full.
#include "api/fields.h"
#include "api/registry.h"
#include "api/stated_plan.h"
#include "api/topology_reasons.h"

namespace shardplan::api {

struct EvaluateRequest {
  StatedPlan plan;
};

struct EvaluateResponse {
  Plan plan;
  std::optional<TopologyUse> topology;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

Result<EvaluateResponse> evaluate(const EvaluateRequest& request) {
  auto resolved = resolve(request.plan);
  if (!resolved) return tl::unexpected<Diagnostics>(resolved.error());
  const estimate::Context context(resolved->question.problem);
  EvaluateResponse r;
  r.plan = make_plan(context, resolved->strategy, resolved->question.usable_bytes);
  r.topology = std::move(resolved->question.topology);
  if (const auto* reasons = topology_reasons(); reasons != nullptr && r.topology)
    reasons->price(context, resolved->strategy, *r.topology);
  r.assumptions = std::move(resolved->question.assumptions);
  r.warnings = std::move(resolved->question.warnings);
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
  static const FieldList table = FieldList().include<&api::EvaluateRequest::plan>();
  return table;
}

Fields Describe<api::EvaluateResponse>::fields() {
  using R = api::EvaluateResponse;
  static constexpr Field table[] = {
      field<&R::plan>("plan"),
      field<&R::topology>("topology", "What the request's topology changed."),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
