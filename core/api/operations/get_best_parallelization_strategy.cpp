// The fastest way to run one phase of serving on so many GPUs.
#include "api/registry.h"
#include "api/serving_fields.h"
#include "api/serving_phase.h"

namespace shardplan::api {

struct BestStrategyRequest {
  PhaseQuestion question;
  estimate::serving::PhaseKind stage = estimate::serving::PhaseKind::kDecode;
  int total_nodes = 8;
  int batch_size = 1;
  int top = 5;
};

struct BestStrategyResponse {
  std::optional<PhasePlan> best;
  std::vector<PhasePlan> plans;
  PhaseNotes notes;
};

namespace {

Result<BestStrategyResponse> best_strategy(const BestStrategyRequest& request) {
  const auto q = resolve(request.question, request.total_nodes);
  if (!q) return tl::unexpected<Diagnostics>(q.error());
  PhaseSearch search(*q, request.stage, {static_cast<double>(request.batch_size)});
  BestStrategyResponse r;
  for (size_t i = 0; i < search.found.points.size() && i < static_cast<size_t>(request.top); ++i)
    r.plans.push_back(phase_plan(search.deployment, *q, request.stage, search.found.points[i]));
  if (!r.plans.empty()) r.best = r.plans.front();
  r.notes = std::move(search.notes);
  return r;
}

}  // namespace

Operation get_best_parallelization_strategy_operation() {
  return make_operation<&best_strategy>(
      "get_best_parallelization_strategy", "The fastest way to run one phase of serving on so many GPUs.",
      R"({"stage": "decode", "model": "llama2_7b", "total_nodes": 8, "batch_size": 32, "input_tokens": 2000,
        "output_tokens": 256, "system_name": "A100_80GB", "bits": "bf16"})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::BestStrategyRequest, "best_strategy_request");
SHARDPLAN_DESCRIBE(api::BestStrategyResponse, "best_strategy_response");

Fields Describe<api::BestStrategyRequest>::fields() {
  using R = api::BestStrategyRequest;
  static constexpr Field own[] = {
      field<&R::stage>("stage", "The phase."),
      field<&R::total_nodes>("total_nodes", "GPUs.").alias("gpus").range(1, 4096),
      field<&R::batch_size>("batch_size", "Requests at once.").range(1, 1e6),
      field<&R::top>("top", "Plans to list.").range(1, 100),
  };
  static const FieldList table = FieldList().include<&R::question>().add(own);
  return table;
}

Fields Describe<api::BestStrategyResponse>::fields() {
  using R = api::BestStrategyResponse;
  static constexpr Field own[] = {
      field<&R::best>("best"),
      field<&R::plans>("plans", "Most tokens per second first."),
  };
  static const FieldList table = FieldList().add(own).include<&R::notes>();
  return table;
}

}  // namespace shardplan::json
