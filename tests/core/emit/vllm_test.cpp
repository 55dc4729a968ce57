#include <gtest/gtest.h>

#include "emit/serving.h"

namespace shardplan::emit {
namespace {

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

ServingJob job() {
  ServingJob j;
  j.model = "org/model";
  j.max_model_len = 4096;
  return j;
}

TEST(Vllm, OneNodeIsOneCommand) {
  ServingJob j = job();
  j.tp = 4;
  j.dp = 2;
  j.memory_share = 0.93;
  const Artefact a = vllm(j);
  EXPECT_TRUE(a.node_commands.empty());
  EXPECT_TRUE(has(a.command, "--tensor-parallel-size 4"));
  EXPECT_TRUE(has(a.command, "--data-parallel-size 2"));
  EXPECT_TRUE(has(a.command, "--gpu-memory-utilization 0.93"));
  EXPECT_FALSE(has(a.command, "--quantization"));
}

TEST(Vllm, AnEngineOverTwoNodesIsOneGroup) {
  ServingJob j = job();
  j.tp = 8;
  j.pp = 2;
  const Artefact a = vllm(j);
  ASSERT_EQ(a.node_commands.size(), 2u);
  EXPECT_TRUE(has(a.node_commands[1], "--nnodes 2 --node-rank 1"));
  EXPECT_TRUE(has(a.node_commands[1], "--headless"));
}

TEST(Vllm, EnginesOnTwoNodesKnowTheirRanks) {
  ServingJob j = job();
  j.dp = 16;
  j.expert_parallel = true;
  const Artefact a = vllm(j);
  ASSERT_EQ(a.node_commands.size(), 2u);
  EXPECT_TRUE(has(a.node_commands[1], "--data-parallel-size-local 8"));
  EXPECT_TRUE(has(a.node_commands[1], "--data-parallel-start-rank 8"));
}

TEST(Vllm, CopiesGetGpusAndPortsOfTheirOwn) {
  ServingJob j = job();
  j.tp = 2;
  j.copies = 4;
  j.port = 9000;
  const Artefact a = vllm(j);
  ASSERT_EQ(a.files.size(), 1u);
  EXPECT_TRUE(has(a.files[0].text, "seq 0 3"));
  EXPECT_TRUE(has(a.files[0].text, "port=$((9000 + copy))"));
  EXPECT_FALSE(has(a.files[0].text, "--port 9000"));
}

}  // namespace
}  // namespace shardplan::emit
