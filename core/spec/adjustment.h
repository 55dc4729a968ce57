// What a user's own machines and software do differently from the calibration: multipliers, 1 where nothing is known.
#pragma once

namespace shardplan::spec {

struct Adjustment {
  double step_time = 1;        // on the whole step
  double gemm_rate = 1;        // on the GEMMs of linear layers and experts
  double host_time = 1;        // on launching and synchronisation
  double network_rate = 1;     // on the scale-out network
  double scaleup_rate = 1;     // on NVLink and the like
  double reserved_memory = 1;  // on what the device loses

  bool operator==(const Adjustment&) const = default;
};

}  // namespace shardplan::spec
