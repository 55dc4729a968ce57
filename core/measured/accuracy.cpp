#include "measured/accuracy.h"

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "estimate/confidence.h"
#include "estimate/memory.h"
#include "estimate/step.h"

namespace shardplan::measured {

Prediction predict(const estimate::Problem& problem, const Run& run) {
  const estimate::Context context(problem);
  Prediction p;
  p.step_time_s = estimate::step_time(context, run.strategy).step_time_s;
  const auto stages = estimate::stage_memories(context, run.strategy);
  const estimate::StageMemory& worst = stages[estimate::worst_stage(stages)];
  p.reserved_bytes = worst.reserved;
  p.oom_probability = estimate::oom_probability(context, worst.reserved);
  switch (run.memory_kind) {
    case MemoryKind::kAllocatedWorst: p.memory_bytes = worst.allocated; break;
    case MemoryKind::kAllocatedLast: p.memory_bytes = stages.back().allocated; break;
    case MemoryKind::kAllocatorWorst:
      p.memory_bytes = worst.reserved - context.stack().memory.context_gib * kGib;
      break;
    default: p.memory_bytes = worst.reserved; break;
  }
  return p;
}

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double at = q * static_cast<double>(values.size() - 1);
  const size_t low = static_cast<size_t>(at);
  if (low + 1 >= values.size()) return values.back();
  return values[low] + (at - static_cast<double>(low)) * (values[low + 1] - values[low]);
}

ErrorSummary summarise(std::vector<double> errors) {
  ErrorSummary s;
  s.n = static_cast<int>(errors.size());
  if (errors.empty()) return s;
  s.bias_pct = 100 * quantile(errors, 0.5);
  for (double& e : errors) e = std::fabs(e);
  s.median_abs_pct = 100 * quantile(errors, 0.5);
  s.p90_abs_pct = 100 * quantile(errors, 0.9);
  double sum = 0;
  for (double e : errors) sum += e;
  s.mean_abs_pct = 100 * sum / static_cast<double>(errors.size());
  return s;
}

}  // namespace shardplan::measured
