// A batch script for SLURM.
#include "emit/slurm.h"

#include "api/fields.h"
#include "api/job.h"
#include "api/registry.h"
#include "emit/bundle.h"
#include "emit/frameworks.h"

namespace shardplan::api {

enum class Launcher { kTorchrun, kDeepSpeed, kAccelerate, kMegatron, kFsdp, kTorchtitan };

struct SlurmRequest {
  JobFields job;
  std::optional<Launcher> launcher;
  emit::BatchOptions batch;
};

struct SlurmResponse {
  std::string script;
  std::string submit;
  std::vector<emit::File> files;
  std::vector<std::string> notes;
  std::vector<std::string> problems;
  StrategyFields strategy;
  std::optional<Plan> plan;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

emit::Artefact artefact_of(Launcher launcher, const emit::Job& job) {
  switch (launcher) {
    case Launcher::kTorchrun: return emit::torchrun(job);
    case Launcher::kDeepSpeed: return emit::deepspeed(job);
    case Launcher::kAccelerate: return emit::accelerate(job);
    case Launcher::kMegatron: return emit::megatron(job);
    case Launcher::kFsdp: return emit::fsdp2(job);
    case Launcher::kTorchtitan: return emit::torchtitan(job);
  }
  return {};
}

Diagnostics wrong_words(const emit::BatchOptions& o) {
  Diagnostics problems;
  const auto check = [&](const char* field, const std::string& value) {
    if (!value.empty() && !is_plain_word(value))
      problems.push_back(
          {std::string("/") + field, "'" + value + "' is no word for sbatch.", "Letters, digits and '-_.:/@+,'."});
  };
  check("partition", o.partition);
  check("account", o.account);
  check("qos", o.qos);
  check("container_image", o.container_image);
  if (o.time.empty() || o.time.find_first_not_of("0123456789:-") != std::string::npos)
    problems.push_back(
        {"/time", "'" + o.time + "' is no time limit.", "Such as 90 (minutes), 12:00:00 or 2-00:00:00 (days)."});
  return problems;
}

Result<SlurmResponse> slurm(const SlurmRequest& request) {
  auto resolved = resolve(request.job);
  Diagnostics problems = wrong_words(request.batch);
  if (!resolved) problems.insert(problems.begin(), resolved.error().begin(), resolved.error().end());
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  const emit::Job& job = resolved->job;
  SlurmResponse r;
  r.assumptions = std::move(resolved->assumptions);
  std::erase(r.assumptions, kFirstNodeAssumed);  // SLURM names it
  if (!request.launcher) r.assumptions.emplace_back("Launcher: torchrun.");
  const emit::Artefact a = artefact_of(request.launcher.value_or(Launcher::kTorchrun), job);
  const emit::File script = emit::slurm_script(job, a, request.batch);
  r.script = script.text;
  r.submit = "sbatch " + script.name;
  r.files = a.files;
  r.files.insert(r.files.begin(), script);
  r.notes = a.notes;
  r.problems = a.problems;
  r.strategy = std::move(resolved->strategy);
  r.plan = std::move(resolved->plan);
  r.warnings = std::move(resolved->warnings);
  return r;
}

}  // namespace

Operation slurm_operation() {
  return make_operation<&slurm>("slurm", "A SLURM batch script around any launcher.",
                                R"({"model": "llama-3.1-70b", "gpu": "h100", "gpus": 64, "seq_length": 8192, "gbs": 128,
        "tp": 4, "pp": 8, "vpp": 5, "dp": 2, "launcher": "megatron", "time": "12:00:00"})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE_ENUM(api::Launcher, "launcher");
SHARDPLAN_DESCRIBE(emit::BatchOptions, "batch_options");
SHARDPLAN_DESCRIBE(api::SlurmRequest, "slurm_request");
SHARDPLAN_DESCRIBE(api::SlurmResponse, "slurm_response");

std::span<const EnumEntry> DescribeEnum<api::Launcher>::entries() {
  using enum api::Launcher;
  static constexpr EnumEntry table[] = {
      {static_cast<int>(kTorchrun), "torchrun"},
      {static_cast<int>(kDeepSpeed), "deepspeed"},
      {static_cast<int>(kAccelerate), "accelerate"},
      {static_cast<int>(kMegatron), "megatron"},
      {static_cast<int>(kFsdp), "fsdp"},
      {static_cast<int>(kFsdp), "pytorch", "", true},
      {static_cast<int>(kTorchtitan), "torchtitan"},
  };
  return table;
}

Fields Describe<emit::BatchOptions>::fields() {
  using B = emit::BatchOptions;
  static constexpr Field table[] = {
      field<&B::time>("time", "Time limit."),
      field<&B::partition>("partition").omit_default(),
      field<&B::account>("account").omit_default(),
      field<&B::qos>("qos", "Quality of service.").omit_default(),
      field<&B::container_image>("container_image", "Image that pyxis runs the ranks in.").omit_default(),
      field<&B::cpus_per_task>("cpus_per_task", "CPUs of the one task on each node; all of the node's where absent.")
          .range(1, 4096),
      field<&B::use_gres>("gres", "Ask for --gres=gpu:N in place of --gpus-per-node=N.").omit_default(),
  };
  return table;
}

Fields Describe<api::SlurmRequest>::fields() {
  using R = api::SlurmRequest;
  static constexpr Field own[] = {field<&R::launcher>("launcher", "What srun starts on each node.").alias("framework")};
  static const FieldList table = FieldList().include<&R::job>().add(own).include<&R::batch>();
  return table;
}

Fields Describe<api::SlurmResponse>::fields() {
  using R = api::SlurmResponse;
  static constexpr Field table[] = {
      field<&R::script>("script"),
      field<&R::submit>("submit", "How to hand it in."),
      field<&R::files>("files", "The script and what it needs beside it."),
      field<&R::notes>("notes").omit_default(),
      field<&R::problems>("problems", "What of the plan the framework does not do, and why.").omit_default(),
      field<&R::strategy>("strategy"),
      field<&R::plan>("plan", "What it will take, where a model is named."),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
