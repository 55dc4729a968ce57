// Time of a GEMM from a table of measured rates. Below: spec/. Above: kernels.h adds what a long run loses against it.
#pragma once

#include <vector>

#include "spec/kernel_tables.h"

namespace shardplan::hardware {

// Interpolates the logarithm of the rate linearly in the logarithms of m, n and k. A side below the table's smallest
// takes as long as the smallest (a tile is not split); one above its largest keeps the largest's rate.
class GemmTime {
 public:
  GemmTime() = default;
  // `peak_flops`: dense peak of the accelerator asked about; the table's rates are taken as shares of its own peak.
  GemmTime(const spec::GemmTable& table, const spec::GemmRates& rates, double peak_flops);

  bool empty() const { return log_flops_.empty(); }
  double seconds(double m, double n, double k) const;

 private:
  std::vector<double> log_m_, log_n_, log_k_;
  std::vector<double> log_flops_;  // [m][n][k]
};

}  // namespace shardplan::hardware
