#include "model/parameters.h"

#include <gtest/gtest.h>

#include <cmath>

#include "json/presets.h"

namespace shardplan::model {
namespace {

const catalog::Catalog& presets() {
  static const catalog::Catalog catalog = *json::read_catalog(json::built_in_presets());
  return catalog;
}

const spec::Model& model(const char* name) { return *catalog::find_model(presets(), name, "")->model; }

TEST(Parameters, EqualThePublishedTotalsOrThePresetSaysWhyNot) {
  constexpr double kTolerance = 0.01;
  int checked = 0;
  for (const spec::Model& m : presets().models) {
    if (m.published.total <= 0) continue;
    const double relative = total_parameters(m).total / m.published.total - 1;
    EXPECT_TRUE(std::fabs(relative) <= kTolerance || !m.published.difference.empty())
        << m.id << " differs by " << relative;
    ++checked;
  }
  EXPECT_GE(checked, 135);
}

TEST(Parameters, ExactTotals) {
  EXPECT_EQ(total_parameters(model("llama-3.1-8b")).total, 8030261248);
  EXPECT_EQ(total_parameters(model("llama-3.1-70b")).total, 70553706496);
  EXPECT_EQ(total_parameters(model("llama-3.1-405b")).total, 405853388800);
  EXPECT_EQ(total_parameters(model("deepseek-v3")).total, 671026419200);
  EXPECT_EQ(total_parameters(model("deepseek-v3")).active, 37552297472);
  EXPECT_EQ(total_parameters(model("gpt-oss-120b")).total, 116829156672);
  EXPECT_EQ(total_parameters(model("jamba-v0.1")).total, 51570323328);
}

TEST(Parameters, RanksTogetherHoldAllMatrices) {
  for (const char* name : {"llama-3.1-70b", "deepseek-v3", "mixtral-8x7b"}) {
    const spec::Model& m = model(name);
    const LayerParameters whole = layer_parameters(m, 1, 1, 1), part = layer_parameters(m, 2, 4, 2);
    EXPECT_NEAR(part.experts * 8, whole.experts, 1) << name;
    EXPECT_NEAR(part.dense_mlp * 2, whole.dense_mlp, 1) << name;
  }
}

TEST(Parameters, KeyValueHeadsAreReplicatedBeyondTheirNumber) {
  const spec::Model& m = model("llama-3.1-70b");
  const auto at_8 = attention_linears(m, 8), at_16 = attention_linears(m, 16);
  EXPECT_EQ(at_8[0].out, 128 * (8 + 2));
  EXPECT_EQ(at_16[0].out, 128 * (4 + 2));
}

TEST(Parameters, DeepSeekKeepsAboutSeventyKilobytesPerToken) {
  EXPECT_EQ(kv_bytes_per_token(model("deepseek-v3")), 2.0 * (512 + 64) * 61);
  EXPECT_EQ(kv_bytes_per_token(model("llama-3.1-70b")), 2.0 * 2 * 8 * 128 * 80);
}

TEST(Parameters, LeadingDenseAndAlternatingLayers) {
  EXPECT_EQ(all_layers(model("deepseek-v3")).dense, 3);
  EXPECT_EQ(all_layers(model("deepseek-v3")).moe, 58);
  EXPECT_EQ(all_layers(model("llama-4-maverick")).moe, 24);
  EXPECT_EQ(layers_between(model("llama-4-maverick"), 0, 2).dense, 1);
  EXPECT_EQ(all_layers(model("llama-3.1-8b")).moe, 0);
}

TEST(Parameters, FlopsPerTokenOfLlama70B) {
  // 6 x 69.5 B matrix parameters and 6 s a d L of causal attention.
  const spec::Model& m = model("llama-3.1-70b");
  const double matrices = 70553706496.0 - 128256.0 * 8192 - (2 * 80 + 1) * 8192.0;
  EXPECT_NEAR(flops_per_token(m, 8192), 6 * matrices + 6.0 * 8192 * 8192 * 80, 1);
  EXPECT_NEAR(flops_per_token(m, 8192, false) - flops_per_token(m, 8192), 6.0 * 8192 * 8192 * 80, 1);
}

}  // namespace
}  // namespace shardplan::model
