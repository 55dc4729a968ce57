#include "search/serving/phase.h"

#include <gtest/gtest.h>

#include "catalog/serving_catalog.h"
#include "json/presets.h"
#include "json/serving_presets.h"

namespace shardplan::search::serving {
namespace {

using estimate::serving::Constants;
using estimate::serving::Deployment;
using estimate::serving::Phase;
using estimate::serving::PhaseKind;
using estimate::serving::Way;

estimate::serving::Problem problem_of(const char* model, const char* gpu, int gpus) {
  static const catalog::Catalog presets = *json::read_catalog(json::built_in_presets());
  static const json::ServingCatalog serving = *json::read_serving_presets(json::serving_presets());
  const spec::ServingCalibration& c = serving.calibration;
  estimate::serving::Problem p;
  p.model = *catalog::find_model(presets, model, "")->model;
  p.cluster.accelerator = **catalog::find_accelerator(presets, gpu, "");
  p.cluster.gpus = gpus;
  p.engine = **catalog::find_engine(c, "vllm", "");
  p.generation = catalog::serving_generation_of(c, p.cluster.accelerator);
  p.physics = c.physics;
  p.own_table = catalog::kernel_table_of(c, p.cluster.accelerator);
  p.pcie_table = catalog::pcie_table_of(c, p.cluster.accelerator);
  return p;
}

class PhaseOfLlama : public testing::Test {
 protected:
  const Deployment d{problem_of("llama-2-7b", "h100", 8)};
  const Constants c = estimate::serving::constants_of(d, {});
  const spec::RequestShape shape{2000, 256, 0};

  Phase of(PhaseKind kind, int tp, int pp, int replicas, double batch) const {
    return phase_of(d, Way{{tp, pp, 1, 1, 1}, {}, replicas}, kind, shape, c, batch);
  }
};

TEST_F(PhaseOfLlama, TokensPerSecondAreNotRequestsPerSecond) {
  const Phase prompts = of(PhaseKind::kPrefill, 1, 1, 1, 8);
  EXPECT_NEAR(prompts.requests_per_s * prompts.latency_s, 8, 1e-9);
  EXPECT_NEAR(prompts.tokens_per_s, 2000 * prompts.requests_per_s, 1e-6);
  const Phase answers = of(PhaseKind::kDecode, 1, 1, 1, 8);
  EXPECT_NEAR(answers.tokens_per_s * answers.latency_s, 8, 1e-9);
  EXPECT_NEAR(answers.tokens_per_s, 256 * answers.requests_per_s, 1e-6);
}

TEST_F(PhaseOfLlama, NoPhaseBeatsTheBandwidthOrTheComputeBound) {
  const spec::Accelerator& a = d.problem.cluster.accelerator;
  const double weights = 2 * 6.7e9;
  EXPECT_GT(of(PhaseKind::kDecode, 1, 1, 1, 1).latency_s, weights / (1e9 * a.memory_bandwidth_gb_per_s));
  EXPECT_GT(of(PhaseKind::kPrefill, 1, 1, 1, 16).latency_s, weights * 2000 * 16 / (1e12 * a.peak_dense_tflops.bf16));
}

TEST_F(PhaseOfLlama, ReplicasShareABatch) {
  EXPECT_NEAR(of(PhaseKind::kDecode, 1, 1, 4, 32).latency_s, of(PhaseKind::kDecode, 1, 1, 1, 8).latency_s, 1e-12);
  EXPECT_NEAR(of(PhaseKind::kPrefill, 1, 1, 4, 32).latency_s, of(PhaseKind::kPrefill, 1, 1, 1, 8).latency_s, 1e-12);
}

TEST_F(PhaseOfLlama, APipelineDoesNotShortenOnePrompt) {
  EXPECT_GE(of(PhaseKind::kPrefill, 1, 2, 1, 1).latency_s, 0.98 * of(PhaseKind::kPrefill, 1, 1, 1, 1).latency_s);
}

TEST_F(PhaseOfLlama, AllGpusAreUsed) {
  Limits limits;
  limits.gpus = 8;
  limits.precisions = {{}};
  const auto ways = space(d, shape, limits).ways;
  const PhaseFound found = search_phase(d, c, ways, {PhaseKind::kDecode, shape, {32}});
  ASSERT_FALSE(found.points.empty());
  EXPECT_EQ(found.points.front().gpus, 8);
}

TEST_F(PhaseOfLlama, TheFrontierHasNoPointThatAnotherBeats) {
  Limits limits;
  limits.gpus = 8;
  limits.precisions = {{}};
  const PhaseFound found =
      search_phase(d, c, space(d, shape, limits).ways, {PhaseKind::kDecode, shape, {8, 16, 32, 64}});
  ASSERT_GT(found.frontier.size(), 1u);
  for (size_t i = 1; i < found.frontier.size(); ++i) {
    EXPECT_GT(found.frontier[i].phase.latency_s, found.frontier[i - 1].phase.latency_s);
    EXPECT_GT(found.frontier[i].phase.tokens_per_s, found.frontier[i - 1].phase.tokens_per_s);
  }
}

TEST(EvenPairs, CutHeadsAndLayers) {
  const spec::Model m = problem_of("llama-2-7b", "h100", 8).model;
  int full = 0;
  for (const Pair& p : even_pairs(m, 8)) {
    EXPECT_EQ(m.num_attention_heads % p.tp, 0);
    EXPECT_EQ(m.num_hidden_layers % p.pp, 0);
    full += p.tp * p.pp == 8;
  }
  EXPECT_EQ(full, 4);  // 1 x 8, 2 x 4, 4 x 2, 8 x 1
}

TEST(SmallestSystem, HoldsTheBatchAndTheNextSmallerDoesNot) {
  const Deployment d(problem_of("llama-2-70b", "a100-sxm-80", 8));
  const spec::RequestShape shape{2048, 512, 0};
  const SmallestSystem s = smallest_system(d, shape, {}, 16, 64);
  ASSERT_EQ(s.gpus, 2);  // 64 GiB of weights on each, and 9 GiB of cache
  EXPECT_TRUE(holds(d, s.way, shape, 16));
  ASSERT_TRUE(s.too_small);
  EXPECT_GT(s.too_small_by_bytes, 0);
  EXPECT_FALSE(holds(d, *s.too_small, shape, 16));
  EXPECT_EQ(smallest_system(d, shape, {}, 16, 1).gpus, 0);
}

}  // namespace
}  // namespace shardplan::search::serving
