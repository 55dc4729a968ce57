#include "estimate/confidence.h"

#include <gtest/gtest.h>

#include "catalog/catalog.h"
#include "estimate/memory.h"
#include "estimate/step.h"
#include "json/presets.h"

namespace shardplan::estimate {
namespace {

Problem problem(int gpus) {
  static const catalog::Catalog c = *json::read_catalog(json::built_in_presets());
  Problem p;
  p.model = *catalog::find_model(c, "llama-3.1-70b", "")->model;
  p.cluster.accelerator = **catalog::find_accelerator(c, "h100", "");
  p.cluster.gpus = gpus;
  p.cluster.nic_gb_per_s = 50;
  p.training.seq_length = 8192;
  p.training.gbs = 128;
  p.stack = **catalog::find_stack(c, "megatron-core", "");
  p.generation = catalog::generation_of(c, p.cluster.accelerator);
  p.intervals = {.step_time_low = 0.9, .step_time_high = 1.1, .oom_middle = 0.9, .oom_slope = 20};
  return p;
}

spec::Strategy strategy(int dp) {
  spec::Strategy s;
  s.tp = 8;
  s.pp = 4;
  s.dp = dp;
  s.gbs = 128;
  return s;
}

TEST(Confidence, AnUnstatedNetworkWidensUpwards) {
  Problem p = problem(64);
  const Interval stated = step_time_interval(Context(p), strategy(2), 10);
  p.cluster.nic_is_assumed = true;
  const Interval assumed = step_time_interval(Context(p), strategy(2), 10);
  EXPECT_DOUBLE_EQ(stated.low, 9);
  EXPECT_DOUBLE_EQ(stated.high, 11);
  EXPECT_DOUBLE_EQ(assumed.low, stated.low);
  EXPECT_GE(assumed.high, stated.high);
}

TEST(Confidence, BeyondMeasuredClustersItGrows) {
  const Context c(problem(64));
  EXPECT_DOUBLE_EQ(step_time_interval(c, strategy(64), 10).high, 11);
  EXPECT_GT(step_time_interval(c, strategy(512), 10).high, 11);
}

TEST(Confidence, HalfFailAtTheMiddle) {
  const Context c(problem(64));
  const double capacity = capacity_bytes(c.problem.cluster);
  EXPECT_NEAR(oom_probability(c, 0.9 * capacity), 0.5, 1e-12);
  EXPECT_LT(oom_probability(c, 0.7 * capacity), 0.01);
  EXPECT_GT(oom_probability(c, 1.1 * capacity), 0.98);
}

TEST(Confidence, TheTableOfStartsFollowsTheProbability) {
  const Context c(problem(64));
  const StartsNeeded starts(c);
  const double capacity = capacity_bytes(c.problem.cluster);
  for (double share : {0.1, 0.5, 0.77, 0.85, 0.9, 0.95}) {
    const double exact = 1 / (1 - oom_probability(c, share * capacity));
    EXPECT_NEAR(starts.of(share * capacity) / exact, 1, 2e-3) << share;
  }
}

TEST(Confidence, AFactorOnTheStepScalesAllOfIt) {
  Problem p = problem(64);
  const StepTime plain = step_time(Context(p), strategy(2));
  p.adjustment.step_time = 1.5;
  const StepTime scaled = step_time(Context(p), strategy(2));
  EXPECT_NEAR(scaled.step_time_s, 1.5 * plain.step_time_s, 1e-9);
  EXPECT_NEAR(scaled.forward_s, 1.5 * plain.forward_s, 1e-9);
  EXPECT_NEAR(scaled.bubble_s, 1.5 * plain.bubble_s, 1e-9);
}

}  // namespace
}  // namespace shardplan::estimate
