// Commands and configuration files that start a plan; the same as a bundle of files.
#include "api/fields.h"
#include "api/job.h"
#include "api/registry.h"
#include "emit/bundle.h"

namespace shardplan::api {

struct LaunchRequest {
  JobFields job;
  emit::Framework framework = emit::Framework::kAll;
};

struct LaunchResponse {
  int nodes = 0, gpus_per_node = 0;
  StrategyFields strategy;
  std::vector<emit::Artefact> artefacts;
  std::optional<Plan> plan;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

struct Bundle {
  std::string framework;
  std::vector<emit::File> files;
  std::vector<std::string> problems;
};

struct ExportResponse {
  StrategyFields strategy;
  std::vector<Bundle> bundles;
  std::optional<Plan> plan;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

Result<LaunchResponse> launch(const LaunchRequest& request) {
  auto resolved = resolve(request.job);
  if (!resolved) return tl::unexpected<Diagnostics>(std::move(resolved.error()));
  LaunchResponse r;
  r.nodes = resolved->job.nodes;
  r.gpus_per_node = resolved->job.gpus_per_node;
  r.strategy = std::move(resolved->strategy);
  r.artefacts = emit::artefacts(resolved->job, request.framework);
  r.plan = std::move(resolved->plan);
  r.assumptions = std::move(resolved->assumptions);
  r.warnings = std::move(resolved->warnings);
  return r;
}

Result<ExportResponse> export_bundle(const LaunchRequest& request) {
  auto launched = launch(request);
  if (!launched) return tl::unexpected<Diagnostics>(std::move(launched.error()));
  ExportResponse r;
  for (const emit::Artefact& a : launched->artefacts) r.bundles.push_back({a.framework, emit::bundle(a), a.problems});
  r.strategy = std::move(launched->strategy);
  r.plan = std::move(launched->plan);
  r.assumptions = std::move(launched->assumptions);
  r.warnings = std::move(launched->warnings);
  return r;
}

}  // namespace

Operation launch_operation() {
  return make_operation<&launch>(
      "launch", "Commands, configuration files and environment that start a plan.",
      R"({"model": "llama-3.1-70b", "gpu": "h100", "gpus": 64, "seq_length": 8192, "gbs": 128,
        "tp": 4, "pp": 8, "vpp": 5, "dp": 2, "mbs": 1, "network_type": "infiniband"})");
}

Operation export_operation() {
  return make_operation<&export_bundle>("export", "Everything that a framework needs to start a plan, as files.",
                                        R"({"model": "llama-3.1-8b", "gpu": "h100", "gpus": 16, "seq_length": 8192,
        "gbs": 64, "tp": 1, "dp": 16, "sharding": "fsdp", "stack": "torchtitan", "framework": "fsdp"})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::LaunchRequest, "launch_request");
SHARDPLAN_DESCRIBE(api::LaunchResponse, "launch_response");
SHARDPLAN_DESCRIBE(api::Bundle, "bundle");
SHARDPLAN_DESCRIBE(api::ExportResponse, "export_response");

std::span<const EnumEntry> DescribeEnum<emit::Framework>::entries() {
  using enum emit::Framework;
  static constexpr EnumEntry table[] = {
      {static_cast<int>(kAll), "all"},
      {static_cast<int>(kTorchrun), "torchrun"},
      {static_cast<int>(kDeepSpeed), "deepspeed"},
      {static_cast<int>(kAccelerate), "accelerate"},
      {static_cast<int>(kMegatron), "megatron"},
      {static_cast<int>(kFsdp), "fsdp", "PyTorch's fully_shard"},
      {static_cast<int>(kFsdp), "pytorch", "the same"},
      {static_cast<int>(kFsdp), "fsdp2", "", true},
      {static_cast<int>(kTorchtitan), "torchtitan"},
      {static_cast<int>(kVllm), "vllm", "serves the model"},
  };
  return table;
}

Fields Describe<api::LaunchRequest>::fields() {
  using R = api::LaunchRequest;
  static constexpr Field own[] = {field<&R::framework>("framework", "Whose commands and files.")};
  static const FieldList table = FieldList().include<&R::job>().add(own);
  return table;
}

Fields Describe<api::LaunchResponse>::fields() {
  using R = api::LaunchResponse;
  static constexpr Field table[] = {
      field<&R::nodes>("nodes"),
      field<&R::gpus_per_node>("gpus_per_node"),
      field<&R::strategy>("strategy"),
      field<&R::artefacts>("artefacts", "One for each framework."),
      field<&R::plan>("plan", "What it will take, where a model is named."),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

Fields Describe<api::Bundle>::fields() {
  using B = api::Bundle;
  static constexpr Field table[] = {
      field<&B::framework>("framework"),
      field<&B::files>("files"),
      field<&B::problems>("problems", "What of the plan this framework does not do, and why.").omit_default(),
  };
  return table;
}

Fields Describe<api::ExportResponse>::fields() {
  using R = api::ExportResponse;
  static constexpr Field table[] = {
      field<&R::strategy>("strategy"),
      field<&R::bundles>("bundles", "One for each framework."),
      field<&R::plan>("plan", "What it will take, where a model is named."),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
