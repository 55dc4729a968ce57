#include "advise/neighbours.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/advise/problem.h"

namespace shardplan::advise {
namespace {

bool any(const std::vector<Neighbour>& all, bool (*is_it)(const Neighbour&)) {
  return std::any_of(all.begin(), all.end(), is_it);
}

TEST(Neighbours, KeepTheGpus) {
  const estimate::Context c(problem());
  for (const Neighbour& n : neighbours(c, strategy(), false)) EXPECT_EQ(spec::world_size(n.strategy), 64);
}

TEST(Neighbours, MoveAFactorFromOneDegreeToAnother) {
  const estimate::Context c(problem());
  const auto all = neighbours(c, strategy(), false);
  EXPECT_TRUE(any(all, [](const Neighbour& n) {
    return n.axis == Axis::kTp && n.giver == Axis::kDp && n.strategy.tp == 8 && n.strategy.dp == 1;
  }));
  EXPECT_TRUE(any(all, [](const Neighbour& n) {
    return n.axis == Axis::kDp && n.giver == Axis::kPp && n.strategy.pp == 4 && n.strategy.dp == 4;
  }));
}

TEST(Neighbours, LeaveTheDomainOnlyWhenAllowed) {
  const estimate::Context c(problem());
  spec::Strategy s = strategy();
  s.tp = 8;
  s.pp = 4;
  const auto wider = [](const Neighbour& n) { return n.strategy.tp == 16; };
  EXPECT_FALSE(any(neighbours(c, s, false), wider));
}

TEST(Neighbours, ChangeOneOfTheInnerAxes) {
  const estimate::Context c(problem());
  const auto all = neighbours(c, strategy(), false);
  EXPECT_TRUE(any(all, [](const Neighbour& n) { return n.axis == Axis::kVpp && n.strategy.vpp == 2; }));
  EXPECT_TRUE(any(all, [](const Neighbour& n) { return n.axis == Axis::kMbs && n.strategy.mbs == 2 && !n.lowered; }));
  EXPECT_TRUE(any(all, [](const Neighbour& n) {
    return n.axis == Axis::kRecompute && n.strategy.recompute.mode == spec::RecomputeMode::kFull;
  }));
  EXPECT_TRUE(any(all, [](const Neighbour& n) {
    return n.axis == Axis::kSharding && n.strategy.sharding == spec::Sharding::kZero0;
  }));
  EXPECT_TRUE(any(all, [](const Neighbour& n) { return n.axis == Axis::kSequenceParallel && !n.strategy.sp; }));
}

TEST(Neighbours, WhatDependsOnADegreeFollowsIt) {
  const estimate::Context c(problem());
  spec::Strategy s = strategy();
  s.mbs = 64;  // half of what DP 2 has of 128 sequences
  const auto all = neighbours(c, s, false);
  EXPECT_TRUE(any(all, [](const Neighbour& n) { return n.strategy.dp == 4 && n.strategy.mbs == 32; }));
  s = strategy();
  s.tp = 2;
  s.dp = 4;
  EXPECT_TRUE(any(neighbours(c, s, false), [](const Neighbour& n) { return n.strategy.tp == 1 && !n.strategy.sp; }));
}

TEST(Neighbours, ExpertsFollowTheRanks) {
  const estimate::Context c(problem("mixtral-8x7b", 16));
  spec::Strategy s;
  s.dp = 16;
  s.ep = 8;
  s.gbs = 128;
  const auto all = neighbours(c, s, false);
  EXPECT_TRUE(any(all, [](const Neighbour& n) { return n.axis == Axis::kEp && n.lowered && n.strategy.ep == 4; }));
  EXPECT_TRUE(any(all, [](const Neighbour& n) { return n.strategy.pp == 2 && n.strategy.ep == 8; }));
}

}  // namespace
}  // namespace shardplan::advise
