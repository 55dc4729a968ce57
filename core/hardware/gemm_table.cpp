#include "hardware/gemm_table.h"

#include <algorithm>

#include "base/math.h"
#include "base/units.h"

namespace shardplan::hardware {
namespace {

std::vector<double> logs_of(const std::vector<double>& values, double factor = 1) {
  std::vector<double> out;
  out.reserve(values.size());
  for (double v : values) out.push_back(log2(v * factor));
  return out;
}

struct Cell {
  size_t index = 0;
  double share = 0;  // of the next node
};

Cell cell_of(const std::vector<double>& axis, double x) {
  Cell c;
  while (c.index + 2 < axis.size() && x > axis[c.index + 1]) ++c.index;
  const double width = axis[c.index + 1] - axis[c.index];
  c.share = std::clamp((x - axis[c.index]) / width, 0.0, 1.0);
  return c;
}

double between(double a, double b, double share) { return a + (b - a) * share; }

}  // namespace

GemmTime::GemmTime(const spec::GemmTable& table, const spec::GemmRates& rates, double peak_flops)
    : log_m_(logs_of(table.m)),
      log_n_(logs_of(table.n)),
      log_k_(logs_of(table.k)),
      log_flops_(logs_of(rates.tflops, peak_flops / rates.peak_tflops)) {}

double GemmTime::seconds(double m, double n, double k) const {
  const double x = std::max(log2(m), log_m_.front());
  const double y = std::max(log2(n), log_n_.front());
  const double z = std::max(log2(k), log_k_.front());
  const Cell i = cell_of(log_m_, x), j = cell_of(log_n_, y), l = cell_of(log_k_, z);
  const auto along_k = [&](size_t a, size_t b) {
    const double* row = &log_flops_[((i.index + a) * log_n_.size() + j.index + b) * log_k_.size() + l.index];
    return between(row[0], row[1], l.share);
  };
  const auto along_n = [&](size_t a) { return between(along_k(a, 0), along_k(a, 1), j.share); };
  return exp2(1 + x + y + z - between(along_n(0), along_n(1), i.share));
}

}  // namespace shardplan::hardware
