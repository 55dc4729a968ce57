#include "api/scaling_curve.h"

#include <gmock/gmock.h>

namespace shardplan::api {
namespace {

using ::testing::DoubleNear;
using ::testing::HasSubstr;

// A plan whose step is compute and a bubble; a token's worth of work for every GPU-second of compute.
SizedPlan sized(int gpus, double compute_s, double bubble_s, bool fits = true) {
  Plan p;
  p.gpus = gpus;
  p.fits = fits;
  p.time.forward_s = compute_s;
  p.time.bubble_s = bubble_s;
  p.time.step_time_s = compute_s + bubble_s;
  p.tokens_per_s = gpus * compute_s / p.time.step_time_s;
  p.tokens_per_s_per_gpu = p.tokens_per_s / gpus;
  p.confidence.step_time_s = {0.9 * p.time.step_time_s, 1.1 * p.time.step_time_s};
  return {gpus, 64, p, ""};
}

TEST(ScalingCurve, EfficiencyIsAgainstTheFastestGpus) {
  const ScalingCurve c = curve_of({sized(8, 1, 0.25), sized(16, 1, 0), sized(32, 1, 1)}, 0.8, 0.05);
  EXPECT_THAT(c.points[0].efficiency, DoubleNear(0.8, 1e-12));
  EXPECT_THAT(c.points[1].efficiency, DoubleNear(1, 1e-12));
  EXPECT_THAT(c.points[2].efficiency, DoubleNear(0.5, 1e-12));
  EXPECT_EQ(c.efficient_up_to_gpus, 16);
  EXPECT_THAT(c.points[2].speedup, DoubleNear(16 / 6.4, 1e-12));
}

TEST(ScalingCurve, NamesTheBendAndWhatGrew) {
  const ScalingCurve c = curve_of({sized(8, 1, 0), sized(16, 1, 0.02), sized(32, 1, 0.5)}, 0.8, 0.05);
  EXPECT_EQ(c.bends_at_gpus, 32);
  ASSERT_EQ(c.points[2].lost_to.size(), 1U);
  EXPECT_EQ(c.points[2].lost_to[0].part, "bubble");
  EXPECT_THAT(c.points[2].lost_to[0].pct, DoubleNear(100 * 0.48 / 1.02, 1e-9));
  EXPECT_THAT(c.why, HasSubstr("From 16 to 32 GPUs"));
}

TEST(ScalingCurve, PassesOverSizesThatDoNotFit) {
  const ScalingCurve c =
      curve_of({{8, 64, std::nullopt, "No."}, sized(16, 1, 0, false), sized(32, 1, 0), sized(64, 1, 0)}, 0.8, 0.05);
  EXPECT_EQ(c.points[0].reason, "No.");
  EXPECT_FALSE(c.points[1].fits);
  EXPECT_EQ(c.points[1].efficiency, 0);
  EXPECT_EQ(c.points[3].speedup, 2);
  EXPECT_FALSE(c.bends_at_gpus.has_value());
}

TEST(ScalingCurve, NothingFits) {
  const ScalingCurve c = curve_of({sized(8, 1, 0, false)}, 0.8, 0.05);
  EXPECT_EQ(c.efficient_up_to_gpus, 0);
  EXPECT_THAT(c.why, HasSubstr("Nothing fits"));
}

}  // namespace
}  // namespace shardplan::api
