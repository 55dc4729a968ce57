#include "model/adapters.h"

#include <gtest/gtest.h>

#include "json/presets.h"

namespace shardplan::model {
namespace {

const spec::Model& model(const char* name) {
  static const catalog::Catalog catalog = *json::read_catalog(json::built_in_presets());
  return *catalog::find_model(catalog, name, "")->model;
}

constexpr spec::AdapterTargets kQueryAndValue = {.q = true, .v = true};

double trained(const char* name, spec::FineTuning f) { return trained_parameters(model(name), f); }

// litgpt's tutorials/resource-tables.md counts these.
TEST(Adapters, EqualThePublishedCounts) {
  const spec::FineTuning f{spec::Method::kLora, 8, kQueryAndValue};
  EXPECT_EQ(trained("phi-1.5", f), 1572864);
  EXPECT_EQ(trained("stablelm-base-alpha-3b", f), 2097152);
  EXPECT_EQ(trained("llama-2-7b", f), 4194304);
  EXPECT_EQ(trained("llama-2-13b", f), 6553600);
}

// PEFT prints 41,943,040 for Llama 3 8B with rank 16 on all linears.
TEST(Adapters, AllLinearsOfAGroupedQueryModel) {
  const spec::FineTuning f{spec::Method::kLora, 16, {true, true, true, true, true, true, true, false}};
  EXPECT_EQ(trained("llama-3.1-8b", f), 41943040);
}

TEST(Adapters, DoraTrainsAMagnitudePerOutput) {
  spec::FineTuning f{spec::Method::kLora, 8, {.q = true}};
  const double lora = trained("llama-2-7b", f);
  f.method = spec::Method::kDora;
  EXPECT_EQ(trained("llama-2-7b", f) - lora, 32 * 4096);
}

TEST(Adapters, RoutedExpertsOnlyWhenAsked) {
  spec::FineTuning f{spec::Method::kLora, 8, {.up = true}};
  EXPECT_EQ(trained("mixtral-8x7b", f), 0);
  f.targets.experts = true;
  EXPECT_EQ(trained("mixtral-8x7b", f), 32 * 8 * 3 * 8 * (4096 + 14336.0));
}

TEST(Adapters, TensorParallelRanksHoldTheirPart) {
  const spec::FineTuning f{spec::Method::kLora, 8, {.q = true, .o = true}};
  const LayerAdapters one = layer_adapters(model("llama-2-7b"), f, 1, 1, 1),
                      two = layer_adapters(model("llama-2-7b"), f, 2, 1, 1);
  EXPECT_EQ(one.attention, 8 * 4 * 4096);
  EXPECT_EQ(two.attention, 8 * 3 * 4096);  // one side of each product is whole on every rank
}

}  // namespace
}  // namespace shardplan::model
