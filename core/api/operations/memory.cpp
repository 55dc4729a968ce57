// Memory of one strategy, stage by stage.
#include "api/fields.h"
#include "api/registry.h"
#include "base/text.h"
#include "search/violations.h"

namespace shardplan::api {

struct MemoryRequest {
  Question question;
  StrategyFields strategy;
};

struct MemoryResponse {
  bool fits = false;
  double over_gib = 0;
  MemoryFields memory;
  StrategyFields strategy;
  Confidence confidence;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

Result<MemoryResponse> memory(const MemoryRequest& request) {
  Question question = request.question;
  StrategyFields fields = request.strategy;
  if (!question.precision) question.precision = fields.precision;
  // Memory needs no cluster: without one, a single replica is meant.
  if (!question.gpus && !fields.dp) fields.dp = 1;
  auto resolved = resolve(question, known_degrees(fields));
  if (!resolved) return tl::unexpected<Diagnostics>(resolved.error());
  const estimate::Context context(resolved->problem);
  auto strategy = strategy_of(context, fields, "");
  if (!strategy) return tl::unexpected<Diagnostics>(strategy.error());
  Diagnostics illegal;
  for (const search::Violation& v : search::violations(context, *strategy, true))
    illegal.push_back({"/" + v.field, v.message, v.hint});
  if (!illegal.empty()) return tl::unexpected<Diagnostics>(std::move(illegal));
  const Plan plan = make_plan(context, *strategy, resolved->usable_bytes);
  MemoryResponse r;
  r.fits = plan.fits;
  r.over_gib = plan.over_gib;
  r.memory = plan.memory;
  r.strategy = plan.strategy;
  r.confidence = plan.confidence;
  r.assumptions = std::move(resolved->assumptions);
  if (!request.question.gpus && !request.strategy.dp) r.assumptions.push_back("One data-parallel replica.");
  r.warnings = std::move(resolved->warnings);
  if (!r.fits) r.warnings.push_back("The plan does not fit: " + number_text(r.over_gib, 4) + " GiB over.");
  return r;
}

}  // namespace

Operation memory_operation() {
  return make_operation<&memory>(
      "memory", "Peak memory of one strategy, by stage and part.",
      R"({"model": "llama-3.1-8b", "gpu": "h100", "tp": 2, "pp": 2, "dp": 4, "gbs": 64, "seq_length": 8192})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::MemoryRequest, "memory_request");
SHARDPLAN_DESCRIBE(api::MemoryResponse, "memory_response");

Fields Describe<api::MemoryRequest>::fields() {
  using R = api::MemoryRequest;
  static const FieldList table = FieldList().include<&R::question>().include<&R::strategy>();
  return table;
}

Fields Describe<api::MemoryResponse>::fields() {
  using R = api::MemoryResponse;
  static constexpr Field table[] = {
      field<&R::fits>("fits"),
      field<&R::over_gib>("over_gib").omit_default(),
      field<&R::memory>("memory"),
      field<&R::strategy>("strategy"),
      field<&R::confidence>("confidence"),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
