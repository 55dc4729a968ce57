#include "estimate/confidence.h"

#include <algorithm>

#include "base/math.h"
#include "estimate/memory.h"
#include "estimate/step.h"

namespace shardplan::estimate {
namespace {

// Weak scaling on H100 from 8 to 2,048 GPUs grew by up to 0.5 % per doubling more than the model explains.
constexpr double kMeasuredGpus = 2048;
constexpr double kDriftPerDoubling = 0.005;
constexpr double kMostStarts = 1000;

double with_half_the_network_s(const Context& c, const spec::Strategy& s) {
  Problem problem = c.problem;
  problem.cluster.nic_gb_per_s /= 2;
  return step_time(Context(std::move(problem)), s).step_time_s;
}

}  // namespace

Interval step_time_interval(const Context& c, const spec::Strategy& s, double step_time_s) {
  const spec::IntervalClass& i = c.problem.intervals;
  Interval out{step_time_s * i.step_time_low, step_time_s * i.step_time_high};
  const double gpus = spec::world_size(s);
  if (gpus > kMeasuredGpus) out.high *= 1 + kDriftPerDoubling * log2(gpus / kMeasuredGpus);
  if (c.problem.cluster.nic_is_assumed) out.high *= std::max(1.0, with_half_the_network_s(c, s) / step_time_s);
  return out;
}

Interval reserved_interval(const Context& c, double reserved) {
  const spec::IntervalClass& i = c.problem.intervals;
  return {reserved * i.memory_low, reserved * i.memory_high};
}

double oom_probability(const Context& c, double reserved) {
  const spec::IntervalClass& i = c.problem.intervals;
  return logistic(i.oom_slope * log(reserved / (i.oom_middle * capacity_bytes(c.problem.cluster))));
}

StartsNeeded::StartsNeeded(const Context& c) : step_bytes_(capacity_bytes(c.problem.cluster) / kSteps) {
  starts_[0] = 1;
  for (int i = 1; i <= kSteps; ++i) starts_[i] = std::min(1 / (1 - oom_probability(c, i * step_bytes_)), kMostStarts);
}

double StartsNeeded::of(double reserved) const {
  const double at = std::min(reserved / step_bytes_, kSteps - 1e-6);
  const int i = static_cast<int>(at);
  return starts_[i] + (at - i) * (starts_[i + 1] - starts_[i]);
}

}  // namespace shardplan::estimate
