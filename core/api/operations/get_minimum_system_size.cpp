// The fewest GPUs that hold a model and a batch.
#include "api/registry.h"
#include "api/serving_fields.h"
#include "api/serving_phase.h"
#include "base/units.h"

namespace shardplan::api {

struct MinimumSizeRequest {
  PhaseQuestion question;
  int batch_size = 1;
  int max_nodes = 1024;
};

struct SizeThatIsTooSmall {
  int gpus = 0;
  std::string summary;
  double missing_gib = 0;
};

struct MinimumSizeResponse {
  std::optional<int> min_nodes;
  std::optional<std::string> summary;
  std::optional<ServingStrategyFields> strategy;
  std::optional<ServingMemoryFields> memory;
  std::optional<PhasePlan> decode;
  std::optional<SizeThatIsTooSmall> too_small;
  std::vector<std::string> assumptions, warnings;
};

namespace {

Result<MinimumSizeResponse> minimum_size(const MinimumSizeRequest& request) {
  namespace ss = search::serving;
  const auto q = resolve(request.question, 0);
  if (!q) return tl::unexpected<Diagnostics>(q.error());
  const estimate::serving::Deployment d(q->problem);
  const double batch = request.batch_size;
  const ss::SmallestSystem found =
      ss::smallest_system(d, q->goal.shape, q->limits.precisions.front(), batch, request.max_nodes);
  MinimumSizeResponse r;
  r.assumptions = q->assumptions;
  r.warnings = q->warnings;
  r.assumptions.emplace_back("TP divides the heads and stays in a node, PP divides the layers.");
  if (found.too_small)
    r.too_small = {gpus_of(found.too_small->layout), way_text(*found.too_small), found.too_small_by_bytes / kGib};
  if (found.gpus == 0) {
    r.warnings.push_back("No layout of up to " + std::to_string(request.max_nodes) + " GPUs holds the batch.");
    return r;
  }
  r.min_nodes = found.gpus;
  r.summary = way_text(found.way);
  r.strategy = strategy_of(found.way);
  r.strategy->max_num_seqs = request.batch_size;
  r.strategy->max_num_batched_tokens = static_cast<int>(q->constants.engine.chunk_tokens);
  r.memory = memory_fields(d, *q, found.way);
  // Latencies want the links of that many GPUs, which may be more than those of a node.
  const auto sized = resolve(request.question, found.gpus);
  if (!sized) return r;
  const estimate::serving::Deployment own(sized->problem);
  constexpr auto kDecode = estimate::serving::PhaseKind::kDecode;
  r.decode =
      phase_plan(own, *sized, kDecode,
                 {found.way, estimate::serving::phase_of(own, found.way, kDecode, q->goal.shape, q->constants, batch),
                  batch, found.gpus});
  return r;
}

}  // namespace

Operation get_minimum_system_size_operation() {
  return make_operation<&minimum_size>(
      "get_minimum_system_size", "The fewest GPUs that hold a model and a batch of requests.",
      R"({"model": "llama2_70b", "batch_size": 16, "input_tokens": 2048, "output_tokens": 512,
        "system_name": "A100_80GB", "bits": "bf16"})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::MinimumSizeRequest, "minimum_size_request");
SHARDPLAN_DESCRIBE(api::SizeThatIsTooSmall, "too_small_size");
SHARDPLAN_DESCRIBE(api::MinimumSizeResponse, "minimum_size_response");

Fields Describe<api::MinimumSizeRequest>::fields() {
  using R = api::MinimumSizeRequest;
  static constexpr Field own[] = {
      field<&R::batch_size>("batch_size", "Requests at once, each of its full length.").range(1, 1e6),
      field<&R::max_nodes>("max_nodes", "Most GPUs to try.").range(1, 4096),
  };
  static const FieldList table = FieldList().include<&R::question>().add(own);
  return table;
}

Fields Describe<api::SizeThatIsTooSmall>::fields() {
  using S = api::SizeThatIsTooSmall;
  static constexpr Field table[] = {
      field<&S::gpus>("gpus"),
      field<&S::summary>("summary"),
      field<&S::missing_gib>("missing_gib", "On each GPU."),
  };
  return table;
}

Fields Describe<api::MinimumSizeResponse>::fields() {
  using R = api::MinimumSizeResponse;
  static constexpr Field table[] = {
      field<&R::min_nodes>("min_nodes", "GPUs."),
      field<&R::summary>("summary"),
      field<&R::strategy>("strategy", "The layout of that size that leaves most room."),
      field<&R::memory>("memory"),
      field<&R::decode>("decode", "What it does while the batch decodes."),
      field<&R::too_small>("too_small", "The next smaller size, and what it lacks."),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
