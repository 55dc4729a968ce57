#include "estimate/optimizer.h"

#include <gtest/gtest.h>

#include <cstring>

#include "json/presets.h"
#include "json/spec_fields.h"

namespace shardplan::estimate {
namespace {

const spec::Model& model(const char* name) {
  static const catalog::Catalog catalog = *json::read_catalog(json::built_in_presets());
  return *catalog::find_model(catalog, name, "")->model;
}

double bytes(spec::Optimizer o, const char* name = "llama-2-7b") {
  return moment_bytes(o, spec::StackMemory{}, model(name));
}

TEST(Optimizer, EveryOneIsInTheTableWithItsSource) {
  for (const json::EnumEntry& e : json::DescribeEnum<spec::Optimizer>::entries()) {
    const auto o = static_cast<spec::Optimizer>(e.value);
    EXPECT_EQ(traits_of(o).optimizer, o) << e.name;
    EXPECT_GT(std::strlen(traits_of(o).source), 0U) << e.name;
  }
}

TEST(Optimizer, BytesPerParameter) {
  using enum spec::Optimizer;
  EXPECT_EQ(bytes(kAdamW), 8);
  EXPECT_EQ(bytes(kAdamW8Bit), 2);
  EXPECT_EQ(bytes(kLion), 4);
  EXPECT_EQ(bytes(kAdemamix), 12);
  EXPECT_EQ(bytes(kScheduleFreeSgd), 4);
  EXPECT_EQ(bytes(kLomo), 0);
  EXPECT_NEAR(bytes(kMuon), 4.0 * (1 + 262144000 / 6738149376.0), 1e-3);  // embedding and head keep both of AdamW's
}

// GaLore, table 1: m r + 2 n r values of an m x n matrix at rank r; 1024 of 4096 for Llama 7B.
TEST(Optimizer, GaloreAtAQuarterOfTheRank) {
  const double attention = 4 * 4096.0 * 4096, mlp = 3 * 4096.0 * 11008, rest = 2 * 32000.0 * 4096 / 32;
  const double states = 4 * 1024.0 * 2 * 4096 + 3 * 1024.0 * 2 * 11008, projections = 7 * 1024.0 * 4096;
  const double expected = (4 * states + 2 * projections + 8 * rest) / (attention + mlp + rest);
  EXPECT_NEAR(bytes(spec::Optimizer::kGalore), expected, 1e-9);
  EXPECT_LT(bytes(spec::Optimizer::kApollo), bytes(spec::Optimizer::kGalore));
  EXPECT_LT(bytes(spec::Optimizer::kApolloMini), bytes(spec::Optimizer::kApollo));
}

TEST(Optimizer, MomentsTakeTheTypeThatTheStackGivesThem) {
  spec::StackMemory pure;
  pure.optimizer_bytes = 4;
  pure.moment_bytes = 2;
  EXPECT_EQ(moment_bytes(spec::Optimizer::kAdamW, pure, model("llama-2-7b")), 4);
  EXPECT_EQ(moment_bytes(spec::Optimizer::kAdamW8Bit, pure, model("llama-2-7b")), 2);
  EXPECT_EQ(master_bytes(pure), 0);
  EXPECT_EQ(master_bytes(spec::StackMemory{}), 4);
}

}  // namespace
}  // namespace shardplan::estimate
