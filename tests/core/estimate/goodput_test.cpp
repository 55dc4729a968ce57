#include "estimate/goodput.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace shardplan::estimate {
namespace {

constexpr double kHour = 3600;

spec::ReliabilityRecord run(int gpus, double days, double interruptions) {
  spec::ReliabilityRecord r;
  r.gpus = gpus;
  r.days = days;
  r.interruptions = interruptions;
  return r;
}

// Llama 3 report: 419 unexpected interruptions in 54 days, one in about three hours.
TEST(Goodput, RateOfARun) {
  const double hours = gpu_hours_per_interruption(run(16384, 54, 419));
  EXPECT_NEAR(hours / 16384, 3.09, 0.01);
}

TEST(Goodput, RateOfNodes) {
  spec::ReliabilityRecord r;
  r.gpus_per_node = 8;
  r.failures_per_1000_node_days = 6.5;
  // arXiv:2410.21680 projects 1.8 h for 16,384 GPUs from this rate.
  EXPECT_NEAR(gpu_hours_per_interruption(r) / 16384, 1.8, 0.01);
}

TEST(Goodput, PublishedRateIsTheGenerationsElseTheDefault) {
  auto a = run(100, 10, 1), b = run(100, 10, 2), c = run(100, 10, 4);
  a.represents = {"ampere"};
  b.represents = {"default"};
  const std::vector<spec::ReliabilityRecord> records = {a, b, c};
  EXPECT_EQ(published_rate(records, "ampere").gpu_hours, 24000);
  EXPECT_EQ(published_rate(records, "hopper").gpu_hours, 12000);
  EXPECT_EQ(published_rate(records, "hopper").least_gpu_hours, 6000);
  EXPECT_EQ(published_rate(records, "hopper").most_gpu_hours, 24000);
  EXPECT_EQ(published_rate({}, "hopper").record, nullptr);
}

TEST(Goodput, Intervals) {
  EXPECT_DOUBLE_EQ(young_interval_s(60, 3 * kHour), std::sqrt(2 * 60 * 3 * kHour));
  EXPECT_EQ(daly_interval_s(100, 50), 50);  // a stall of twice the mean time or more
  EXPECT_NEAR(daly_interval_s(1, 1e8) / young_interval_s(1, 1e8), 1, 1e-4);
}

TEST(Goodput, WithoutFailuresOnlyCheckpointsCost) {
  const Goodput g = goodput(1e15, 900, 100, 600);
  EXPECT_NEAR(g.training, 0.9, 1e-9);
  EXPECT_NEAR(g.checkpoints, 0.1, 1e-9);
  EXPECT_NEAR(g.redone, 0, 1e-9);
  EXPECT_NEAR(g.restarts, 0, 1e-9);
}

// The first order of Young: stall / interval + (interval / 2 + restart) / mean time.
TEST(Goodput, SmallLossesAddUp) {
  const double m = 1e6, t = 1e4, d = 50, r = 300;
  EXPECT_NEAR(1 / goodput(m, t, d, r).training - 1, d / t + (t / 2 + r) / m, 1e-4);
}

TEST(Goodput, Spares) {
  EXPECT_EQ(spares_needed(0, 0.99), 0);
  EXPECT_EQ(spares_needed(1, 0.99), 4);  // P(Poisson(1) <= 3) = 0.981, <= 4: 0.996
}

RC_GTEST_PROP(GoodputProperty, SharesSumToOne, ()) {
  const double m = *rc::gen::inRange(600, 10000000), t = *rc::gen::inRange(10, 20000), d = *rc::gen::inRange(1, 1000),
               r = *rc::gen::inRange(0, 3600);
  const Goodput g = goodput(m, t, d, r);
  RC_ASSERT(std::abs(g.training + g.checkpoints + g.redone + g.restarts - 1) < 1e-9);
  RC_ASSERT(g.training > 0 && g.training < 1);
}

RC_GTEST_PROP(GoodputProperty, LessOfWhatCostsIsBetter, ()) {
  const double m = *rc::gen::inRange(3600, 10000000), t = *rc::gen::inRange(60, 20000), d = *rc::gen::inRange(1, 1000),
               r = *rc::gen::inRange(10, 3600);
  const double now = goodput(m, t, d, r).training;
  RC_ASSERT(goodput(2 * m, t, d, r).training > now);
  RC_ASSERT(goodput(m, t, d / 2, r).training > now);
  RC_ASSERT(goodput(m, t, d, r / 2).training > now);
}

RC_GTEST_PROP(GoodputProperty, DalysIntervalIsTheBest, ()) {
  const double m = *rc::gen::inRange(3600, 1000000), d = *rc::gen::inRange(1, 300), r = 600;
  RC_PRE(d < m / 20);  // the series' range
  const double best = goodput(m, daly_interval_s(d, m), d, r).training;
  for (double factor : {0.5, 0.8, 1.25, 2.0})
    RC_ASSERT(goodput(m, factor * daly_interval_s(d, m), d, r).training <= best + 1e-9);
}

}  // namespace
}  // namespace shardplan::estimate
