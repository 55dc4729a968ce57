#include "estimate/layer.h"

#include <gtest/gtest.h>

#include "catalog/catalog.h"
#include "estimate/memory.h"
#include "json/presets.h"

namespace shardplan::estimate {
namespace {

const catalog::Catalog& presets() {
  static const catalog::Catalog c = *json::read_catalog(json::built_in_presets());
  return c;
}

Problem problem(const char* model, const char* stack, int gpus) {
  Problem p;
  p.model = *catalog::find_model(presets(), model, "")->model;
  p.cluster.accelerator = **catalog::find_accelerator(presets(), "h100", "");
  p.cluster.gpus = gpus;
  p.cluster.nic_gb_per_s = 50;
  p.training.seq_length = 4096;
  p.training.gbs = 128;
  p.stack = **catalog::find_stack(presets(), stack, "");
  p.generation = catalog::generation_of(presets(), p.cluster.accelerator);
  return p;
}

LayerShape shape(int tp) { return {.tp = tp, .sp = tp > 1, .precision = spec::Precision::kBf16}; }

TEST(Layer, RecomputationStopsBeforeTheLastProduct) {
  Problem p = problem("llama-2-7b", "llm-foundry", 8);
  const spec::Recompute full = {.mode = spec::RecomputeMode::kFull, .layer_share = 1};
  const LayerTime early = layer_time(Context(p), shape(1));
  p.stack.recompute_stops_early = false;
  const LayerTime whole = layer_time(Context(p), shape(1));
  EXPECT_DOUBLE_EQ(recompute_s(whole, full), whole.forward.total_s);
  // One of the layer's products: 11008 of 4 x 4096 + 3 x 11008 columns of weights.
  EXPECT_NEAR((whole.forward.total_s - recompute_s(early, full)) / whole.forward.gemm_s, 0.223, 0.02);
}

TEST(Layer, UserBuffersSplitProducts) {
  Problem p = problem("llama-3.1-70b", "megatron-bridge", 64);
  const LayerTime split = layer_time(Context(p), shape(8));
  EXPECT_EQ(product_chunks(Context(p), shape(8)), 8);
  p.stack.tp_overlap_splits_products = false;
  const LayerTime whole = layer_time(Context(p), shape(8));
  EXPECT_GT(split.forward.gemm_s, whole.forward.gemm_s);
  EXPECT_GT(split.backward.gemm_s, whole.backward.gemm_s);
  EXPECT_EQ(product_chunks(Context(problem("llama-3.1-70b", "megatron-core", 64)), shape(8)), 1);
}

TEST(Layer, WholeIterationGraphsLeaveNoGaps) {
  Problem p = problem("llama-3.1-8b", "megatron-bridge", 8);
  const LayerTime eager = layer_time(Context(p), shape(1));
  p.stack.cuda_graphs = spec::CudaGraphs::kFullIteration;
  const LayerTime graphs = layer_time(Context(p), shape(1));
  EXPECT_DOUBLE_EQ(eager.forward.gaps_s + eager.backward.gaps_s, p.generation.kernel_gaps_s);
  EXPECT_EQ(graphs.forward.gaps_s + graphs.backward.gaps_s, 0);
}

TEST(Layer, ACollectiveWaitsForTheSlowestHost) {
  Problem p = problem("llama-2-7b", "nanotron-slow-hosts", 8);
  const double of_two = layer_time(Context(p), shape(2)).forward.total_s;
  const double of_eight = layer_time(Context(p), shape(8)).forward.total_s;
  EXPECT_GT(of_eight, of_two);
  p.stack.launch_per_tp_rank_s = 0;
  EXPECT_LT(layer_time(Context(p), shape(8)).forward.total_s, of_eight);
}

// NVIDIA/Megatron-LM issue 756: Mixtral 8x7B on 16 H100, TP 2, EP 8, distributed optimizer. After the first step torch
// had 54,251 MiB allocated: weights, gradients and optimizer.
TEST(Memory, StatesOfMixtral) {
  const Context c(problem("mixtral-8x7b", "megatron-core", 16));
  spec::Strategy s;
  s.tp = s.etp = 2;
  s.ep = s.dp = 8;
  s.gbs = 128;
  s.sharding = spec::Sharding::kZero1;
  const StageStates states = stage_states(c, s, stage_shapes(c, s).front());
  EXPECT_NEAR((states.parameters + states.gradients + states.optimizer) / 1048576, 54251, 0.01 * 54251);
}

}  // namespace
}  // namespace shardplan::estimate
