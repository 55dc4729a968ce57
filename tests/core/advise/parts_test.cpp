#include "advise/parts.h"

#include <gtest/gtest.h>

#include "core/advise/problem.h"

namespace shardplan::advise {
namespace {

TEST(Parts, SumToTheStepAndToTheirLimits) {
  estimate::Problem p = problem();
  p.adjustment.step_time = 1.3;  // of a calibration
  const estimate::Context c(p);
  const estimate::StepTime t = estimate::step_time(c, strategy());
  const auto parts = parts_of(c, strategy(), t);
  double sum = 0, of_limits = 0;
  for (const Part& part : parts) sum += part.seconds;
  for (const LimitTime& limit : limits_of(parts)) of_limits += limit.seconds;
  EXPECT_NEAR(sum, t.step_time_s, 1e-9 * t.step_time_s);
  EXPECT_NEAR(of_limits, t.step_time_s, 1e-9 * t.step_time_s);
}

TEST(Parts, LargestFirstAndNoneOfNoTime) {
  const estimate::Context c(problem());
  const auto parts = parts_of(c, strategy(), estimate::step_time(c, strategy()));
  ASSERT_FALSE(parts.empty());
  EXPECT_STREQ(parts.front().id, "matrix_products");
  for (size_t i = 1; i < parts.size(); ++i) EXPECT_GE(parts[i - 1].seconds, parts[i].seconds);
  EXPECT_GT(parts.back().seconds, 0);
}

TEST(Parts, ExpertTrafficHasALimitOfItsOwn) {
  const estimate::Context c(problem("mixtral-8x7b", 16));
  spec::Strategy s;
  s.dp = 16;
  s.ep = 8;
  s.gbs = 128;
  const auto limits = limits_of(parts_of(c, s, estimate::step_time(c, s)));
  EXPECT_TRUE(std::any_of(limits.begin(), limits.end(), [](const LimitTime& l) { return l.limit == Limit::kEp; }));
}

}  // namespace
}  // namespace shardplan::advise
