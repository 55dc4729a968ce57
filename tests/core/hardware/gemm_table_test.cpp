#include "hardware/gemm_table.h"

#include <gtest/gtest.h>

namespace shardplan::hardware {
namespace {

// Rates double with m and do not depend on n and k.
spec::GemmTable table() {
  spec::GemmTable t;
  t.m = {128, 512};
  t.n = {256, 1024};
  t.k = {256, 1024};
  t.bf16 = {1000, {100, 100, 100, 100, 200, 200, 200, 200}};
  return t;
}

double seconds(double m, double n, double k, double peak = 1000e12) {
  const spec::GemmTable t = table();
  return GemmTime(t, t.bf16, peak).seconds(m, n, k);
}

double at_rate(double m, double n, double k, double tflops) { return 2 * m * n * k / (tflops * 1e12); }

TEST(GemmTime, IsTheTablesRateAtItsNodes) {
  EXPECT_NEAR(seconds(128, 256, 1024) / at_rate(128, 256, 1024, 100), 1, 1e-12);
  EXPECT_NEAR(seconds(512, 1024, 256) / at_rate(512, 1024, 256, 200), 1, 1e-12);
}

TEST(GemmTime, InterpolatesInTheLogarithm) {
  EXPECT_NEAR(seconds(256, 512, 512) / at_rate(256, 512, 512, 141.4213562373095), 1, 1e-12);
}

TEST(GemmTime, ATileIsNotSplit) { EXPECT_DOUBLE_EQ(seconds(1, 256, 256), seconds(128, 256, 256)); }

TEST(GemmTime, KeepsTheRateBeyondTheTable) {
  EXPECT_NEAR(seconds(8192, 4096, 4096) / at_rate(8192, 4096, 4096, 200), 1, 1e-12);
}

TEST(GemmTime, RatesAreSharesOfThePeak) {
  EXPECT_NEAR(seconds(512, 1024, 1024, 500e12) / seconds(512, 1024, 1024), 2, 1e-12);
}

}  // namespace
}  // namespace shardplan::hardware
