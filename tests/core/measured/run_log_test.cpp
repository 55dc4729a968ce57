#include "measured/run_log.h"

#include <gtest/gtest.h>

namespace shardplan::measured {
namespace {

TEST(RunLog, TorchtitanWithColoursAndPrefixes) {
  std::string text;
  for (int step = 1; step <= 10; ++step)
    text += "[rank0]:[titan] 2026-01-01 10:00:01,123 - root - INFO - \x1b[31mstep: " + std::to_string(step) +
            "  \x1b[32mloss:  8.10000  \x1b[38;5;208mgrad_norm:  1.2000  \x1b[36mmemory: " +
            (step < 5 ? "40.00" : "47.25") + "GiB(59.20%)  \x1b[34mtps: " + (step == 1 ? "1,003" : "7,100") +
            "  \x1b[35mtflops: 400.10  mfu: 40.45%\x1b[0m\r\n";
  text += "validate step: 10  loss: 8.0  memory: 60.00GiB(75.00%)  tps: 9,000\n";
  const auto log = read_run_log(text);
  ASSERT_TRUE(log);
  EXPECT_EQ(log->framework, "torchtitan");
  EXPECT_EQ(log->steps, 10);
  EXPECT_DOUBLE_EQ(log->tokens_per_s_per_gpu, 7100);
  EXPECT_DOUBLE_EQ(log->memory_bytes, 47.25 * 1024 * 1024 * 1024);
  EXPECT_EQ(log->memory_kind, MemoryKind::kReservedWorst);
}

TEST(RunLog, MegatronWithItsArguments) {
  const auto log = read_run_log(
      "------------------------ arguments ------------------------\n"
      "  micro_batch_size ................................ 2\n"
      "  tensor_model_parallel_size ...................... 4\n"
      "  use_flash_attn .................................. True\n"
      " [2026-01-01 10:00:00.000] iteration        1/     100 | consumed samples:          128 | elapsed time per "
      "iteration (ms): 21034.5 | learning rate: 1.0E-04 | global batch size:   128 |\n"
      " [2026-01-01 10:00:10.000] iteration        2/     100 | consumed samples:          256 | elapsed time per "
      "iteration (ms): 9812.4 | throughput per GPU (TFLOP/s/GPU): 402.1 | global batch size:   128 |\n"
      "[Rank 0] (after 2 iterations) memory (MB) | allocated: 20000.00 | max allocated: 61000.00 | reserved: 63000.00 "
      "| "
      "max reserved: 64512.00\n"
      "[Rank 8] (after 2 iterations) memory (MB) | allocated: 20000.00 | max allocated: 51000.00 | reserved: 53000.00 "
      "| "
      "max reserved: 54512.00\n");
  ASSERT_TRUE(log);
  EXPECT_EQ(log->framework, "Megatron-LM");
  EXPECT_DOUBLE_EQ(log->step_time_s, 9.8124);
  EXPECT_DOUBLE_EQ(log->gbs, 128);
  EXPECT_DOUBLE_EQ(log->argument("tensor_model_parallel_size"), 4);
  EXPECT_DOUBLE_EQ(log->argument("micro_batch_size"), 2);
  EXPECT_DOUBLE_EQ(log->argument("use_flash_attn"), 0);
  EXPECT_DOUBLE_EQ(log->memory_bytes, 64512.0 * 1024 * 1024);
}

TEST(RunLog, NanotronsRoundedNumbers) {
  const auto log = read_run_log(
      "01/01/2026 10:00:00 [INFO|DP=0|PP=0|TP=0]: iteration: 1 / 20 | consumed_tokens: 1.05M | time_per_iteration_ms: "
      "30.1K | tokens_per_sec: 34.8K | tokens_per_sec_per_gpu: 4.35K | global_batch_size: 1.05M | lm_loss: 11.2\n"
      "01/01/2026 10:00:03 [INFO|DP=0|PP=0|TP=0]: iteration: 2 / 20 | consumed_tokens: 2.1M | time_per_iteration_ms: "
      "2.89K | tokens_per_sec: 363K | tokens_per_sec_per_gpu: 45.4K | global_batch_size: 1.05M | lm_loss: 10.9\n"
      " Memory usage: 5000.00MiB. Peak allocated 20000.00MiB. Peak reserved: 22000.00MiB\n");
  ASSERT_TRUE(log);
  EXPECT_EQ(log->framework, "nanotron");
  EXPECT_DOUBLE_EQ(log->step_time_s, 2.89);
  EXPECT_DOUBLE_EQ(log->memory_bytes, 22000.0 * 1024 * 1024);
}

TEST(RunLog, DeepSpeedsTwoForms) {
  const auto pipeline = read_run_log("steps: 10 loss: 2.1 iter time (s): 1.250 samples/sec: 204.8\n");
  ASSERT_TRUE(pipeline);
  EXPECT_DOUBLE_EQ(pipeline->step_time_s, 1.25);
  const auto zero = read_run_log(
      "[INFO] epoch=0/micro_step=10/global_step=10, RunningAvgSamplesPerSec=11.9, CurrSamplesPerSec=12.5, "
      "MemAllocated=10.2GB, MaxMemAllocated=30.5GB\n");
  ASSERT_TRUE(zero);
  EXPECT_DOUBLE_EQ(zero->samples_per_s, 12.5);
  EXPECT_EQ(zero->memory_kind, MemoryKind::kAllocatedWorst);
}

TEST(RunLog, OtherTextIsNoLog) {
  EXPECT_FALSE(read_run_log(""));
  EXPECT_FALSE(read_run_log("model,gpu,gpus\nllama-3.1-8b,h100,8\n"));
  EXPECT_FALSE(read_run_log("step: 3 of the recipe: stir\n"));
}

}  // namespace
}  // namespace shardplan::measured
