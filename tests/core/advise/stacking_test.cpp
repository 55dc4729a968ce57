#include "advise/stacking.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "base/units.h"
#include "core/advise/problem.h"

namespace shardplan::advise {
namespace {

std::vector<Technique> all_techniques() {
  std::vector<Technique> all;
  for (int i = 0; i < kTechniques; ++i) all.push_back(technique_of(i));
  return all;
}

Switches plain(const estimate::Problem& p) {
  spec::Strategy s = strategy();
  s.sp = false;
  s.sharding = spec::Sharding::kZero0;
  Switches x = switches_of(p, s);
  x.cuda_graphs = spec::CudaGraphs::kNone;
  x.tp_overlap = false;
  return x;
}

StackLimits limits(int difficulty, std::vector<Technique> techniques = all_techniques()) {
  return {difficulty,
          std::move(techniques),
          {{spec::Optimizer::kAdamW, spec::Optimizer::kAdamW8Bit}},
          spec::Objective::kThroughput};
}

TEST(Stacking, MakesAPlanBetterWithinTheDifficulty) {
  const estimate::Problem p = problem();
  Estimator e(p, kUsableBytes, false);
  const Switches baseline = plain(p);
  double before = 1e9;
  for (int difficulty : {1, 2, 3}) {
    const Switches stack = best_stack(e, limits(difficulty), baseline);
    const auto outcome = e.of(stack);
    ASSERT_TRUE(outcome && outcome->fits());
    EXPECT_LE(outcome->time.step_time_s, before * 1.02);
    before = outcome->time.step_time_s;
    for (Technique t : all_techniques()) {
      if (same(t, baseline, stack)) continue;
      EXPECT_LE(effort_of(t, stack).difficulty, difficulty) << name_of(t);
    }
  }
}

TEST(Stacking, NoSingleChangeMakesTheResultBetter) {
  const estimate::Problem p = problem("llama-3.1-8b", 16);
  Estimator e(p, kUsableBytes, false);
  spec::Strategy s;
  s.dp = 16;
  s.gbs = 128;
  s.sharding = spec::Sharding::kZero0;
  const StackLimits l = limits(2);
  const Switches stack = best_stack(e, l, switches_of(p, s));
  const double best = e.of(stack)->time.step_time_s;
  for (Technique t : l.techniques)
    for (const Switches& x : allowed_alternatives(e, l, t, stack))
      if (const auto o = e.of(x); o && o->fits()) {
        EXPECT_GE(o->time.step_time_s / (1 - o->oom_probability), best * (1 - 4 * kLeastGain)) << name_of(t);
      }
}

TEST(Stacking, LeavesOutWhatMayNotBeSwitched) {
  const estimate::Problem p = problem("llama-3.1-8b", 64);
  Estimator e(p, kUsableBytes, false);
  Switches baseline = plain(p);
  baseline.strategy.sp = true;  // so that it fits, and its bubble is what there is to gain
  ASSERT_TRUE(e.of(baseline)->fits());
  const Switches stack = best_stack(e, limits(3, {Technique::kPipeline, Technique::kTpOverlap}), baseline);
  for (Technique t : all_techniques())
    if (t != Technique::kPipeline && t != Technique::kTpOverlap) EXPECT_TRUE(same(t, baseline, stack)) << name_of(t);
  EXPECT_GT(stack.strategy.vpp, 1);
}

TEST(Stacking, FindsWhatFitsWhereTheBaselineDoesNot) {
  estimate::Problem p = problem("llama-3.1-8b", 8);
  p.training.gbs = 32;
  Estimator e(p, kUsableBytes, false);
  spec::Strategy s;
  s.dp = 8;
  s.gbs = 32;
  s.sharding = spec::Sharding::kZero0;
  const Switches baseline = switches_of(p, s);
  ASSERT_FALSE(e.of(baseline)->fits());
  EXPECT_TRUE(e.of(best_stack(e, limits(1), baseline))->fits());
}

// Every combination of a few techniques against the walk.
TEST(Stacking, IsTheBestOfAllCombinations) {
  const estimate::Problem p = problem();
  Estimator e(p, kUsableBytes, false);
  const std::vector<Technique> few = {Technique::kMicroBatch, Technique::kPipeline, Technique::kSequenceParallel,
                                      Technique::kSharding, Technique::kTpOverlap};
  const StackLimits l = limits(2, few);
  const Switches baseline = plain(p);
  std::vector<Switches> all = {baseline};
  for (Technique t : few) {
    std::vector<Switches> more = all;
    for (const Switches& x : all)
      for (Switches& y : allowed_alternatives(e, l, t, x)) more.push_back(std::move(y));
    all = std::move(more);
  }
  std::optional<Outcome> best;
  for (const Switches& x : all)
    if (const auto o = e.of(x); o && (!best || better(*o, *best, l.objective))) best = o;
  const auto found = e.of(best_stack(e, l, baseline));
  EXPECT_LE(found->time.step_time_s / (1 - found->oom_probability),
            best->time.step_time_s / (1 - best->oom_probability) * 1.01);
}

TEST(Switches, CopyingOneTechniqueChangesNoOther) {
  const estimate::Problem p = problem();
  const Switches a = plain(p);
  Switches b = a;
  b.strategy.mbs = 2;
  b.strategy.recompute.mode = spec::RecomputeMode::kFull;
  b.optimizer = spec::Optimizer::kLion;
  b.strategy.offload_activations = 0.5;
  for (Technique t : all_techniques()) {
    Switches mixed = a;
    copy(t, mixed, b);
    EXPECT_TRUE(same(t, mixed, b)) << name_of(t);
    for (Technique other : all_techniques())
      if (other != t) EXPECT_TRUE(same(other, mixed, a)) << name_of(t) << " changes " << name_of(other);
  }
}

}  // namespace
}  // namespace shardplan::advise
