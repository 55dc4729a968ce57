#include "advise/overlap.h"

#include <gtest/gtest.h>

#include "core/advise/problem.h"

namespace shardplan::advise {
namespace {

TEST(Overlaps, LieBetweenNothingAndAllHidden) {
  const estimate::Context c(problem());
  const OverlapReport r = overlaps(c, strategy());
  ASSERT_EQ(r.kinds.size(), 3u);  // TP, PP, DP
  for (const Overlap& o : r.kinds) {
    EXPECT_GE(o.step_off_s, r.step_s);
    EXPECT_LE(o.step_hidden_s, r.step_s);
    EXPECT_GE(o.total_s, o.exposed_s);
  }
  EXPECT_GE(r.step_off_s, r.kinds.front().step_off_s);
  EXPECT_LE(r.step_hidden_s, r.kinds.front().step_hidden_s);
}

TEST(Overlaps, AllToAllContextParallelismCannotBeHidden) {
  const estimate::Context c(problem());
  spec::Strategy s = strategy();
  s.pp = 4;
  s.cp = 2;
  s.cp_comm = spec::ContextParallel::kAllToAll;
  for (const Overlap& o : overlaps(c, s).kinds)
    if (o.traffic == Traffic::kCp) {
      EXPECT_EQ(o.step_hidden_s, o.step_off_s);
    }
}

TEST(Overlaps, WithoutPrefetchFsdpWaitsForAllItsTraffic) {
  const estimate::Context c(problem("llama-3.1-8b", 8));
  spec::Strategy s;
  s.dp = 8;
  s.gbs = 128;
  s.sharding = spec::Sharding::kFsdp;
  const OverlapReport r = overlaps(c, s);
  ASSERT_EQ(r.kinds.size(), 1u);
  const Overlap& dp = r.kinds.front();
  EXPECT_EQ(dp.traffic, Traffic::kDp);
  const estimate::StepTime off = estimate::step_time(estimate::Context(without_overlap(c.problem, Traffic::kDp)), s);
  EXPECT_NEAR(off.dp_s, off.dp_total_s, 1e-9 * off.dp_s);
  EXPECT_GT(dp.step_off_s, r.step_s);
}

TEST(OverlapSettings, EveryKindOfTheMegatronStackHasOne) {
  for (int i = 0; i < kTraffics; ++i) EXPECT_FALSE(overlap_settings(static_cast<Traffic>(i), "megatron").empty()) << i;
  EXPECT_TRUE(overlap_settings(Traffic::kTp, "").empty());
}

}  // namespace
}  // namespace shardplan::advise
