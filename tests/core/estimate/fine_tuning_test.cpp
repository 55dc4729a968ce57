#include "estimate/fine_tuning.h"

#include <gtest/gtest.h>

#include "estimate/memory.h"
#include "estimate/step.h"
#include "json/presets.h"

namespace shardplan::estimate {
namespace {

using spec::BaseWeights;
using spec::Method;

constexpr spec::AdapterTargets kAll = {true, true, true, true, true, true, true, false};

Problem problem(const char* stack, spec::FineTuning f) {
  static const catalog::Catalog c = *json::read_catalog(json::built_in_presets());
  Problem p;
  p.model = *catalog::find_model(c, "llama-2-7b", "")->model;
  p.cluster.accelerator = **catalog::find_accelerator(c, "a100", "");
  p.cluster.gpus = p.cluster.gpus_per_node = p.cluster.scaleup_domain = 2;
  p.training.seq_length = 2048;
  p.training.gbs = 16;
  p.training.fine_tuning = f;
  p.stack = **catalog::find_stack(c, stack, "");
  p.generation = catalog::generation_of(c, p.cluster.accelerator);
  return p;
}

spec::Strategy strategy(spec::Sharding sharding) {
  spec::Strategy s;
  s.dp = 2;
  s.gbs = 16;
  s.sharding = sharding;
  return s;
}

StageMemory memory(const char* stack, spec::FineTuning f, spec::Sharding sharding = spec::Sharding::kZero0) {
  return stage_memories(Context(problem(stack, f)), strategy(sharding)).front();
}

const spec::FineTuning kLora{Method::kLora, 16, kAll};

TEST(FineTuning, AFrozenBaseHasNoGradientsNorStates) {
  const StageMemory full = memory("hf-trl", {}), lora = memory("hf-trl", kLora);
  const double adapters = model::trained_parameters(problem("hf-trl", kLora).model, kLora);
  EXPECT_DOUBLE_EQ(lora.gradients, 4 * adapters);
  EXPECT_DOUBLE_EQ(lora.optimizer, 8 * adapters);
  EXPECT_LT(lora.activations, full.activations);
  EXPECT_LT(lora.reserved, 0.5 * full.reserved);
}

TEST(FineTuning, BytesOfFrozenWeights) {
  const auto of = [](BaseWeights base) {
    spec::FineTuning f = kLora;
    f.base = base;
    return frozen_weight_bytes(Context(problem("hf-trl", f)));
  };
  EXPECT_EQ(of(BaseWeights::k16Bit), 2);
  EXPECT_EQ(of(BaseWeights::kNf4), 0.5625);
  EXPECT_NEAR(of(BaseWeights::kNf4Double), 0.5 + 0.127 / 8, 1e-3);  // arXiv 2305.14314: 0.127 bits per parameter
}

TEST(FineTuning, ShardedBasesAreDivided) {
  const StageMemory whole = memory("hf-trl", kLora), sharded = memory("hf-trl", kLora, spec::Sharding::kFsdp);
  EXPECT_DOUBLE_EQ(2 * sharded.parameters, whole.parameters);
  EXPECT_GT(sharded.buffers, whole.buffers);
}

TEST(FineTuning, FewerTargetsKeepFewerInputs) {
  spec::FineTuning f = kLora;
  f.targets.down = false;
  const KeptInputs all = kept_inputs(Context(problem("hf-trl", kLora)), layer_shape(strategy({})), 11008);
  const KeptInputs fewer = kept_inputs(Context(problem("hf-trl", f)), layer_shape(strategy({})), 11008);
  EXPECT_DOUBLE_EQ(all.attention, 2 * 2048.0 * 4096);
  EXPECT_DOUBLE_EQ(all.mlp_output, 2 * 2048.0 * 11008);
  EXPECT_EQ(fewer.mlp_output, 0);
}

TEST(FineTuning, TakesLessTimeThanTrainingEverythingAndMoreWithNarrowWeights) {
  const auto seconds = [](spec::FineTuning f) {
    return step_time(Context(problem("hf-trl", f)), strategy(spec::Sharding::kZero0)).step_time_s;
  };
  spec::FineTuning qlora = kLora, dora = kLora;
  qlora.base = BaseWeights::kNf4Double;
  dora.method = Method::kDora;
  EXPECT_LT(seconds(kLora), 0.9 * seconds({}));
  EXPECT_GT(seconds(qlora), seconds(kLora));
  EXPECT_GT(seconds(dora), seconds(kLora));
}

TEST(FineTuning, GradientsThatAreFreedGrowAsActivationsGo) {
  Problem p = problem("hf-bf16", {});
  p.training.gbs = 2;
  spec::Strategy s = strategy(spec::Sharding::kZero0);
  s.gbs = 2;
  const StageMemory once = stage_memories(Context(p), s).front();
  EXPECT_LT(once.gradients, memory("hf-bf16", {}).gradients);
}

TEST(FineTuning, AnOptimizerInTheBackwardPassKeepsNoGradients) {
  Problem p = problem("hf-bf16", {});
  p.training.optimizer_in_backward = true;
  EXPECT_EQ(stage_memories(Context(p), strategy(spec::Sharding::kZero0)).front().gradients, 0);
}

TEST(FineTuning, PagedStatesLeaveTheGpu) {
  Problem p = problem("hf-bf16", {});
  p.training.optimizer = spec::Optimizer::kPagedAdamW8Bit;
  EXPECT_EQ(stage_memories(Context(p), strategy(spec::Sharding::kZero0)).front().optimizer, 0);
}

}  // namespace
}  // namespace shardplan::estimate
