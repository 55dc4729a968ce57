#include "estimate/adjustment.h"

#include <array>

namespace shardplan::estimate {

using spec::Adjustment;

std::span<const AdjustmentTerm> adjustment_terms() {
  static constexpr std::array kTerms = {
      AdjustmentTerm{"step_time", &Adjustment::step_time, 0.3, 3, 0.15, "whatever the other terms do not"},
      AdjustmentTerm{"gemm_rate", &Adjustment::gemm_rate, 0.5, 2, 0.08,
                     "clocks under your power limit, kernel versions"},
      AdjustmentTerm{"host_time", &Adjustment::host_time, 0.1, 10, 0.5, "speed of the host, eager or compiled"},
      AdjustmentTerm{"network_rate", &Adjustment::network_rate, 0.1, 2, 0.3, "what the fabric reaches of its adapters"},
      AdjustmentTerm{"scaleup_rate", &Adjustment::scaleup_rate, 0.3, 1.5, 0.1, "what NVLink or PCIe reaches"},
      AdjustmentTerm{"reserved_memory", &Adjustment::reserved_memory, 0.6, 1.7, 0.1,
                     "allocator, fragmentation, unfused tensors"},
  };
  return kTerms;
}

Problem adjusted(Problem p) {
  Adjustment& a = p.adjustment;
  p.stack.gemm_multiplier *= a.gemm_rate;
  for (double* host : {&p.stack.launch_per_layer_s, &p.stack.launch_per_layer_tp_s, &p.stack.moe_layer_s})
    *host *= a.host_time;
  p.cluster.nic_gb_per_s *= a.network_rate;
  p.cluster.accelerator.scaleup_gb_per_s *= a.scaleup_rate;
  a = {.step_time = a.step_time, .reserved_memory = a.reserved_memory};
  return p;
}

}  // namespace shardplan::estimate
