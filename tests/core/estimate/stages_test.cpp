#include "estimate/stages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shardplan::estimate {
namespace {

using ::testing::ElementsAre;

TEST(Stages, EvenWhereLayersDivide) { EXPECT_THAT(default_stages(80, 4, 5), ElementsAre(20, 20, 20, 20)); }

TEST(Stages, EmbeddingAndHeadTakeASlotEach) { EXPECT_THAT(default_stages(126, 4, 1), ElementsAre(31, 32, 32, 31)); }

TEST(Stages, TheHeadAloneTakesTheLastSlot) { EXPECT_THAT(default_stages(61, 2, 1), ElementsAre(31, 30)); }

TEST(Stages, VirtualStagesDoNotHoldParts) { EXPECT_TRUE(default_stages(80, 4, 7).empty()); }

// nanotron's own rule on 16 layers with a head as heavy as four: a stage is full with the block that passes its share.
TEST(Stages, ByCumulativeWork) {
  const Stages s = stages_by_cumulative_work(16, 8, 4);
  EXPECT_THAT(s.layers, ElementsAre(3, 3, 2, 3, 2, 3, 0, 0));
  EXPECT_EQ(s.head, 6);
}

TEST(Stages, ByCumulativeWorkWithALightHeadIsEven) {
  const Stages s = stages_by_cumulative_work(32, 2, 0.5);
  EXPECT_THAT(s.layers, ElementsAre(17, 15));
  EXPECT_EQ(s.head, 1);
}

}  // namespace
}  // namespace shardplan::estimate
