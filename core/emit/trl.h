// Hugging Face TRL: training on preferences, with PEFT's adapters, under Accelerate; by the names of TRL 1.10
// (huggingface/trl@f2cd57710, trl/scripts, trl/trainer/*_config.py and trl/experimental).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emit/job.h"

namespace shardplan::emit {

enum class ReferenceCopy { kNone, kWhole, kQuantized, kOffloaded, kShared };

struct TrlJob {
  std::string algorithm;                                // ppo, grpo, rloo, dpo, ipo, kto, orpo, simpo
  std::string model;                                    // by its name on the hub
  std::string reward;                                   // the same; empty: a function
  int per_device_batch = 1, gradient_accumulation = 1;  // of what the trainer counts: answers, pairs or examples
  int max_length = 0, response_tokens = 0;
  int num_generations = 1, epochs = 1, minibatches = 1;
  ReferenceCopy reference = ReferenceCopy::kWhole;
  bool in_bf16 = false;   // weights and moments without 32-bit copies
  std::string optimizer;  // of Transformers; empty: its own default
  // Engines; GPUs 0: the trainer has none.
  int engine_gpus = 0, engine_tp = 1;
  bool colocated = true;
  double engine_memory_share = 0;
  // Adapters; rank 0: none.
  int lora_rank = 0;
  std::vector<std::string> lora_targets;
  bool dora = false, four_bits = false;
};

// Nothing where TRL has no trainer for the algorithm.
std::optional<Artefact> trl(const Job& job, const TrlJob& what);
// The server of engines that have GPUs of their own.
std::optional<Artefact> trl_server(const TrlJob& what);

}  // namespace shardplan::emit
