#include "advise/pasted.h"

#include <gtest/gtest.h>

namespace shardplan::advise {
namespace {

std::string value(const Pasted& p, const char* field) {
  const std::string* v = p.value(field);
  return v != nullptr ? *v : "";
}

TEST(Pasted, MegatronsCommandWithShellVariables) {
  const Pasted p = read_pasted(R"(#!/bin/bash
#SBATCH --nodes=8
TP=8
PP=4
torchrun --nproc-per-node 8 --nnodes 8 pretrain_gpt.py \
  --tensor-model-parallel-size $TP --pipeline-model-parallel-size ${PP} \
  --num-layers-per-virtual-pipeline-stage 4 --sequence-parallel --use-distributed-optimizer \
  --micro-batch-size=2 --global-batch-size 128 --seq-length 8192 --bf16 \
  --recompute-granularity selective --recompute-modules core_attn mlp --overlap-grad-reduce)");
  EXPECT_EQ(p.framework, "Megatron-LM");
  EXPECT_EQ(value(p, "tp"), "8");
  EXPECT_EQ(value(p, "pp"), "4");
  EXPECT_EQ(value(p, "mbs"), "2");
  EXPECT_EQ(value(p, "gbs"), "128");
  EXPECT_EQ(value(p, "seq_length"), "8192");
  EXPECT_EQ(value(p, "sp"), "true");
  EXPECT_EQ(value(p, "sharding"), "zero1");
  EXPECT_EQ(value(p, "recompute"), "selective");
  EXPECT_EQ(value(p, "precision"), "bf16");
  EXPECT_EQ(p.modules, (std::vector<std::string>{"core_attn", "mlp"}));
  EXPECT_EQ(p.nodes, 8);
  EXPECT_EQ(p.gpus_per_node, 8);
  EXPECT_EQ(p.layers_per_virtual_stage, 4);
  EXPECT_EQ(p.unread, std::vector<std::string>{"--overlap-grad-reduce"});
}

TEST(Pasted, UnderscoresAndDotsNameTheSame) {
  const Pasted p = read_pasted("megatron sft --tensor_model_parallel_size 2 --expert_model_parallel_size 4");
  EXPECT_EQ(value(p, "tp"), "2");
  EXPECT_EQ(value(p, "ep"), "4");
  EXPECT_EQ(value(read_pasted("model.tensor_model_parallel_size=4"), "tp"), "4");
}

TEST(Pasted, TorchtitansFileAndItsCommandLine) {
  const Pasted file = read_pasted(R"([training]
local_batch_size = 2
seq_len = 4096
[parallelism]
data_parallel_replicate_degree = 2
data_parallel_shard_degree = -1
tensor_parallel_degree = 4
pipeline_parallel_schedule = "Interleaved1F1B"
[activation_checkpoint]
mode = "selective"  # or full)");
  EXPECT_EQ(file.framework, "torchtitan");
  EXPECT_EQ(value(file, "tp"), "4");
  EXPECT_EQ(value(file, "schedule"), "interleaved");
  EXPECT_EQ(value(file, "recompute"), "selective");
  EXPECT_EQ(file.replicas, 2);
  EXPECT_FALSE(file.shards.has_value());
  EXPECT_EQ(file.local_batch, 2);
  EXPECT_EQ(value(read_pasted("--activation_checkpoint.mode full --parallelism.tensor_parallel_degree 8"), "recompute"),
            "full");
}

TEST(Pasted, DeepSpeedsConfiguration) {
  const Pasted p = read_pasted(R"({"train_micro_batch_size_per_gpu": 2, "gradient_accumulation_steps": 4,
    "zero_optimization": {"offload_optimizer": {"device": "cpu"}, "stage": 3},
    "fp16": {"enabled": false}, "bf16": {"enabled": true}})");
  EXPECT_EQ(p.framework, "DeepSpeed");
  EXPECT_EQ(value(p, "mbs"), "2");
  EXPECT_EQ(value(p, "zero_stage"), "3");
  EXPECT_EQ(value(p, "offload_optimizer"), "true");
  EXPECT_EQ(value(p, "precision"), "bf16");
  EXPECT_EQ(p.gradient_accumulation, 4);
}

TEST(Pasted, TheFirstOfTwoCounts) {
  EXPECT_EQ(value(read_pasted("--tensor-model-parallel-size 4 --tensor-model-parallel-size 8"), "tp"), "4");
}

TEST(Pasted, WhatIsNotAPlanIsNone) {
  for (const char* text : {"", "tp8 pp4", "--", "= = =", "$ $TP ${", "{\"a\": [1, 2]}", "\xff\xfe--x"}) {
    const Pasted p = read_pasted(text);
    EXPECT_TRUE(p.fields.empty()) << text;
    EXPECT_EQ(p.framework, "") << text;
  }
}

TEST(Pasted, ValuesThatAreNoneAreLeftUnread) {
  const Pasted p = read_pasted("--tensor-model-parallel-size eight --recompute-granularity sometimes");
  EXPECT_TRUE(p.fields.empty());
  EXPECT_EQ(p.unread.size(), 2u);
}

}  // namespace
}  // namespace shardplan::advise
