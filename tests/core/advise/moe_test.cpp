#include "advise/moe.h"

#include <gtest/gtest.h>

#include "core/advise/problem.h"

namespace shardplan::advise {
namespace {

spec::Strategy expert_parallel() {
  spec::Strategy s;
  s.dp = 64;
  s.ep = 8;
  s.gbs = 128;
  return s;
}

TEST(Foldings, BestFirstAndTheBestIsTheSearchs) {
  const estimate::Context c(problem("mixtral-8x7b"));
  const auto all = foldings(c, {}, kUsableBytes);
  ASSERT_GT(all.size(), 4u);
  const auto best = best_of(c, {}, kUsableBytes);
  EXPECT_DOUBLE_EQ(all.front().found.outcome.time.step_time_s, best->outcome.time.step_time_s);
  for (const Folding& f : all) {
    EXPECT_EQ(f.found.strategy.tp, f.tp);
    EXPECT_EQ(f.found.strategy.ep, f.ep);
    EXPECT_EQ(f.found.strategy.etp, f.etp);
  }
}

TEST(Foldings, StayInsideTheLimits) {
  const estimate::Context c(problem("mixtral-8x7b"));
  search::Limits limits;
  limits.ep = {8};
  limits.etp = {1};
  for (const Folding& f : foldings(c, limits, kUsableBytes)) {
    EXPECT_EQ(f.ep, 8);
    EXPECT_EQ(f.etp, 1);
  }
}

TEST(Imbalance, CostsTimeAndMemory) {
  const estimate::Context c(problem("mixtral-8x7b"));
  const Imbalanced even = with_imbalance(c, expert_parallel(), {}, kUsableBytes, 1, {});
  const Imbalanced uneven = with_imbalance(c, expert_parallel(), {}, kUsableBytes, 1.5, {});
  EXPECT_GT(uneven.same.time.step_time_s, even.same.time.step_time_s);
  EXPECT_GT(uneven.same.reserved_bytes, even.same.reserved_bytes);
  EXPECT_GT(uneven.same.time.ep_total_s, even.same.time.ep_total_s);
}

TEST(Imbalance, TheBestThenIsThatOfASearchOfItsOwn) {
  estimate::Problem p = problem("mixtral-8x7b");
  const estimate::Context c(p);
  const Imbalanced uneven = with_imbalance(c, expert_parallel(), {}, kUsableBytes, 2, foldings(c, {}, kUsableBytes));
  p.training.expert_imbalance = 2;
  const auto own = best_of(estimate::Context(p), {}, kUsableBytes);
  ASSERT_TRUE(uneven.best && own);
  EXPECT_DOUBLE_EQ(uneven.best->outcome.time.step_time_s, own->outcome.time.step_time_s);
}

TEST(Without, TheNodeLimitTokensTravelFurther) {
  estimate::Problem p = problem("deepseek-v3", 512);
  spec::Strategy s;
  s.dp = 64;
  s.pp = 8;
  s.ep = 64;
  s.gbs = 128;
  const auto time = [&](const estimate::Problem& x) { return estimate::step_time(estimate::Context(x), s); };
  EXPECT_GT(time(without_group_limit(p)).ep_total_s, time(p).ep_total_s);
  EXPECT_LT(time(without_shared_experts(p)).forward_s, time(p).forward_s);
}

}  // namespace
}  // namespace shardplan::advise
