// The best way to serve a model: layouts, number formats and replicas against limits on latency.
#include "api/registry.h"
#include "api/serving_fields.h"
#include "api/serving_search.h"

namespace shardplan::api {

struct InferenceRequest {
  ServingQuestion question;
  ServingDegrees degrees;
  search::serving::Objective objective = search::serving::Objective::kThroughput;
  int top = 5;
};

struct InferenceResponse {
  ServingAnswer answer;
};

namespace {

Result<InferenceResponse> inference(const InferenceRequest& request) {
  auto question = resolve(request.question, request.degrees);
  if (!question) return tl::unexpected<Diagnostics>(question.error());
  question->goal.objective = request.objective;
  return InferenceResponse{answer(*question, request.top)};
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
  };
  static const FieldList table = FieldList().include<&R::question>().include<&R::degrees>().add(own);
  return table;
}

Fields Describe<api::InferenceResponse>::fields() {
  static const FieldList table = FieldList().include<&api::InferenceResponse::answer>();
  return table;
}

}  // namespace shardplan::json
