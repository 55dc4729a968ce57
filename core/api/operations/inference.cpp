// The best way to serve a model: layouts, number formats and replicas against limits on latency.
#include "api/registry.h"
#include "api/serving_fields.h"
#include "api/serving_precisions.h"
#include "api/serving_search.h"

namespace shardplan::api {

struct InferenceRequest {
  ServingQuestion question;
  ServingDegrees degrees;
  search::serving::Objective objective = search::serving::Objective::kThroughput;
  int top = 5;
  bool disaggregated = true;
  bool precisions = true;
};

struct InferenceResponse {
  ServingAnswer answer;
  std::vector<PrecisionOption> precisions;
};

namespace {

Result<InferenceResponse> inference(const InferenceRequest& request) {
  auto question = resolve(request.question, request.degrees);
  if (!question) return tl::unexpected<Diagnostics>(question.error());
  question->goal.objective = request.objective;
  InferenceResponse r{answer(*question, request.top, request.disaggregated), {}};
  if (request.precisions) r.precisions = precision_options(*question);
  return r;
}

}  // namespace

Operation inference_operation() {
  return make_operation<&inference>(
      "inference", "The best way to serve a model within limits on latency, and what it gives up for others.",
      R"({"model": "llama-3.1-70b", "gpu": "h100", "gpus": 8, "input_tokens": 2048, "output_tokens": 512, "users": 64, "tpot_limit_ms": 40})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::InferenceRequest, "inference_request");
SHARDPLAN_DESCRIBE(api::InferenceResponse, "inference_response");

Fields Describe<api::InferenceRequest>::fields() {
  using R = api::InferenceRequest;
  static constexpr Field own[] = {
      field<&R::objective>("objective", "What the best plan is best at.").alias("optimize_for"),
      field<&R::top>("top", "Plans to list.").range(1, 100),
      field<&R::disaggregated>("disaggregated", "Also look at pools of their own for prompts and for decoding."),
      field<&R::precisions>("precisions", "Also say what other number formats would change."),
  };
  static const FieldList table = FieldList().include<&R::question>().include<&R::degrees>().add(own);
  return table;
}

Fields Describe<api::InferenceResponse>::fields() {
  using R = api::InferenceResponse;
  static constexpr Field own[] = {
      field<&R::precisions>("precisions",
                            "The same search with other number formats, as differences. What they cost in quality is "
                            "not said: it depends on the checkpoint.")
          .omit_default(),
  };
  static const FieldList table = FieldList().include<&R::answer>().add(own);
  return table;
}

}  // namespace shardplan::json
