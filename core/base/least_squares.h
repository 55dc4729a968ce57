// Bounded robust least squares for a few dozen unknowns.
#pragma once

#include <functional>
#include <vector>

namespace shardplan {

struct Unknown {
  double start = 0;
  double low = 0;
  double high = 1;
};

struct LeastSquaresOptions {
  double soft_l1_scale = 0.08;  // residuals far above it count by their size, not its square
  int most_iterations = 40;
  double tolerance = 1e-6;  // relative change of the cost that ends the search
};

// Residuals at x; the number of them must not change.
using Residuals = std::function<std::vector<double>(const std::vector<double>& x)>;
// Residuals at x with unknown `index` moved to `value`, given those at x: lets the caller skip what does not depend on
// it.
using ShiftedResiduals = std::function<std::vector<double>(
    const std::vector<double>& x, const std::vector<double>& at_x, size_t index, double value)>;

// Levenberg-Marquardt on s^2 sum(2 (sqrt(1 + (r/s)^2) - 1)) with forward differences, unknowns scaled to their bounds
// and clipped to them. Deterministic.
std::vector<double> least_squares(const std::vector<Unknown>& unknowns, const Residuals& residuals,
                                  const ShiftedResiduals& shifted, const LeastSquaresOptions& options = {});

}  // namespace shardplan
