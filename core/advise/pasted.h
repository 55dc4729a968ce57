// A plan as people have it at hand: a launch command, a configuration file, a script. The text is not executed and need
// not be whole; what is not about a plan is left alone. Names as Megatron-LM, Megatron-Bridge, torchtitan, DeepSpeed,
// Accelerate, Hugging Face's trainer and torchrun have them today.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardplan::advise {

struct Pasted {
  std::string framework;  // "" where no name of any was found
  // Fields of a request, with their values as text: {"tp", "8"}, {"recompute", "full"}.
  std::vector<std::pair<std::string, std::string>> fields;
  std::vector<std::string> modules;  // of selective recomputation
  // What a plan states otherwise.
  std::optional<int> nodes, gpus_per_node, gradient_accumulation;
  std::optional<int> layers_per_virtual_stage, recomputed_layers;
  bool recomputes_a_block = false;      // recomputed_layers of each stage, not all of them in groups
  std::optional<int> replicas, shards;  // torchtitan: data_parallel_replicate_degree, data_parallel_shard_degree
  std::optional<int> local_batch;       // torchtitan: of a data-parallel rank
  std::vector<std::string> unread;      // options that say nothing of a plan, or nothing that is known here

  const std::string* value(std::string_view field) const;
};

// Shell variables that the text assigns (TP=8) are put in where it uses them ($TP).
Pasted read_pasted(std::string_view text);

}  // namespace shardplan::advise
