// What is to be served, as launchers of engines take it. Beside: job.h is a job of training.
#pragma once

#include <string>
#include <vector>

#include "emit/artefact.h"

namespace shardplan::emit {

struct ServingJob {
  std::string model;  // as the engine loads it
  int tp = 1, pp = 1;
  int dp = 1;  // engines behind one address: replicas, or groups of attention that share experts
  bool expert_parallel = false;
  int copies = 1;  // of all that, each with an address of its own
  int gpus_per_node = 8;
  int max_model_len = 0;
  int max_num_seqs = 0, max_num_batched_tokens = 0;  // 0: as the engine likes
  double memory_share = 0;
  std::string dtype, quantization, kv_cache_dtype;  // empty: as the checkpoint says
  bool prefix_caching = false;
  std::string speculative_config;  // JSON
  int max_loras = 0, max_lora_rank = 0;
  int port = 0;
  std::string master_addr = "node-0";
  std::vector<Variable> environment;

  int engine_gpus() const { return tp * pp; }
  int gpus() const { return engine_gpus() * dp; }
  int nodes() const { return (gpus() + gpus_per_node - 1) / gpus_per_node; }
};

Artefact vllm(const ServingJob& job);

}  // namespace shardplan::emit
