#include "advise/frontier.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

namespace shardplan::advise {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Frontier, LeavesOutWhatAnotherBeats) {
  EXPECT_THAT(frontier({{3, 5}, {1, 1}, {2, 4}, {2, 3}, {4, 5}}), ElementsAre(1, 2, 0));
  EXPECT_THAT(frontier({}), IsEmpty());
}

TEST(Frontier, KeepsTheFirstOfEqualPoints) { EXPECT_THAT(frontier({{1, 1}, {1, 1}}), ElementsAre(0)); }

TEST(Knee, IsWhereMoreCostBeginsToBuyLess) {
  const std::vector<Point> points = {{1, 10}, {2, 80}, {3, 90}, {8, 100}};
  EXPECT_EQ(knee(points, frontier(points)), 1u);
}

TEST(Knee, OfTwoPointsIsTheBetterDeal) {
  const std::vector<Point> points = {{1, 10}, {2, 15}};
  EXPECT_EQ(knee(points, frontier(points)), 0u);
}

TEST(Knee, OfAStraightLineIsTheBestDealOfIt) {
  const std::vector<Point> points = {{1, 10}, {2, 11}, {3, 12}};
  EXPECT_EQ(knee(points, frontier(points)), 0u);
}

RC_GTEST_PROP(FrontierProperty, EveryPointIsOnItOrBeaten, ()) {
  std::vector<Point> points;
  const int n = *rc::gen::inRange(1, 30);
  for (int i = 0; i < n; ++i) points.push_back({double(*rc::gen::inRange(0, 9)), double(*rc::gen::inRange(0, 9))});
  const std::vector<size_t> front = frontier(points);
  for (size_t i = 0; i < points.size(); ++i) {
    bool beaten = false, equalled = false;
    for (size_t j = 0; j < points.size(); ++j) {
      const bool no_worse = points[j].cost <= points[i].cost && points[j].gain >= points[i].gain;
      const bool equal = points[j].cost == points[i].cost && points[j].gain == points[i].gain;
      beaten = beaten || (no_worse && !equal);
      equalled = equalled || (equal && j < i);
    }
    const bool on_it = std::find(front.begin(), front.end(), i) != front.end();
    RC_ASSERT(on_it == (!beaten && !equalled));
  }
  RC_ASSERT(std::find(front.begin(), front.end(), knee(points, front)) != front.end());
}

}  // namespace
}  // namespace shardplan::advise
