// DeepSpeed: its launcher, a configuration and a hostfile.
#include "emit/frameworks.h"
#include "emit/tree.h"

namespace shardplan::emit {
namespace {

using spec::Optimizer;
using spec::Precision;
using spec::Sharding;

// DeepSpeed's own optimizers; the others are built by the script.
const char* optimizer_type(Optimizer o) {
  switch (o) {
    case Optimizer::kAdamW:
    case Optimizer::kAdamWBf16: return "AdamW";
    case Optimizer::kLion: return "Lion";
    case Optimizer::kMuon: return "Muon";
    default: return nullptr;
  }
}

Optimizer optimizer_of(const Job& job) {
  return job.context != nullptr ? job.context->training().optimizer : Optimizer::kAdamW;
}

Tree zero_section(const Job& job) {
  const spec::Strategy& s = job.strategy;
  const int stage = zero_stage(s.sharding);
  Tree zero;
  zero.integer("stage", stage);
  if (stage >= 1 && s.pp == 1) zero.boolean("overlap_comm", true);
  if (stage == 3) zero.boolean("stage3_gather_16bit_weights_on_model_save", true);
  if (s.sharding == Sharding::kHsdp) zero.integer("mics_shard_size", s.shard_size);
  if (s.offload_optimizer) zero.child("offload_optimizer", Tree().text("device", "cpu").boolean("pin_memory", true));
  return zero;
}

void precision_section(Precision p, Tree& config) {
  if (p == Precision::kFp32) return;
  if (p == Precision::kFp16) config.child("fp16", Tree().boolean("enabled", true).integer("loss_scale", 0));
  else config.child("bf16", Tree().boolean("enabled", true));
}

void problems(const Job& job, Artefact& a) {
  const spec::Strategy& s = job.strategy;
  const int stage = zero_stage(s.sharding);
  const auto problem = [&](std::string text) { a.problems.push_back(std::move(text)); };
  if (s.pp > 1 && stage >= 2)
    problem(
        "DeepSpeed stops: ZeRO-" + std::to_string(stage) +
        " is incompatible with its pipeline (deepspeed/runtime/pipe/engine.py), which would gather or reduce what is "
        "sharded for every micro-batch. Use zero1 with pp " +
        std::to_string(s.pp) + ", or zero3 with pp 1.");
  if (s.vpp > 1) problem("DeepSpeed's pipeline has no virtual stages; use vpp 1.");
  if (s.pp > 1 && s.schedule != spec::Schedule::kOneForwardOneBackward) problem("DeepSpeed's pipeline runs 1f1b only.");
  if (s.cp > 1 && s.cp_comm != spec::ContextParallel::kAllToAll)
    problem("DeepSpeed splits sequences by all-to-all (Ulysses) only; use cp_comm a2a.");
  if (s.precision != Precision::kBf16 && s.precision != Precision::kFp16 && s.precision != Precision::kFp32)
    problem(
        "The configuration has no such precision; the model's own layers would have to run it (Transformer Engine).");
  if (optimizer_type(optimizer_of(job)) == nullptr)
    problem(
        "DeepSpeed does not build this optimizer: pass it to deepspeed.initialize and set "
        "zero_allow_untested_optimizer.");
}

void notes(const Job& job, Artefact& a) {
  const spec::Strategy& s = job.strategy;
  a.notes.push_back("The learning rate is a placeholder: a plan says nothing of it.");
  if (s.pp > 1)
    a.notes.push_back(
        "The pipeline needs the model as deepspeed.pipe.PipelineModule(num_stages=" + std::to_string(s.pp) + ").");
  if (s.tp > 1)
    a.notes.push_back(
        "tensor_parallel.autotp_size cuts Hugging Face models that bring a tp_plan; others need partition_config.");
  if (s.ep > 1)
    a.notes.push_back("Experts are distributed by the model: deepspeed.moe.layer.MoE(ep_size=" + std::to_string(s.ep) +
                      ").");
  if (s.sharding == Sharding::kHsdp)
    a.notes.push_back("mics_shard_size needs the model built under deepspeed.zero.MiCS_Init.");
  if (s.recompute.mode != spec::RecomputeMode::kNone)
    a.notes.push_back(
        "Recomputation is the model's: gradient_checkpointing_enable() of Hugging Face, or "
        "deepspeed.checkpointing.checkpoint.");
  a.notes.push_back(
      "The script passes the file on: deepspeed.add_config_arguments(parser) gives it --deepspeed_config.");
}

std::string hostfile(const Job& job) {
  std::string text;
  for (int node = 0; node < job.nodes; ++node)
    text += (node == 0 ? job.master_addr : "node-" + std::to_string(node)) +
            " slots=" + std::to_string(job.gpus_per_node) + "\n";
  return text;
}

}  // namespace

std::string deepspeed_config(const Job& job) {
  const spec::Strategy& s = job.strategy;
  Tree config;
  config.integer("train_batch_size", s.gbs)
      .integer("train_micro_batch_size_per_gpu", s.mbs)
      .integer("gradient_accumulation_steps", job.gradient_accumulation());
  config.child("zero_optimization", zero_section(job));
  precision_section(s.precision, config);
  if (s.tp > 1) config.child("tensor_parallel", Tree().integer("autotp_size", s.tp));
  if (s.cp > 1) config.integer("sequence_parallel_size", s.cp);
  config.number("gradient_clipping", 1);
  if (const char* type = optimizer_type(optimizer_of(job)))
    config.child("optimizer",
                 Tree().text("type", type).child("params", Tree().number("lr", 1e-4).number("weight_decay", 0.1)));
  else config.boolean("zero_allow_untested_optimizer", true);
  config.integer("steps_per_print", 10).boolean("wall_clock_breakdown", false);
  return config.json();
}

Arguments deepspeed_words(const Job& job) {
  return script_words(job).flag("--deepspeed").option("--deepspeed_config", "ds_config.json");
}

Artefact deepspeed(const Job& job) {
  Artefact a;
  a.framework = "deepspeed";
  a.version = "DeepSpeed 0.19.6";
  a.environment = job.nccl;
  a.files.push_back({"ds_config.json", "json", deepspeed_config(job)});
  Arguments launch;
  if (job.nodes > 1) {
    a.files.push_back({"hostfile", "text", hostfile(job)});
    launch.option("--hostfile", "hostfile").option("--num_nodes", job.nodes).option("--num_gpus", job.gpus_per_node);
    launch.option("--master_addr", job.master_addr).option("--master_port", job.master_port);
    a.notes.push_back(
        "Run it on one node: it reaches the others by ssh without a password (pdsh), and hands them the "
        "variables of a file .deepspeed_env beside the script.");
  } else {
    launch.option("--num_gpus", job.gpus_per_node).option("--master_port", job.master_port);
  }
  a.command = launch.append(deepspeed_words(job)).lines("deepspeed");
  problems(job, a);
  notes(job, a);
  return a;
}

}  // namespace shardplan::emit
