#include "advise/rlhf.h"

#include <gtest/gtest.h>

namespace shardplan::advise {
namespace {

TEST(Rlhf, OnlyPpoTrainsACritic) {
  using enum RlAlgorithm;
  for (RlAlgorithm a : {kPpo, kGrpo, kRloo, kReinforce, kDpo, kIpo, kKto, kOrpo, kSimpo}) {
    EXPECT_EQ(traits_of(a).algorithm, a);
    EXPECT_EQ(traits_of(a).critic, a == kPpo);
    EXPECT_EQ(traits_of(a).online, traits_of(a).reward);
  }
}

TEST(Rlhf, APhaseHoldsWhatStaysAndItsOwn) {
  RlMemory m{.actor_states = 40,
             .critic_states = 10,
             .reference = 5,
             .reward = 2,
             .actor_working = 8,
             .critic_working = 4,
             .scoring = 3,
             .rollout_overhead = 1,
             .rollout_weights = 9,
             .rollout_cache = 6};
  const RlPeaks p = peaks_of(m);
  EXPECT_EQ(p.generation, 58 + 15);
  EXPECT_EQ(p.scoring, 58 + 3);
  EXPECT_EQ(p.update, 58 + 8);
  EXPECT_EQ(p.highest(), 73);
  m.rollout_weights = m.rollout_cache = 0;
  EXPECT_EQ(peaks_of(m).highest(), 66);
}

TEST(Rlhf, RolloutsOfTheirOwnHideBehindTheUpdate) {
  const RlTime t{.rollout_s = 30, .sync_s = 1, .reward_s = 2, .actor_update_s = 12};
  EXPECT_EQ(t.iteration_s(), 45);
  EXPECT_EQ(t.one_step_off_policy_s(), 30);
}

}  // namespace
}  // namespace shardplan::advise
