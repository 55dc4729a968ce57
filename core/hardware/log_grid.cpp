#include "hardware/log_grid.h"

#include <algorithm>

#include "base/math.h"

namespace shardplan::hardware {

LogAxis LogAxis::of(const std::vector<double>& values) { return LogAxis(logs_of(values)); }

LogAxis::Cell LogAxis::cell(double x) const {
  Cell c;
  while (c.index + 2 < logs_.size() && x > logs_[c.index + 1]) ++c.index;
  const double width = logs_[c.index + 1] - logs_[c.index];
  c.share = std::clamp((x - logs_[c.index]) / width, 0.0, 1.0);
  return c;
}

double interpolate(const std::vector<double>& values, const std::array<const LogAxis*, 3>& axes,
                   const std::array<double, 3>& at) {
  const LogAxis::Cell i = axes[0]->cell(at[0]), j = axes[1]->cell(at[1]), l = axes[2]->cell(at[2]);
  const auto along = [&](size_t a, size_t b) {
    const double* row = &values[((i.index + a) * axes[1]->size() + j.index + b) * axes[2]->size() + l.index];
    return row[0] + (row[1] - row[0]) * l.share;
  };
  const auto plane = [&](size_t a) { return along(a, 0) + (along(a, 1) - along(a, 0)) * j.share; };
  return plane(0) + (plane(1) - plane(0)) * i.share;
}

double interpolate(const std::vector<double>& values, const LogAxis& axis, double at) {
  const LogAxis::Cell c = axis.cell(at);
  return values[c.index] + (values[c.index + 1] - values[c.index]) * c.share;
}

std::vector<double> logs_of(const std::vector<double>& values, double factor) {
  std::vector<double> out;
  out.reserve(values.size());
  for (double v : values) out.push_back(log2(v * factor));
  return out;
}

}  // namespace shardplan::hardware
