#include "advise/nearest.h"

#include <gtest/gtest.h>

#include "core/advise/problem.h"
#include "search/violations.h"

namespace shardplan::advise {
namespace {

TEST(NearestLegal, ALegalStrategyIsNearestToItself) {
  const estimate::Context c(problem());
  const auto near = nearest_legal(c, strategy(), false, 3);
  ASSERT_EQ(near.size(), 3u);
  EXPECT_EQ(near.front(), strategy());
}

TEST(NearestLegal, DegreesGoToTheirNeighbours) {
  const estimate::Context c(problem());
  spec::Strategy s = strategy();
  s.tp = 3;  // 64 heads
  s.pp = 10;
  const auto near = nearest_legal(c, s, false, 3);
  ASSERT_FALSE(near.empty());
  for (const spec::Strategy& n : near) EXPECT_TRUE(search::violations(c, n, false).empty());
  EXPECT_TRUE(near.front().tp == 2 || near.front().tp == 4);
  EXPECT_EQ(near.front().pp, 8);
}

TEST(NearestLegal, MendsWhatTheSoftwareDoesNotCombine) {
  const estimate::Context c(problem());
  spec::Strategy s = strategy();
  s.sharding = spec::Sharding::kZero3;
  s.schedule = spec::Schedule::kDualPipe;
  const auto near = nearest_legal(c, s, false, 1);
  ASSERT_EQ(near.size(), 1u);
  EXPECT_EQ(near.front().tp, 4);
  EXPECT_EQ(near.front().pp, 8);
  EXPECT_TRUE(search::violations(c, near.front(), false).empty());
}

}  // namespace
}  // namespace shardplan::advise
