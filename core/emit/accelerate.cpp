// Accelerate: a configuration file and its launcher. What it can do depends on the engine behind it: DeepSpeed for
// ZeRO, PyTorch's FSDP2 for sharding with tensor or context parallelism, Megatron-LM for the pipeline.
#include <algorithm>

#include "emit/frameworks.h"
#include "emit/tree.h"

namespace shardplan::emit {
namespace {

using spec::Precision;
using spec::Sharding;
using spec::Strategy;

enum class Engine { kPlain, kDeepSpeed, kFsdp, kMegatron };

Engine engine_of(const Strategy& s) {
  if (s.pp > 1) return Engine::kMegatron;
  if (is_fsdp(s.sharding)) return Engine::kFsdp;
  if (s.tp > 1 || s.cp > 1) return zero_stage(s.sharding) >= 2 ? Engine::kFsdp : Engine::kMegatron;
  return s.sharding == Sharding::kZero0 ? Engine::kPlain : Engine::kDeepSpeed;
}

const char* distributed_type(Engine e, const Job& job) {
  switch (e) {
    case Engine::kDeepSpeed: return "DEEPSPEED";
    case Engine::kFsdp: return "FSDP";
    case Engine::kMegatron: return "MEGATRON_LM";
    case Engine::kPlain: break;
  }
  return job.gpus() > 1 ? "MULTI_GPU" : "NO";
}

const char* mixed_precision(Precision p) {
  switch (p) {
    case Precision::kFp32: return "no";
    case Precision::kFp16: return "fp16";
    case Precision::kBf16: return "bf16";
    default: return "fp8";
  }
}

// Who says batch, optimizer and recomputation: the user's script, or the arguments of Hugging Face's Trainer.
enum class Says { kScript, kTrainer };

Tree fsdp_section(const Strategy& s, Says says) {
  Tree t;
  t.integer("fsdp_version", 2)
      .boolean("fsdp_reshard_after_forward", s.sharding != Sharding::kZero2)
      .text("fsdp_auto_wrap_policy", "TRANSFORMER_BASED_WRAP")
      .boolean("fsdp_offload_params", s.offload_optimizer)
      .boolean("fsdp_activation_checkpointing", says == Says::kScript && s.recompute.mode == spec::RecomputeMode::kFull)
      .boolean("fsdp_cpu_ram_efficient_loading", true)
      .text("fsdp_state_dict_type", "SHARDED_STATE_DICT");
  return t;
}

Tree parallelism_section(const Strategy& s) {
  const int shard = s.sharding == Sharding::kHsdp ? std::max(1, s.shard_size / s.cp) : s.dp;
  Tree t;
  t.integer("parallelism_config_dp_replicate_size", s.dp / shard)
      .integer("parallelism_config_dp_shard_size", shard)
      .integer("parallelism_config_tp_size", s.tp)
      .integer("parallelism_config_cp_size", s.cp);
  if (s.cp > 1)
    t.text("parallelism_config_cp_comm_strategy",
           s.cp_comm == spec::ContextParallel::kAllGather ? "allgather" : "alltoall");
  return t;
}

Tree megatron_section(const Strategy& s, int microbatches) {
  Tree t;
  t.integer("megatron_lm_tp_degree", s.tp)
      .integer("megatron_lm_pp_degree", s.pp)
      .integer("megatron_lm_num_micro_batches", microbatches)
      .boolean("megatron_lm_sequence_parallelism", s.sp)
      .boolean("megatron_lm_use_distributed_optimizer", s.sharding != Sharding::kZero0)
      .boolean("megatron_lm_recompute_activations", s.recompute.mode == spec::RecomputeMode::kSelective)
      .number("megatron_lm_gradient_clipping", 1);
  if (s.cp > 1) t.integer("megatron_lm_context_parallel_size", s.cp);
  if (s.ep > 1) t.integer("megatron_lm_expert_model_parallel_size", s.ep);
  if (s.etp > 1) t.integer("megatron_lm_expert_tensor_parallel_size", s.etp);
  return t;
}

Tree deepspeed_section(const Strategy& s, Says says) {
  const bool is_stage_3 = zero_stage(s.sharding) == 3;
  Tree t;
  if (says == Says::kScript) t.text("deepspeed_config_file", "ds_config.json");
  t.text("deepspeed_multinode_launcher", "standard").boolean("zero3_init_flag", is_stage_3);
  if (says == Says::kScript) return t;
  return t.integer("zero_stage", zero_stage(s.sharding))
      .boolean("zero3_save_16bit_model", is_stage_3)
      .text("offload_optimizer_device", s.offload_optimizer ? "cpu" : "none")
      .text("offload_param_device", "none");
}

std::string config(const Job& job, Engine engine, Says says = Says::kScript) {
  const Strategy& s = job.strategy;
  Tree t;
  t.text("compute_environment", "LOCAL_MACHINE").boolean("debug", false);
  t.text("distributed_type", distributed_type(engine, job)).text("mixed_precision", mixed_precision(s.precision));
  t.integer("num_machines", job.nodes).integer("num_processes", job.gpus());
  t.integer("machine_rank", 0).text("main_process_ip", job.master_addr).integer("main_process_port", job.master_port);
  t.text("main_training_function", "main").text("rdzv_backend", "static").boolean("same_network", true);
  t.boolean("use_cpu", false).text("downcast_bf16", "no");
  if (engine == Engine::kDeepSpeed) t.child("deepspeed_config", deepspeed_section(s, says));
  if (engine == Engine::kFsdp) {
    t.child("fsdp_config", fsdp_section(s, says));
    if (s.tp > 1 || s.cp > 1 || s.sharding == Sharding::kHsdp) t.child("parallelism_config", parallelism_section(s));
  }
  if (engine == Engine::kMegatron) t.child("megatron_lm_config", megatron_section(s, job.gradient_accumulation()));
  return t.yaml();
}

void problems(const Job& job, Engine engine, Artefact& a) {
  const Strategy& s = job.strategy;
  const auto problem = [&](std::string text) { a.problems.push_back(std::move(text)); };
  if (engine == Engine::kMegatron) {
    if (zero_stage(s.sharding) >= 2)
      problem(
          std::string("Accelerate runs a pipeline only through Megatron-LM, whose optimizer shards as ZeRO-1 does; ") +
          sharding_text(s.sharding) + " with pp " + std::to_string(s.pp) +
          " is not to be had. The file below shards the optimizer only: use zero1, or pp 1.");
    if (s.vpp > 1) problem("Accelerate passes no virtual stages on to Megatron-LM.");
    if (s.recompute.mode == spec::RecomputeMode::kFull)
      problem("Set megatron_lm_recompute_granularity to full by hand: its layers are not said here.");
  }
  if (s.cp > 1 && engine == Engine::kFsdp && s.cp_comm == spec::ContextParallel::kAllToAll)
    problem(
        "alltoall is here a way to pass keys and values round the ring; Ulysses needs DeepSpeed behind Accelerate "
        "(parallelism_config_sp_size).");
  if (engine == Engine::kPlain && s.offload_optimizer)
    problem("Without sharding nothing of the optimizer goes to the host.");
}

void notes(const Job& job, Engine engine, Artefact& a) {
  const Strategy& s = job.strategy;
  a.notes.push_back("Gradient accumulation is the script's: Accelerator(gradient_accumulation_steps=" +
                    std::to_string(job.gradient_accumulation()) + "), micro-batches of " + std::to_string(s.mbs) + ".");
  if (s.precision > Precision::kFp16)
    a.notes.push_back(
        "mixed_precision fp8 takes its recipe from a fp8_config section or from the script (TERecipeKwargs, "
        "AORecipeKwargs).");
  if (engine == Engine::kMegatron)
    a.notes.push_back("Megatron-LM behind Accelerate runs the models that its plug-in knows (BERT, GPT-2, T5, Llama).");
  if (engine == Engine::kFsdp)
    a.notes.push_back(
        "The blocks to wrap come from the model's _no_split_modules; name others with "
        "fsdp_transformer_layer_cls_to_wrap.");
  if (engine == Engine::kFsdp && s.ep > 1)
    a.notes.push_back("Experts stay whole on each rank: ep " + std::to_string(s.ep) + " is not in the file.");
}

}  // namespace

File accelerate_trainer_config(const Job& job) {
  return {"accelerate.yaml", "yaml", config(job, engine_of(job.strategy), Says::kTrainer)};
}

Arguments accelerate_ranks(const Job& job) {
  Arguments a;
  if (job.nodes > 1) a.option("--machine_rank", "$NODE_RANK").option("--main_process_ip", "$MASTER_ADDR");
  return a;
}

std::string accelerate_command(const Job& job) {
  Arguments a;
  a.option("--config_file", "accelerate.yaml").append(accelerate_ranks(job));
  return a.append(script_words(job)).lines("accelerate launch");
}

void add_ranks(const Job& job, Artefact& a) {
  if (job.nodes == 1) return;
  a.environment.push_back(master_address(job));
  a.environment.push_back({"NODE_RANK", "0", "Of each node its own: 0 to " + std::to_string(job.nodes - 1) + "."});
}

Artefact accelerate(const Job& job) {
  Artefact a;
  a.framework = "accelerate";
  a.version = "Accelerate 1.14";
  a.environment = job.nccl;
  const Engine engine = engine_of(job.strategy);
  a.files.push_back({"accelerate.yaml", "yaml", config(job, engine)});
  if (engine == Engine::kDeepSpeed) a.files.push_back({"ds_config.json", "json", deepspeed_config(job)});
  a.command = accelerate_command(job);
  add_ranks(job, a);
  if (engine == Engine::kMegatron)
    for (const Variable& v : megatron_environment(job)) a.environment.push_back(v);
  problems(job, engine, a);
  notes(job, engine, a);
  return a;
}

}  // namespace shardplan::emit
