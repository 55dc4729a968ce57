// Every way to cut a model by TP and PP on so many GPUs.
#include "api/fields.h"
#include "api/registry.h"
#include "search/serving/phase.h"

namespace shardplan::api {

struct VariousRequest {
  ModelChoice model;
  int total_nodes = 8;
};

struct VariousPair {
  int tp = 1, pp = 1, replicas = 1, gpus = 1;
};

struct VariousResponse {
  std::vector<VariousPair> options;
  std::vector<std::string> assumptions, warnings;
};

namespace {

Result<VariousResponse> various(const VariousRequest& request) {
  VariousResponse r;
  const auto model = resolve_model(presets(), request.model, r.assumptions);
  if (!model) return tl::unexpected<Diagnostics>(model.error());
  for (const auto& [tp, pp] : search::serving::even_pairs(*model, request.total_nodes)) {
    const int replicas = request.total_nodes / (tp * pp);
    r.options.push_back({tp, pp, replicas, tp * pp * replicas});
  }
  r.assumptions.emplace_back("Copies of a layout fill the GPUs; memory is not asked here.");
  return r;
}

}  // namespace

Operation get_various_parallelization_operation() {
  return make_operation<&various>("get_various_parallelization",
                                  "Every way to cut a model by TP and PP on so many GPUs.",
                                  R"({"model": "llama2_7b", "total_nodes": 8})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::VariousRequest, "various_request");
SHARDPLAN_DESCRIBE(api::VariousPair, "various_pair");
SHARDPLAN_DESCRIBE(api::VariousResponse, "various_response");

Fields Describe<api::VariousRequest>::fields() {
  using R = api::VariousRequest;
  static constexpr Field table[] = {
      field<&R::model>("model", "A preset's name or alias, or a Hugging Face config.json.").required(),
      field<&R::total_nodes>("total_nodes", "GPUs.").alias("gpus").range(1, 100000),
  };
  return table;
}

Fields Describe<api::VariousPair>::fields() {
  using P = api::VariousPair;
  static constexpr Field table[] = {
      field<&P::tp>("tp", "Tensor-parallel degree: divides the heads."),
      field<&P::pp>("pp", "Pipeline stages: divides the layers."),
      field<&P::replicas>("replicas", "Copies that there are GPUs for."),
      field<&P::gpus>("gpus", "That they take."),
  };
  return table;
}

Fields Describe<api::VariousResponse>::fields() {
  using R = api::VariousResponse;
  static constexpr Field table[] = {
      field<&R::options>("options"),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
