// Every number of a plan with its formula and the values put in.
#include "explain/explanation.h"

#include "api/fields.h"
#include "api/registry.h"
#include "api/stated_plan.h"

namespace shardplan::api {

struct ExplainRequest {
  StatedPlan plan;
};

struct ExplainResponse {
  std::string summary;
  StrategyFields strategy;
  explain::Explanation quantities;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

Result<ExplainResponse> explain_plan(const ExplainRequest& request) {
  auto resolved = resolve(request.plan);
  if (!resolved) return tl::unexpected<Diagnostics>(resolved.error());
  const estimate::Context context(resolved->question.problem);
  return ExplainResponse{strategy_text(resolved->strategy), fields_of(context, resolved->strategy),
                         explain::explain(context, resolved->strategy), std::move(resolved->question.assumptions),
                         std::move(resolved->question.warnings)};
}

}  // namespace

Operation explain_operation() {
  return make_operation<&explain_plan>(
      "explain", "Every number of one strategy: its formula with the values put in, and the source.",
      R"({"model": "llama-3.1-70b", "gpu": "h100", "gpus": 64, "seq_length": 8192, "gbs": 128, "tp": 4, "pp": 8, "vpp": 5, "dp": 2, "mbs": 1})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(explain::Term, "term");
SHARDPLAN_DESCRIBE(explain::Quantity, "quantity");
SHARDPLAN_DESCRIBE(api::ExplainRequest, "explain_request");
SHARDPLAN_DESCRIBE(api::ExplainResponse, "explain_response");

Fields Describe<explain::Term>::fields() {
  using T = explain::Term;
  static constexpr Field table[] = {
      field<&T::symbol>("symbol"),
      field<&T::value>("value"),
      field<&T::unit>("unit").omit_default(),
      field<&T::meaning>("meaning"),
      field<&T::id>("id", "Of the quantity that explains it further.").omit_default(),
  };
  return table;
}

Fields Describe<explain::Quantity>::fields() {
  using Q = explain::Quantity;
  static constexpr Field table[] = {
      field<&Q::id>("id"),
      field<&Q::title>("title"),
      field<&Q::value>("value"),
      field<&Q::unit>("unit").omit_default(),
      field<&Q::formula>(
          "formula",
          "In the terms' symbols with + - * / ( ), min, max, exp, ln, smooth_max(x, y) = (x^6 + y^6)^(1/6)."),
      field<&Q::terms>("terms"),
      field<&Q::source>("source", "Paper and equation, or where fitted numbers come from.").omit_default(),
  };
  return table;
}

Fields Describe<api::ExplainRequest>::fields() {
  static const FieldList table = FieldList().include<&api::ExplainRequest::plan>();
  return table;
}

Fields Describe<api::ExplainResponse>::fields() {
  using R = api::ExplainResponse;
  static constexpr Field table[] = {
      field<&R::summary>("summary"),
      field<&R::strategy>("strategy"),
      field<&R::quantities>("quantities"),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
