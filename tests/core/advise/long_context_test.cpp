#include "advise/long_context.h"

#include <gtest/gtest.h>

#include "core/advise/problem.h"

namespace shardplan::advise {
namespace {

constexpr ContextWay kNone = {1, spec::ContextParallel::kRing};

std::vector<WayAt> ladder_of(const estimate::Context& c, const ContextWay& way) {
  std::vector<WayAt> out;
  for (int seq : sequence_ladder()) out.push_back(way_at(c, {}, kUsableBytes, way, seq));
  return out;
}

TEST(ContextWays, OneWithoutAndThreeForEachDegree) {
  EXPECT_EQ(context_ways(estimate::Context(problem("llama-3.1-8b", 8)), {}).size(), 1u + 3 * 3);
  search::Limits limits;
  limits.cp = {4};
  limits.cp_comm = {spec::ContextParallel::kAllToAll};
  EXPECT_EQ(context_ways(estimate::Context(problem("llama-3.1-8b", 8)), limits).size(), 1u);
}

TEST(SequenceLadder, DoublesToAMillion) {
  const auto ladder = sequence_ladder();
  EXPECT_EQ(ladder.front(), kShortestSequence);
  EXPECT_EQ(ladder.back(), kLongestSequence);
}

TEST(LongestSequence, MoreContextParallelismReachesFurther) {
  estimate::Problem p = problem("llama-3.1-8b", 32);
  p.training.gbs = 4;
  const estimate::Context c(p);
  const ContextWay ring = {8, spec::ContextParallel::kRing};
  const int without = longest_sequence(c, {}, kUsableBytes, kNone, ladder_of(c, kNone));
  const int with = longest_sequence(c, {}, kUsableBytes, ring, ladder_of(c, ring));
  EXPECT_GT(without, 0);
  EXPECT_GT(with, without);
  const WayAt at = way_at(c, {}, kUsableBytes, kNone, without);
  ASSERT_TRUE(at.found);
  EXPECT_TRUE(at.found->outcome.fits());
}

TEST(LongestSequence, NoneWhereTheStateAloneDoesNotFit) {
  estimate::Problem p = problem("llama-3.1-70b", 8);
  p.training.gbs = 1;
  const estimate::Context c(p);
  EXPECT_EQ(longest_sequence(c, {}, kUsableBytes, kNone, ladder_of(c, kNone)), 0);
}

TEST(WayAt, SaysWhichRuleForbidsIt) {
  estimate::Problem p = problem("llama-3.1-8b", 64);  // 8 key/value heads
  const estimate::Context c(p);
  const WayAt at = way_at(c, {}, kUsableBytes, {64, spec::ContextParallel::kAllToAll}, 65536);
  EXPECT_FALSE(at.found);
  EXPECT_EQ(at.rejected_by, search::Rejection::kCpHeads);
}

}  // namespace
}  // namespace shardplan::advise
