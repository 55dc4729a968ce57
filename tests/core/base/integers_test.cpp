#include "base/integers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace shardplan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Integers, RoundUp) {
  EXPECT_EQ(ceil_div(7, 2), 4);
  EXPECT_EQ(ceil_div(8, 2), 4);
  EXPECT_EQ(round_up(50257, 128), 50304);
  EXPECT_EQ(round_up(128, 128), 128);
}

TEST(Integers, NothingDividesByZero) {
  EXPECT_TRUE(divides(4, 12));
  EXPECT_TRUE(divides(4, 0));
  EXPECT_FALSE(divides(5, 12));
  EXPECT_FALSE(divides(0, 12));
}

TEST(Integers, DivisorsAscend) {
  EXPECT_THAT(divisors(1), ElementsAre(1));
  EXPECT_THAT(divisors(36), ElementsAre(1, 2, 3, 4, 6, 9, 12, 18, 36));
  EXPECT_THAT(divisors(16381), ElementsAre(1, 16381));
}

TEST(Integers, NeighbouringDivisorsLieOnBothSides) {
  EXPECT_THAT(neighbouring_divisors(64, 3), ElementsAre(2, 4));
  EXPECT_THAT(neighbouring_divisors(64, 4), ElementsAre(2, 8));
  EXPECT_THAT(neighbouring_divisors(64, 100), ElementsAre(64));
  EXPECT_THAT(neighbouring_divisors(64, 1), ElementsAre(2));
  EXPECT_THAT(neighbouring_divisors(1, 1), IsEmpty());
}

RC_GTEST_PROP(IntegersProperty, DivisorsAreAllThatDivide, ()) {
  const int64_t n = *rc::gen::inRange<int64_t>(1, 20000);
  std::vector<int64_t> slow;
  for (int64_t d = 1; d <= n; ++d)
    if (divides(d, n)) slow.push_back(d);
  RC_ASSERT(divisors(n) == slow);
}

}  // namespace
}  // namespace shardplan
