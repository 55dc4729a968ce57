#include "estimate/checkpoint.h"

#include <gmock/gmock.h>

#include "json/presets.h"

namespace shardplan::estimate {
namespace {

Context context_of(const char* model, spec::Optimizer optimizer = spec::Optimizer::kAdamW) {
  static const catalog::Catalog catalog = *json::read_catalog(json::built_in_presets());
  Problem p;
  p.model = *catalog::find_model(catalog, model, "")->model;
  p.cluster.accelerator = **catalog::find_accelerator(catalog, "h100", "");
  p.cluster.gpus = 64;
  p.training.seq_length = 4096;
  p.training.gbs = 64;
  p.training.optimizer = optimizer;
  p.stack = **catalog::find_stack(catalog, "megatron-core", "");
  return Context(std::move(p));
}

// 16-bit weights, a 32-bit master copy and two 32-bit moments: 14 bytes a parameter.
TEST(Checkpoint, BytesOfAdamW) {
  const CheckpointBytes b = checkpoint_bytes(context_of("llama-3.1-405b"), {});
  EXPECT_NEAR(b.all() / 405.85e9, 14, 0.01);
}

TEST(Checkpoint, SmallerStatesAreSmaller) {
  EXPECT_LT(checkpoint_bytes(context_of("llama-3.1-8b", spec::Optimizer::kAdamW8Bit), {}).all(),
            checkpoint_bytes(context_of("llama-3.1-8b"), {}).all());
}

TEST(Checkpoint, StatesOnTheHostAreSavedToo) {
  spec::Strategy offloaded;
  offloaded.offload_optimizer = true;
  EXPECT_EQ(checkpoint_bytes(context_of("llama-3.1-8b"), offloaded).all(),
            checkpoint_bytes(context_of("llama-3.1-8b"), {}).all());
}

TEST(Checkpoint, Times) {
  const Storage storage{10e9, 20e9, 50e9, 0.5};
  const CheckpointTime waits = checkpoint_time(1e12, storage, 100, false);
  EXPECT_DOUBLE_EQ(waits.write_s, 100);
  EXPECT_DOUBLE_EQ(waits.read_s, 50);
  EXPECT_DOUBLE_EQ(waits.stall_s, 100);
  EXPECT_DOUBLE_EQ(waits.delay_s, 0);
  const CheckpointTime beside = checkpoint_time(1e12, storage, 100, true);
  EXPECT_DOUBLE_EQ(beside.stall_s, 0.5 + 0.2);
  EXPECT_DOUBLE_EQ(beside.delay_s, 100);
}

}  // namespace
}  // namespace shardplan::estimate
