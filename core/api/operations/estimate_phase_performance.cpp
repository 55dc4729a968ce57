// A stated layout in one phase of serving: a batch of prompts, or sequences that decode.
#include "api/registry.h"
#include "api/serving_fields.h"
#include "api/serving_phase.h"

namespace shardplan::api {

struct PhaseEstimateRequest {
  PhaseQuestion question;
  int batch_size = 1;
  int tensor_parallel = 1, pipeline_parallel = 1;
  std::optional<int> expert_parallel;
};

struct PhaseEstimateResponse {
  bool fits = false;
  std::optional<PhasePlan> plan;
  PhaseNotes notes;
};

namespace {

using estimate::serving::PhaseKind;

Result<PhaseEstimateResponse> estimate_phase(const PhaseEstimateRequest& request, PhaseKind kind) {
  ServingDegrees degrees;
  degrees.tp = request.tensor_parallel;
  degrees.pp = request.pipeline_parallel;
  degrees.dp = degrees.replicas = 1;
  degrees.ep = request.expert_parallel;
  const auto q = resolve(request.question, request.tensor_parallel * request.pipeline_parallel, degrees);
  if (!q) return tl::unexpected<Diagnostics>(q.error());
  PhaseSearch search(*q, kind, {static_cast<double>(request.batch_size)});
  PhaseEstimateResponse r;
  r.fits = !search.found.points.empty();
  if (r.fits) r.plan = phase_plan(search.deployment, *q, kind, search.found.points.front());
  r.notes = std::move(search.notes);
  return r;
}

Result<PhaseEstimateResponse> estimate_prefill(const PhaseEstimateRequest& r) {
  return estimate_phase(r, PhaseKind::kPrefill);
}
Result<PhaseEstimateResponse> estimate_decode(const PhaseEstimateRequest& r) {
  return estimate_phase(r, PhaseKind::kDecode);
}

}  // namespace

Operation estimate_prefill_performance_operation() {
  return make_operation<&estimate_prefill>(
      "estimate_prefill_performance", "How long a batch of prompts takes on a stated layout.",
      R"({"model": "llama2_7b", "batch_size": 32, "input_tokens": 2048, "system_name": "A100_80GB",
        "tensor_parallel": 4, "pipeline_parallel": 1})");
}

Operation estimate_decode_performance_operation() {
  return make_operation<&estimate_decode>(
      "estimate_decode_performance", "How fast a batch of sequences decodes on a stated layout.",
      R"({"model": "llama2_7b", "batch_size": 32, "input_tokens": 2048, "output_tokens": 512,
        "system_name": "A100_80GB", "tensor_parallel": 4, "pipeline_parallel": 1})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::PhaseEstimateRequest, "phase_estimate_request");
SHARDPLAN_DESCRIBE(api::PhaseEstimateResponse, "phase_estimate_response");

Fields Describe<api::PhaseEstimateRequest>::fields() {
  using R = api::PhaseEstimateRequest;
  static constexpr Field own[] = {
      field<&R::batch_size>("batch_size", "Requests at once.").range(1, 1e6),
      field<&R::tensor_parallel>("tensor_parallel", "TP.").alias("tp").range(1, 1024),
      field<&R::pipeline_parallel>("pipeline_parallel", "PP.").alias("pp").range(1, 1024),
      field<&R::expert_parallel>("expert_parallel", "EP.").alias("ep").range(1, 1024),
  };
  static const FieldList table = FieldList().include<&R::question>().add(own);
  return table;
}

Fields Describe<api::PhaseEstimateResponse>::fields() {
  using R = api::PhaseEstimateResponse;
  static constexpr Field own[] = {
      field<&R::fits>("fits", "The weights and the batch."),
      field<&R::plan>("plan"),
  };
  static const FieldList table = FieldList().add(own).include<&R::notes>();
  return table;
}

}  // namespace shardplan::json
