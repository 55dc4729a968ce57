#include "estimate/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "estimate/pipeline.h"

namespace shardplan::estimate {
namespace {

using spec::Schedule;

// All stages alike; F = 1, B = 2 of which W = 1, per stage and micro-batch.
std::vector<Event> alike(const PipelineShape& shape) {
  const double parts = shape.placement == Placement::kBidirectional ? 1 : shape.chunks;
  return simulate(shape, std::vector<StageDurations>(shape.stages, {1 / parts, 2 / parts, 1 / parts, 0, 0}));
}

double closed_form(const PipelineShape& s, int v) {
  return 3 * s.microbatches + bubble_s(s.schedule, s.stages, v, 1, 2, 1);
}

struct Case {
  Schedule schedule;
  int p, v, m;
  double tolerance;  // share of the closed form
};

class EverySchedule : public ::testing::TestWithParam<Case> {};

TEST_P(EverySchedule, TakesWhatTheClosedFormSays) {
  const auto [schedule, p, v, m, tolerance] = GetParam();
  const PipelineShape shape = pipeline_shape(schedule, p, v, m);
  EXPECT_NEAR(pipeline_s(schedule, alike(shape)) / closed_form(shape, v), 1, tolerance);
}

TEST_P(EverySchedule, DoesAllTheWorkOnceAndOneThingAtATime) {
  const auto [schedule, p, v, m, tolerance] = GetParam();
  const PipelineShape shape = pipeline_shape(schedule, p, v, m);
  std::map<int, double> busy_s, free_s;
  std::set<std::tuple<int, int, int, int>> seen;
  for (const Event& e : alike(shape)) {
    EXPECT_GE(e.start_s, free_s[e.stage] - 1e-9);
    free_s[e.stage] = e.end_s;
    busy_s[e.stage] += e.end_s - e.start_s;
    EXPECT_TRUE(seen.insert({e.stage, static_cast<int>(e.task.kind), e.task.chunk, e.task.microbatch}).second);
  }
  for (int i = 0; i < p; ++i) EXPECT_NEAR(busy_s[i], 3 * m, 1e-6);
}

TEST_P(EverySchedule, HoldsNoMoreThanMemoryCounts) {
  const auto [schedule, p, v, m, tolerance] = GetParam();
  const PipelineShape shape = pipeline_shape(schedule, p, v, m);
  const auto events = alike(shape);
  for (int stage = 0; stage < p; ++stage) {
    std::vector<std::pair<double, int>> changes;
    for (const Event& e : events) {
      if (e.stage != stage) continue;
      if (e.task.kind == TaskKind::kForward) changes.push_back({e.start_s, 1});
      if (e.task.kind == TaskKind::kBackward) changes.push_back({e.end_s, -1});
    }
    std::sort(changes.begin(), changes.end());
    double held = 0, most = 0;
    for (const auto& [when, change] : changes) most = std::max(most, held += change);
    const double parts = shape.placement == Placement::kBidirectional ? 1 : shape.chunks;
    EXPECT_LE(most / parts, microbatches_in_flight(schedule, p, v, stage, m) + 1e-9) << "stage " << stage;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, EverySchedule,
    ::testing::Values(Case{Schedule::kGpipe, 4, 1, 8, 1e-12}, Case{Schedule::kOneForwardOneBackward, 4, 1, 8, 1e-12},
                      Case{Schedule::kOneForwardOneBackward, 16, 1, 64, 1e-12},
                      Case{Schedule::kOneForwardOneBackward, 8, 1, 3, 1e-12},
                      Case{Schedule::kInterleaved, 4, 2, 8, 1e-12}, Case{Schedule::kInterleaved, 8, 5, 32, 1e-12},
                      Case{Schedule::kZeroBubbleH1, 8, 1, 32, 0.02}, Case{Schedule::kZeroBubbleH2, 8, 1, 32, 0.02},
                      // Not tied to their papers' hand-made orders.
                      Case{Schedule::kZeroBubbleV, 8, 1, 32, 0.035}, Case{Schedule::kDualPipe, 8, 1, 32, 0.03},
                      Case{Schedule::kDualPipeV, 8, 1, 32, 0.03}));

TEST(Timeline, AStepOfUnequalStagesTakesAboutWhatTheClosedFormSays) {
  // Half as long first and last stages.
  const PipelineShape shape = pipeline_shape(Schedule::kOneForwardOneBackward, 4, 1, 16);
  const std::vector<StageDurations> durations = {
      {0.5, 1, 0, 0, 0}, {1, 2, 0, 0, 0}, {1, 2, 0, 0, 0}, {0.5, 1, 0, 0, 0}};
  // The slowest stage works all the time; the others fill and drain it.
  EXPECT_NEAR(pipeline_s(shape.schedule, simulate(shape, durations)) / (16 * 3 + 3 + 1.5 + 1.5), 1, 0.02);
}

}  // namespace
}  // namespace shardplan::estimate
