#include "advise/levers.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/advise/problem.h"

namespace shardplan::advise {
namespace {

const Lever& of(const std::vector<Lever>& all, Resource r) {
  return *std::find_if(all.begin(), all.end(), [&](const Lever& l) { return l.resource == r; });
}

TEST(Levers, ComputeIsWorthMostToADensePlanInsideItsDomain) {
  const estimate::Context c(problem());
  const auto all = levers(c, strategy());
  EXPECT_EQ(all.front().resource, Resource::kPeakFlops);
  EXPECT_GT(all.front().elasticity, 0.5);
  EXPECT_LE(all.front().elasticity, 1);
  double sum = 0;
  for (const Lever& l : all) {
    EXPECT_GE(l.elasticity, 0);
    EXPECT_LE(l.double_s, l.more_s);
    EXPECT_LE(l.more_s, l.step_s);
    sum += l.elasticity;
  }
  EXPECT_LE(sum, 1.02);  // a step does not wait for more than all of itself
}

TEST(Levers, TheNetworkIsWorthNothingInsideOneNode) {
  estimate::Problem p = problem("llama-3.1-8b", 8);
  p.cluster.nic_gb_per_s = 0;
  spec::Strategy s;
  s.dp = 8;
  s.gbs = 128;
  const auto all = levers(estimate::Context(p), s);
  EXPECT_TRUE(std::none_of(all.begin(), all.end(), [](const Lever& l) { return l.resource == Resource::kNetwork; }));
  EXPECT_GT(of(all, Resource::kScaleup).amount, 0);
}

TEST(MemoryLever, MoreMemoryNeverMakesTheBestPlanSlower) {
  const estimate::Context c(problem());
  const MemoryLever lever = memory_lever(c, {}, kUsableBytes);
  ASSERT_TRUE(lever.now && lever.more && lever.twice);
  EXPECT_TRUE(lever.now->outcome.fits());
  EXPECT_LE(lever.twice->outcome.time.step_time_s, lever.now->outcome.time.step_time_s);
}

TEST(MemoryLever, OneSearchFindsWhatThreeFind) {
  for (const char* model : {"llama-3.1-70b", "mixtral-8x22b", "llama-3.1-405b"}) {
    const estimate::Problem p = problem(model);
    const MemoryLever lever = memory_lever(estimate::Context(p), {}, kUsableBytes);
    const auto same = [&](const std::optional<Found>& found, double factor) {
      const auto own = best_of(estimate::Context(with_memory(p, factor)), {}, kUsableBytes * factor);
      ASSERT_TRUE(found && own);
      EXPECT_EQ(found->outcome.fits(), own->outcome.fits());
      EXPECT_DOUBLE_EQ(found->outcome.over_bytes, own->outcome.over_bytes) << model << factor;
      // Of those that are equally near to fitting the faster one.
      if (!own->outcome.fits()) {
        EXPECT_LE(found->outcome.time.step_time_s, own->outcome.time.step_time_s) << model << factor;
      } else {
        EXPECT_DOUBLE_EQ(found->outcome.time.step_time_s, own->outcome.time.step_time_s) << model << factor;
      }
    };
    same(lever.now, 1);
    same(lever.more, 1 + kSmallStep);
    same(lever.twice, 2);
  }
}

TEST(Variants, AreNothingWhereTheyAreIllegal) {
  const estimate::Context c(problem());
  EXPECT_TRUE(with_batch(c, strategy(), 64, false));
  EXPECT_FALSE(with_batch(c, strategy(), 3, false));
  EXPECT_TRUE(with_sequence(c, strategy(), 4096, false));
  EXPECT_FALSE(with_sequence(c, strategy(), 4097, false));
}

TEST(Swings, LongestBarFirstAndEachWithAnEnd) {
  const estimate::Context c(problem());
  const auto all = swings(c, strategy(), kUsableBytes, false);
  ASSERT_GT(all.size(), 6u);
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(all[i].low || all[i].high);
    if (all[i].low) {
      EXPECT_LT(all[i].low->value, all[i].value);
    }
    if (all[i].high) {
      EXPECT_GT(all[i].high->value, all[i].value);
    }
    if (i > 0) {
      EXPECT_GE(all[i - 1].largest, all[i].largest);
    }
  }
}

}  // namespace
}  // namespace shardplan::advise
