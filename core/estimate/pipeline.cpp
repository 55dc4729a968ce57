#include "estimate/pipeline.h"

#include <algorithm>

namespace shardplan::estimate {

using spec::Schedule;

double bubble_s(Schedule schedule, int p, int v, double forward_s, double backward_s, double weight_gradient_s) {
  if (p <= 1) return 0;
  const double f = forward_s, b = backward_s, w = weight_gradient_s;
  const double one_f_one_b = (p - 1) * (f + b);
  const double leftover = kLeftoverZeroBubble * one_f_one_b;
  switch (schedule) {
    case Schedule::kGpipe:
    case Schedule::kOneForwardOneBackward: return one_f_one_b;
    case Schedule::kInterleaved: return one_f_one_b / v;
    case Schedule::kZeroBubbleH1: return std::max((p - 1) * (f + b - 2 * w), leftover);
    case Schedule::kZeroBubbleH2:
    case Schedule::kZeroBubbleV: return std::max((p - 1) * (f + b - 3 * w), leftover);
    case Schedule::kDualPipe:
    case Schedule::kDualPipeV: return std::max((p / 2.0 - 1) * (f + 2 * b - 3 * w), leftover);
  }
  return one_f_one_b;
}

double microbatches_in_flight(Schedule schedule, int p, int v, int stage, double m) {
  if (p <= 1) return 1;
  switch (schedule) {
    case Schedule::kGpipe: return m;
    case Schedule::kOneForwardOneBackward:
    case Schedule::kZeroBubbleH1: return std::min<double>(m, p - stage);
    case Schedule::kInterleaved: return std::min<double>(2.0 * (p - stage - 1) + (v - 1.0) * p + 1, m * v) / v;
    case Schedule::kZeroBubbleH2: return std::min<double>(m, 2 * p - 1);
    case Schedule::kZeroBubbleV: return std::min<double>(m, p);
    case Schedule::kDualPipe:
    case Schedule::kDualPipeV: return std::min<double>(m, p + 1);
  }
  return m;
}

double parameter_copies(Schedule schedule) { return schedule == Schedule::kDualPipe ? 2 : 1; }

bool uses_virtual_stages(Schedule schedule) { return schedule == Schedule::kInterleaved; }

}  // namespace shardplan::estimate
