#include "estimate/energy.h"

#include <algorithm>

namespace shardplan::estimate {

GpuPower gpu_power(std::span<const spec::PowerRecord> records, const spec::Accelerator& a, double busy_share) {
  GpuPower p;
  if (records.empty() || a.tdp_w <= 0) return p;
  const auto is_such = [&](const spec::PowerRecord& r) {
    return r.generation == a.generation && r.gpu_tdp_w == a.tdp_w && a.scaleup_domain == r.gpus_per_node;
  };
  const auto found = std::find_if(records.begin(), records.end(), is_such);
  p.measured = found != records.end();
  p.record = p.measured ? &*found : &records.front();
  const spec::PowerRecord& r = *p.record;
  const double per_gpu = 1.0 / r.gpus_per_node, per_rated_watt = a.tdp_w / (r.gpu_tdp_w * r.gpus_per_node);
  if (!p.measured) {
    p.low_w = r.least_training_w * per_rated_watt;
    p.high_w = r.rated_w * per_rated_watt;
    return p;
  }
  const double busy = busy_share > 0 ? busy_share : r.training_busy_share;
  p.idle_w = r.idle_w * per_gpu;
  p.training_w = (r.idle_w + (r.full_w - r.idle_w) * busy) * per_gpu;
  p.low_w = p.training_w * (1 - r.mean_error_pct / 100);
  p.high_w = p.training_w * (1 + r.mean_error_pct / 100);
  return p;
}

}  // namespace shardplan::estimate
