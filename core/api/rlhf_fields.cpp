#include "api/rlhf_fields.h"

namespace shardplan::json {

std::span<const EnumEntry> DescribeEnum<advise::RlAlgorithm>::entries() {
  using enum advise::RlAlgorithm;
  static constexpr EnumEntry table[] = {
      {static_cast<int>(kPpo), "ppo", "critic, reward model and reference"},
      {static_cast<int>(kGrpo), "grpo", "answers judged within their group"},
      {static_cast<int>(kRloo), "rloo", "answers judged against the others of their prompt"},
      {static_cast<int>(kReinforce), "reinforce"},
      {static_cast<int>(kReinforce), "reinforce++", "", true},
      {static_cast<int>(kDpo), "dpo", "pairs"},
      {static_cast<int>(kIpo), "ipo", "pairs"},
      {static_cast<int>(kKto), "kto", "single examples, good or bad"},
      {static_cast<int>(kOrpo), "orpo", "pairs, no reference"},
      {static_cast<int>(kSimpo), "simpo", "pairs, no reference"},
  };
  return table;
}

std::span<const EnumEntry> DescribeEnum<advise::Reference>::entries() {
  using enum advise::Reference;
  static constexpr EnumEntry table[] = {
      {static_cast<int>(kNone), "none"},
      {static_cast<int>(kWhole), "whole", "a second copy in 16 bits"},
      {static_cast<int>(kWhole), "separate", "", true},
      {static_cast<int>(kWhole), "full_gpu", "", true},
      {static_cast<int>(kQuantized), "quantized", "a second copy in 4 bits"},
      {static_cast<int>(kOffloaded), "offloaded", "on the host but while it scores"},
      {static_cast<int>(kOffloaded), "cpu_offload", "", true},
      {static_cast<int>(kShared), "shared", "the policy's base, adapters switched off"},
      {static_cast<int>(kShared), "shared_weights", "", true},
  };
  return table;
}

std::span<const EnumEntry> DescribeEnum<api::RolloutPlace>::entries() {
  using enum api::RolloutPlace;
  static constexpr EnumEntry table[] = {
      {static_cast<int>(kAuto), "auto", "whichever is better"},
      {static_cast<int>(kColocated), "colocated", "engines on the training GPUs, asleep while these train"},
      {static_cast<int>(kColocated), "colocate", "", true},
      {static_cast<int>(kSeparate), "separate", "engines on GPUs of their own"},
      {static_cast<int>(kSeparate), "server", "", true},
      {static_cast<int>(kSeparate), "vllm_server", "", true},
  };
  return table;
}

Fields Describe<api::RlhfQuestion>::fields() {
  using Q = api::RlhfQuestion;
  static constexpr Field own[] = {
      field<&Q::algorithm>("algorithm", "How it learns from preferences."),
      field<&Q::prompt_tokens>("prompt_tokens", "Tokens of a prompt.").alias("max_prompt_length").range(1, 1e8),
      field<&Q::response_tokens>("response_tokens", "Tokens of an answer.")
          .alias("max_completion_length")
          .alias("response_length")
          .range(1, 1e8),
      field<&Q::num_generations>("num_generations", "Answers sampled per prompt.").range(1, 65536),
      field<&Q::longest_response_tokens>("longest_response_tokens",
                                         "Tokens of the longest answer, with which a rollout ends; response_tokens is "
                                         "the mean then.")
          .range(1, 1e8),
      field<&Q::epochs>("epochs", "How often each sample is learnt from.")
          .alias("num_iterations")
          .alias("num_ppo_epochs")
          .alias("ppo_epochs")
          .range(1, 1000),
      field<&Q::minibatches>("minibatches", "Optimizer steps of an epoch.").alias("num_mini_batches").range(1, 65536),
      field<&Q::tp>("tp", "Tensor parallelism of training, where it is fixed.").range(1, 1024),
      field<&Q::pp>("pp", "Pipeline parallelism of training, where it is fixed.").range(1, 1024),
      field<&Q::mbs>("mbs", "Sequences of a micro-batch of training, where they are fixed.").range(1, 65536),
      field<&Q::rollout_tp>("rollout_tp", "Tensor parallelism of the engines, where it is fixed.").range(1, 1024),
      field<&Q::reference>("reference", "Where the frozen copy of the policy is.")
          .alias("ref_model_strategy")
          .alias("reference_strategy"),
      field<&Q::critic_model>("critic_model", "PPO's value model; the policy's where absent.")
          .alias("value_model")
          .omit_default(),
      field<&Q::reward_model>("reward_model", "Model that judges answers, or function.").omit_default(),
      field<&Q::rollout>("rollout", "Where answers are sampled.").alias("vllm_mode"),
      field<&Q::rollout_gpus>("rollout_gpus", "GPUs of engines that have their own.").range(1, 1e6),
      field<&Q::engine>("engine", "Serving engine that samples: a preset's name.").omit_default(),
      field<&Q::optimizer_offload>("optimizer_offload", "Try optimizer states on the host.").omit_default(),
  };
  static const FieldList table = FieldList().add(own).include<&Q::question>();
  return table;
}

}  // namespace shardplan::json
