// What is to be started: a strategy on nodes, and the model where one is named.
#pragma once

#include <string>
#include <vector>

#include "emit/artefact.h"
#include "estimate/problem.h"
#include "spec/strategy.h"

namespace shardplan::emit {

struct Job {
  spec::Strategy strategy;
  int nodes = 1;
  int gpus_per_node = 8;
  std::string name = "shardplan";
  std::string script = "train.py";
  std::vector<std::string> script_args;
  std::string master_addr = "node-0";
  int master_port = 29500;
  int steps = 100;
  const estimate::Context* context = nullptr;  // null: no model is named
  std::vector<Variable> nccl;                  // what the fabric needs

  int gpus() const { return nodes * gpus_per_node; }
  int gradient_accumulation() const { return static_cast<int>(spec::num_microbatches(strategy)); }
};

// Degrees of the plan in a sentence: "TP 2, PP 2, DP 4".
std::string degrees_text(const spec::Strategy& strategy);

// ZeRO's number of a sharding; FSDP and HSDP are stage 3.
int zero_stage(spec::Sharding sharding);
const char* sharding_text(spec::Sharding sharding);
inline bool is_fsdp(spec::Sharding s) { return s == spec::Sharding::kFsdp || s == spec::Sharding::kHsdp; }

}  // namespace shardplan::emit
