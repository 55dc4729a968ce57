#include "emit/trl.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "emit/frameworks.h"

namespace shardplan::emit {
namespace {

constexpr const char* kVersion = "TRL 1.10";
constexpr double kGroupPenalty = 0.04;  // DeepSeekMath, arXiv 2402.03300; GRPOConfig's own is none

enum class Kind { kSampling, kPpo, kOffline };

struct Trainer {
  const char* algorithm;
  const char* command;  // of trl, or an example script of its repository
  Kind kind;
};
// PPO, ORPO and CPO, which SimPO is a loss of, are experimental: their scripts are in the repository only.
constexpr std::array kTrainers = {
    Trainer{"ppo", "examples/scripts/ppo/ppo.py", Kind::kPpo},
    Trainer{"grpo", "grpo", Kind::kSampling},
    Trainer{"rloo", "rloo", Kind::kSampling},
    Trainer{"dpo", "dpo", Kind::kOffline},
    Trainer{"ipo", "dpo", Kind::kOffline},
    Trainer{"kto", "kto", Kind::kOffline},
    Trainer{"orpo", "examples/scripts/orpo.py", Kind::kOffline},
    Trainer{"simpo", "examples/scripts/cpo.py", Kind::kOffline},
};

const Trainer* trainer_of(const std::string& algorithm) {
  for (const Trainer& t : kTrainers)
    if (algorithm == t.algorithm) return &t;
  return nullptr;
}

class Writer {
 public:
  Writer(const Job& job, const TrlJob& what, const Trainer& trainer) : job_(job), t_(what), trainer_(trainer) {}

  Arguments run() {
    common();
    switch (trainer_.kind) {
      case Kind::kSampling: sampling(); break;
      case Kind::kPpo: ppo(); break;
      case Kind::kOffline: offline(); break;
    }
    adapters();
    return std::move(a_);
  }

 private:
  const Job& job_;
  const TrlJob& t_;
  const Trainer& trainer_;
  Arguments a_;

  void number(const char* name, double x) { a_.option(name, number_text(x, 6)); }
  void flag(const char* name, bool x) { a_.option(name, x ? "true" : "false"); }
  bool is(const char* algorithm) const { return t_.algorithm == algorithm; }

  void common() {
    a_.option("--model_name_or_path", t_.model).option("--dataset_name", "$DATASET");
    a_.option("--output_dir", t_.algorithm + "-out");
    flag("--bf16", true);
    if (t_.in_bf16 || t_.lora_rank > 0) a_.option("--dtype", "bfloat16");
    if (!t_.optimizer.empty()) a_.option("--optim", t_.optimizer);
    a_.option("--per_device_train_batch_size", t_.per_device_batch);
    a_.option("--gradient_accumulation_steps", t_.gradient_accumulation);
    flag("--gradient_checkpointing", job_.strategy.recompute.mode == spec::RecomputeMode::kFull);
  }

  void sampling() {
    if (t_.reward.empty()) a_.option("--reward_funcs", "rewards.reward");
    else a_.option("--reward_model_name_or_path", t_.reward);
    a_.option("--num_generations", t_.num_generations).option("--max_completion_length", t_.response_tokens);
    if (t_.minibatches > 1) a_.option("--steps_per_generation", t_.minibatches * t_.gradient_accumulation);
    a_.option("--num_iterations", t_.epochs);
    if (t_.reference == ReferenceCopy::kNone) number("--beta", 0);
    else if (is("grpo")) number("--beta", kGroupPenalty);
    if (t_.engine_gpus == 0) return;
    flag("--use_vllm", true);
    a_.option("--vllm_mode", t_.colocated ? "colocate" : "server");
    if (!t_.colocated) {
      a_.option("--vllm_server_host", "$ENGINE_ADDR");
      return;
    }
    a_.option("--vllm_gpu_memory_utilization", number_text(t_.engine_memory_share, 2));
    a_.option("--vllm_tensor_parallel_size", t_.engine_tp);
    flag("--vllm_enable_sleep_mode", true);
  }

  void ppo() {
    a_.option("--sft_model_path", t_.model).option("--reward_model_path", t_.reward.empty() ? t_.model : t_.reward);
    a_.option("--num_ppo_epochs", t_.epochs).option("--num_mini_batches", t_.minibatches);
    a_.option("--response_length", t_.response_tokens);
    a_.option("--local_rollout_forward_batch_size", t_.per_device_batch);
  }

  void offline() {
    if (is("kto")) a_.option("--max_length", t_.max_length).option("--loss_type", "kto");
    else a_.option("--max_length", t_.max_length);
    if (is("ipo")) a_.option("--loss_type", "ipo");
    if (is("simpo")) {
      a_.option("--loss_type", "simpo");
      number("--cpo_alpha", 0);
    }
    if (t_.reference == ReferenceCopy::kOffloaded) flag("--precompute_ref_log_probs", true);
  }

  void adapters() {
    if (t_.lora_rank == 0) return;
    flag("--use_peft", true);
    a_.option("--lora_r", t_.lora_rank).option("--lora_alpha", 2 * t_.lora_rank);
    a_.option("--lora_target_modules", t_.lora_targets);
    if (t_.dora) flag("--use_dora", true);
    if (!t_.four_bits) return;
    flag("--load_in_4bit", true);
    a_.option("--bnb_4bit_quant_type", "nf4");
    flag("--use_bnb_nested_quant", true);
  }
};

void judge(const Job& job, const TrlJob& t, const Trainer& trainer, Artefact& a) {
  if (trainer.kind == Kind::kPpo) {
    a.notes.emplace_back("PPOTrainer is experimental; the script is in TRL's repository, not in the package.");
    a.problems.emplace_back(
        "PPOTrainer samples with the policy itself, without an engine: its rollouts take longer than those above.");
    if (t.reward.empty()) a.problems.emplace_back("PPOTrainer judges by a reward model; a function has no option.");
    if (!is_fsdp(job.strategy.sharding) && zero_stage(job.strategy.sharding) < 3)
      a.notes.emplace_back("Reference and reward model are whole on each GPU: only ZeRO-3 cuts them.");
  } else if (trainer.command[0] == 'e') {
    a.notes.emplace_back("The trainer is experimental; the script is in TRL's repository, not in the package.");
  }
  if (t.reference == ReferenceCopy::kQuantized)
    a.problems.emplace_back("TRL loads the reference as it loads the policy: no option keeps it in 4 bits.");
  if (t.reference == ReferenceCopy::kOffloaded && trainer.kind != Kind::kOffline)
    a.problems.emplace_back("TRL keeps the reference on the GPUs: no option moves it to the host between its scores.");
  if (t.reference == ReferenceCopy::kOffloaded && trainer.kind == Kind::kOffline)
    a.notes.emplace_back("Instead of moving the reference, its log-probabilities are computed once, before training.");
  if (trainer.kind == Kind::kSampling && t.reward.empty())
    a.notes.emplace_back("rewards.reward stands for your own function: a file rewards.py where you start it.");
  if (t.lora_rank > 0) a.notes.emplace_back("lora_alpha is twice the rank: a plan says nothing of it.");
}

}  // namespace

std::optional<Artefact> trl(const Job& job, const TrlJob& what) {
  const Trainer* trainer = trainer_of(what.algorithm);
  if (trainer == nullptr) return std::nullopt;
  Artefact a;
  a.framework = "trl";
  a.version = kVersion;
  a.environment = job.nccl;
  a.files.push_back(accelerate_trainer_config(job));
  const Arguments words = Writer(job, what, *trainer).run();
  const bool is_script = trainer->command[0] == 'e';
  Arguments all;
  all.option(is_script ? "--config_file" : "--accelerate_config", "accelerate.yaml").append(accelerate_ranks(job));
  if (is_script) all.word(trainer->command);
  all.append(words);
  a.command = all.lines(is_script ? "accelerate launch" : std::string("trl ") + trainer->command);
  add_ranks(job, a);
  a.environment.push_back({"DATASET", "your/dataset", "By its name on the hub, or a folder."});
  if (!what.colocated && what.engine_gpus > 0 && trainer->kind == Kind::kSampling)
    a.environment.push_back({"ENGINE_ADDR", "engine-0", "Where the server of the engines listens."});
  judge(job, what, *trainer, a);
  return a;
}

std::optional<Artefact> trl_server(const TrlJob& what) {
  const Trainer* trainer = trainer_of(what.algorithm);
  if (trainer == nullptr || trainer->kind != Kind::kSampling || what.colocated || what.engine_gpus == 0)
    return std::nullopt;
  Artefact a;
  a.framework = "trl vllm-serve";
  a.version = kVersion;
  Arguments words;
  words.option("--model", what.model).option("--tensor_parallel_size", what.engine_tp);
  words.option("--data_parallel_size", std::max(1, what.engine_gpus / what.engine_tp));
  words.option("--gpu_memory_utilization", number_text(what.engine_memory_share, 2));
  words.option("--max_model_len", what.max_length);
  a.command = words.lines("trl vllm-serve");
  a.notes.emplace_back("Start it first, on the engines' GPUs; the trainer sends it the new weights by NCCL.");
  return a;
}

}  // namespace shardplan::emit
