// What to allocate and time before the real run.
#include "emit/dry_run.h"

#include "api/dry_run_script.h"
#include "api/fields.h"
#include "api/job.h"
#include "api/registry.h"

namespace shardplan::api {

// The document that a probe on the machine reads; small, and stable once programs read it.
struct DryRunDocument {
  std::string format = "shardplan-plan/1";
  std::string model;
  std::string gpu;
  std::string summary;
  int gpus = 0;
  int stage = 0;
  emit::RankMemory memory;
  double step_time_s = 0;
  std::vector<double> step_time_interval_s;
  std::vector<emit::Gemm> gemms;
};

struct DryRunRequest {
  JobFields job;
};

struct DryRunResponse {
  DryRunDocument document;
  emit::File script;
  std::vector<std::string> steps;
  Plan plan;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

constexpr int kSteps = 20;

Result<DryRunResponse> dry_run(const DryRunRequest& request) {
  if (request.job.model.name.empty() && !request.job.model.definition)
    return fail("/model", "'model' is missing: without one there is nothing to allocate.",
                "Name a preset such as llama-3.1-70b, or give a config.json.");
  auto resolved = resolve(request.job, kSteps);
  if (!resolved) return tl::unexpected<Diagnostics>(std::move(resolved.error()));
  if (!resolved->plan)
    return fail(
        "/sharding",
        "The software stack does not combine this sharding, schedule and parallelism, so nothing is predicted of it.",
        "Name a stack that does; the operation 'presets' lists what each has.");
  const emit::DryRun run = emit::dry_run(resolved->job);
  DryRunResponse r;
  r.plan = *std::move(resolved->plan);
  r.document.model = resolved->context->model().id;
  r.document.gpu = resolved->context->problem.cluster.accelerator.id;
  r.document.summary = r.plan.summary;
  r.document.gpus = r.plan.gpus;
  r.document.stage = run.stage;
  r.document.memory = run.memory;
  r.document.step_time_s = r.plan.time.step_time_s;
  r.document.step_time_interval_s = r.plan.confidence.step_time_s;
  r.document.gemms = run.gemms;
  r.script = {"dry_run.py", "python", std::string(dry_run_script())};
  r.steps = emit::dry_run_steps(resolved->job);
  r.assumptions = std::move(resolved->assumptions);
  r.warnings = std::move(resolved->warnings);
  return r;
}

}  // namespace

Operation dry_run_operation() {
  return make_operation<&dry_run>(
      "dry-run", "What to allocate and time on one GPU before the real run.",
      R"({"model": "llama-3.1-70b", "gpu": "h100", "gpus": 64, "seq_length": 8192, "gbs": 128,
        "tp": 4, "pp": 8, "vpp": 5, "dp": 2, "mbs": 1})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(emit::RankMemory, "rank_memory");
SHARDPLAN_DESCRIBE(emit::Gemm, "gemm");
SHARDPLAN_DESCRIBE(api::DryRunDocument, "plan_document");
SHARDPLAN_DESCRIBE(api::DryRunRequest, "dry_run_request");
SHARDPLAN_DESCRIBE(api::DryRunResponse, "dry_run_response");

Fields Describe<emit::RankMemory>::fields() {
  using M = emit::RankMemory;
  static constexpr Field table[] = {
      field<&M::parameters_bytes>("parameters_bytes"),
      field<&M::gradients_bytes>("gradients_bytes"),
      field<&M::optimizer_bytes>("optimizer_bytes"),
      field<&M::activations_bytes>("activations_bytes", "All micro-batches in flight."),
      field<&M::buffers_bytes>("buffers_bytes", "Logits, backward temporaries, gathered parameters."),
      field<&M::overhead_bytes>("overhead_bytes", "Fragmentation, device context, communicators: not to be allocated."),
  };
  return table;
}

Fields Describe<emit::Gemm>::fields() {
  using G = emit::Gemm;
  static constexpr Field table[] = {
      field<&G::layer>("layer", "attention, mlp, shared_expert, experts or head."),
      field<&G::pass>("pass", "forward, data_gradient or weight_gradient."),
      field<&G::m>("m", "C[m, n] = A[m, k] B[k, n]."),
      field<&G::n>("n"),
      field<&G::k>("k"),
      field<&G::groups>("groups", "Products of this size at once: experts of the rank."),
      field<&G::type>("type"),
      field<&G::count>("count", "In one step."),
      field<&G::expected_s>("expected_s", "One of them, all groups."),
  };
  return table;
}

Fields Describe<api::DryRunDocument>::fields() {
  using D = api::DryRunDocument;
  static constexpr Field table[] = {
      field<&D::format>("format", "shardplan-plan/1"),
      field<&D::model>("model"),
      field<&D::gpu>("gpu", "Preset of the accelerator."),
      field<&D::summary>("summary"),
      field<&D::gpus>("gpus", "Of the whole job."),
      field<&D::stage>("stage", "Pipeline stage of the rank below."),
      field<&D::memory>("memory", "Of the worst rank."),
      field<&D::step_time_s>("step_time_s"),
      field<&D::step_time_interval_s>("step_time_interval_s", "Low and high end."),
      field<&D::gemms>("gemms", "Matrix products of a step on that rank."),
  };
  return table;
}

Fields Describe<api::DryRunRequest>::fields() {
  using R = api::DryRunRequest;
  static const FieldList table = FieldList().include<&R::job>();
  return table;
}

Fields Describe<api::DryRunResponse>::fields() {
  using R = api::DryRunResponse;
  static constexpr Field table[] = {
      field<&R::document>("document", "To save as plan.json."),
      field<&R::script>("script", "A program that reads it."),
      field<&R::steps>("steps", "What to run, from one GPU to all."),
      field<&R::plan>("plan"),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
