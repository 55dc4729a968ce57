// Time of a GEMM on a GPU that has no table of measured rates, from its tiles and their waves over the multiprocessors.
#pragma once

#include "spec/kernel_tables.h"

namespace shardplan::hardware {

// t = t0 + (tc^q + tm^q)^(1/q)
//   tm = bytes / (e_b bandwidth)
//   tc = min over tiles (a, b) of ceil(ceil(m/a) ceil(n/b) / SMs) 2ab (k + k0) SMs / (e rho peak), rho = A / (A + a0),
//        A = ab / (a + b), times 1 + g log2(max(1, 2mnk / 1e11)) for the clock's droop under load.
// Fitted per GPU on measured latencies with m, n >= 1024: 4 to 6 % held-out error against 6 to 11 % of a flat roofline.
struct TileWaveTime {
  spec::TileWave fit;
  double peak_flops = 0;
  double bandwidth_bytes_per_s = 0;
  double multiprocessors = 0;

  bool is_fitted() const { return fit.overhead_us > 0 && multiprocessors > 0; }
  double seconds(double bytes_per_element, double m, double n, double k) const;
};

}  // namespace shardplan::hardware
