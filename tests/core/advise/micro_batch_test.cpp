#include "advise/micro_batch.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "core/advise/problem.h"

namespace shardplan::advise {
namespace {

using spec::Schedule;
using spec::Strategy;

Strategy strategy(int tp, int pp, int dp, int gbs) {
  Strategy s;
  s.tp = tp;
  s.sp = tp > 1;
  s.pp = pp;
  s.dp = dp;
  s.gbs = gbs;
  return s;
}

TEST(MicroBatch, TheGlobalBatchFollowsToTheNearestThatDivides) {
  EXPECT_EQ(with_micro_batch(strategy(1, 1, 4, 128), 3).gbs, 132);
  EXPECT_EQ(with_micro_batch(strategy(1, 1, 4, 128), 2).gbs, 128);
}

TEST(MicroBatch, APipelineIsFilled) {
  EXPECT_EQ(with_micro_batch(strategy(1, 8, 2, 4), 1).gbs, 16);
  Strategy s = strategy(1, 4, 1, 6);
  s.schedule = Schedule::kInterleaved;
  s.vpp = 2;
  EXPECT_EQ(with_micro_batch(s, 1).gbs, 8);
  s.schedule = Schedule::kDualPipe;
  EXPECT_EQ(with_micro_batch(s, 1).gbs, 8);
  EXPECT_EQ(with_microbatches(s, 9).gbs, 10);
}

TEST(MicroBatch, TheLargestFitsAndOneMoreDoesNot) {
  const estimate::Context c(problem("llama-3.1-8b", 8));
  for (const Strategy& s : {strategy(1, 1, 8, 64), strategy(2, 1, 4, 64), strategy(2, 2, 2, 64)}) {
    const int mbs = largest_micro_batch(c, s, 76 * kGib);
    if (mbs > 0) EXPECT_LE(reserved_bytes(c, with_micro_batch(s, mbs)), 76 * kGib);
    EXPECT_GT(reserved_bytes(c, with_micro_batch(s, mbs + 1)), 76 * kGib);
  }
}

TEST(MicroBatch, IsNoneWhereOneSequenceDoesNotFit) {
  const estimate::Context c(problem("llama-3.1-70b", 8));
  EXPECT_EQ(largest_micro_batch(c, strategy(8, 1, 1, 8), 76 * kGib), 0);
}

TEST(MicroBatch, GpipeHoldsOnlySoMany) {
  const estimate::Context c(problem("llama-3.1-8b", 8));
  Strategy s = strategy(2, 4, 1, 64);
  s.schedule = Schedule::kGpipe;
  s.recompute.mode = spec::RecomputeMode::kFull;
  const int most = most_microbatches(c, s, 40 * kGib);
  EXPECT_GT(most, 4);
  EXPECT_LE(reserved_bytes(c, with_microbatches(s, most)), 40 * kGib);
  EXPECT_GT(reserved_bytes(c, with_microbatches(s, most + 1)), 40 * kGib);
}

}  // namespace
}  // namespace shardplan::advise
