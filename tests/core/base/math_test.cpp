#include "base/math.h"

#include <gtest/gtest.h>

#include <cmath>

namespace shardplan {
namespace {

double relative(double ours, double exact) { return exact == 0 ? std::fabs(ours) : std::fabs(ours / exact - 1); }

TEST(Math, Log2AgreesWithTheLibrary) {
  for (double x = 1e-300; x < 1e300; x *= 1.37)
    EXPECT_NEAR(log2(x), std::log2(x), 1e-15 * std::max(1.0, std::fabs(std::log2(x)))) << x;
  EXPECT_EQ(log2(1.0), 0.0);
  EXPECT_EQ(log2(1024.0), 10.0);
}

TEST(Math, Exp2AgreesWithTheLibrary) {
  for (double x = -900; x < 900; x += 0.731) EXPECT_LT(relative(exp2(x), std::exp2(x)), 2e-15) << x;
  EXPECT_EQ(exp2(0.0), 1.0);
  EXPECT_EQ(exp2(-1.0), 0.5);
  EXPECT_EQ(exp2(-2000.0), 0.0);
}

TEST(Math, SmoothMaxIsTheSixthRootOfTheSum) {
  EXPECT_NEAR(smooth_max(3, 4), std::pow(std::pow(3.0, 6) + std::pow(4.0, 6), 1.0 / 6), 1e-14);
  EXPECT_EQ(smooth_max(5, 0), 5);
  EXPECT_EQ(smooth_max(0, 0), 0);
  EXPECT_NEAR(smooth_max(2, 2), 2 * std::pow(2.0, 1.0 / 6), 1e-14);
}

TEST(Math, NormalCdf) {
  EXPECT_DOUBLE_EQ(normal_cdf(0), 0.5);
  EXPECT_NEAR(normal_cdf(1.2815515655446004), 0.9, 1e-12);
  EXPECT_NEAR(normal_cdf(-3), 0.5 * std::erfc(3 / std::sqrt(2.0)), 1e-13);
}

}  // namespace
}  // namespace shardplan
