#include "measured/fine_tuning_rows.h"

#include <gtest/gtest.h>

#include "json/presets.h"
#include "measured/run.h"

namespace shardplan::measured {
namespace {

const catalog::Catalog& presets() {
  static const catalog::Catalog catalog = *json::read_catalog(json::built_in_presets());
  return catalog;
}

spec::MeasuredRow litgpt() {
  spec::MeasuredRow row;
  row.source = "Lightning-AI/litgpt tutorials/resource-tables.md";
  row.model = "Llama 2";
  row.params_b = 7;
  row.method = "LoRA";
  row.quant = "bnb.nf4";
  row.gpu = "A100-40GB (doc says A100 cards)";
  row.gpus = row.mbs = 1;
  row.peak_mem_gb = 14.14;
  return row;
}

std::string reason(const spec::MeasuredRow& row) {
  const auto run = run_of(presets(), row);
  return run ? "" : run.error().front().message;
}

TEST(FineTuningRows, TakeFromTheSourceWhatTheTableLeavesOut) {
  const auto run = run_of(presets(), litgpt());
  ASSERT_TRUE(run.has_value());
  EXPECT_EQ(run->model.id, "llama-2-7b");
  EXPECT_EQ(run->cluster.accelerator.id, "a100-sxm-40");
  EXPECT_EQ(run->training.seq_length, 1304);
  EXPECT_EQ(run->training.fine_tuning.rank, 8);
  EXPECT_EQ(run->training.fine_tuning.base, spec::BaseWeights::kNf4);
  EXPECT_EQ(run->memory_kind, MemoryKind::kAllocatedWorst);
  EXPECT_EQ(run->kind, "fine-tuning, QLoRA");
}

TEST(FineTuningRows, CountGpusInsideTheName) {
  spec::MeasuredRow row = litgpt();
  row.source = "AnswerDotAI/fsdp_qlora benchmarks_03_2024.md";
  row.model = "Llama-2 7B";
  row.gpu = "2x RTX 3090";
  row.gpus = 0;
  row.seq = 2048;
  row.mbs = 4;
  row.time_s = 1024;
  row.zero_or_fsdp = "FSDP";
  const auto run = run_of(presets(), row);
  ASSERT_TRUE(run.has_value());
  EXPECT_EQ(run->cluster.gpus, 2);
  EXPECT_EQ(run->strategy.gbs, 8);
  EXPECT_EQ(run->step_time_s, 8);
}

TEST(FineTuningRows, SayWhyTheyAreLeftOut) {
  spec::MeasuredRow row = litgpt();
  row.kind = "estimate";
  EXPECT_EQ(reason(row), "The source's figure is its own estimate, not a measurement.");
  row = litgpt();
  row.method = "Adapter V2";
  EXPECT_EQ(reason(row), "Fine-tuning by 'Adapter V2' is not modelled.");
  row = litgpt();
  row.peak_mem_gb = 0;
  EXPECT_EQ(reason(row), "The row states neither a memory nor that it ran out of it.");
  row.notes = "OOM; 40 GB";
  EXPECT_EQ(reason(row), "");
  row = litgpt();
  row.source = "somebody's blog";
  EXPECT_EQ(reason(row), "The row does not state seq.");
}

}  // namespace
}  // namespace shardplan::measured
