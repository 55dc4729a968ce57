// A function on a grid of logarithms, multilinear between the nodes. Below: spec/. Above: serving_kernels.h.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace shardplan::hardware {

// Ascending nodes, as base-2 logarithms.
class LogAxis {
 public:
  LogAxis() = default;
  explicit LogAxis(std::vector<double> logs) : logs_(std::move(logs)) {}
  static LogAxis of(const std::vector<double>& values);

  size_t size() const { return logs_.size(); }
  double first() const { return logs_.front(); }
  double last() const { return logs_.back(); }

  struct Cell {
    size_t index = 0;
    double share = 0;  // of the next node
  };
  // The cell that holds x, the outermost for an x beside the axis.
  Cell cell(double x) const;

 private:
  std::vector<double> logs_;
};

// values[i][j][l], l fastest; `values` are logarithms.
double interpolate(const std::vector<double>& values, const std::array<const LogAxis*, 3>& axes,
                   const std::array<double, 3>& at);
double interpolate(const std::vector<double>& values, const LogAxis& axis, double at);

// Base-2 logarithms of values x factor.
std::vector<double> logs_of(const std::vector<double>& values, double factor = 1);

}  // namespace shardplan::hardware
