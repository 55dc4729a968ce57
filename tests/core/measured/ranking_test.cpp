#include "measured/ranking.h"

#include <gtest/gtest.h>

namespace shardplan::measured {
namespace {

TEST(Ranking, RegretIsWhatTheChosenOneLoses) {
  // The second is measured best; the first is predicted best and 20 % slower.
  const RankingSummary s = rank({{"a", 1.0, 1.2}, {"a", 1.1, 1.0}, {"a", 3.0, 2.0}});
  EXPECT_EQ(s.groups, 1);
  EXPECT_EQ(s.configurations, 3);
  EXPECT_DOUBLE_EQ(s.best_first_pct, 0);
  EXPECT_DOUBLE_EQ(s.best_in_three_pct, 100);
  EXPECT_NEAR(s.mean_regret_pct, 20, 1e-9);
}

TEST(Ranking, GroupsDoNotMixAndSinglesDoNotCount) {
  const RankingSummary s = rank({{"a", 1, 1}, {"a", 2, 2}, {"b", 1, 5}, {"", 1, 1}, {"", 2, 1}});
  EXPECT_EQ(s.groups, 1);
  EXPECT_DOUBLE_EQ(s.best_first_pct, 100);
  EXPECT_DOUBLE_EQ(s.mean_regret_pct, 0);
}

}  // namespace
}  // namespace shardplan::measured
