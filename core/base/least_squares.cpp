#include "base/least_squares.h"

#include <algorithm>
#include <cmath>

namespace shardplan {
namespace {

using Vector = std::vector<double>;
using Matrix = std::vector<Vector>;

double robust_cost(const Vector& r, double scale) {
  double cost = 0;
  for (double x : r) {
    const double z = x / scale;
    cost += 2 * (std::sqrt(1 + z * z) - 1);
  }
  return cost * scale * scale / 2;
}

// Solves a x = b for symmetric positive definite a by Cholesky; false where a is not.
bool solve(Matrix a, Vector b, Vector& x) {
  const size_t n = b.size();
  for (size_t j = 0; j < n; ++j) {
    for (size_t k = 0; k < j; ++k) a[j][j] -= a[j][k] * a[j][k];
    if (a[j][j] <= 0) return false;
    a[j][j] = std::sqrt(a[j][j]);
    for (size_t i = j + 1; i < n; ++i) {
      for (size_t k = 0; k < j; ++k) a[i][j] -= a[i][k] * a[j][k];
      a[i][j] /= a[j][j];
    }
  }
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < i; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  x = std::move(b);
  return true;
}

class Search {
 public:
  Search(const std::vector<Unknown>& unknowns, const Residuals& residuals, const ShiftedResiduals& shifted,
         const LeastSquaresOptions& options)
      : unknowns_(unknowns), residuals_(residuals), shifted_(shifted), options_(options) {
    for (const Unknown& u : unknowns) x_.push_back(std::clamp(u.start, u.low, u.high));
  }

  Vector run() {
    r_ = residuals_(x_);
    cost_ = robust_cost(r_, options_.soft_l1_scale);
    for (int i = 0; i < options_.most_iterations; ++i) {
      const double before = cost_;
      linearise();
      if (!step()) break;
      if (before - cost_ < options_.tolerance * before) break;
    }
    return x_;
  }

 private:
  const std::vector<Unknown>& unknowns_;
  const Residuals& residuals_;
  const ShiftedResiduals& shifted_;
  const LeastSquaresOptions& options_;
  Vector x_, r_;
  double cost_ = 0;
  double damping_ = 1e-3;
  Matrix normal_;    // J' W J in units of the bounds' width
  Vector gradient_;  // J' W r

  double width(size_t i) const { return unknowns_[i].high - unknowns_[i].low; }

  void linearise() {
    constexpr double kStep = 1e-5;  // of the width
    const size_t n = unknowns_.size();
    std::vector<Vector> columns;
    for (size_t i = 0; i < n; ++i) {
      const double h = x_[i] + kStep * width(i) <= unknowns_[i].high ? kStep : -kStep;
      Vector moved = shifted_(x_, r_, i, x_[i] + h * width(i));
      for (size_t k = 0; k < moved.size(); ++k) moved[k] = (moved[k] - r_[k]) / h;
      columns.push_back(std::move(moved));
    }
    Vector weight(r_.size());
    for (size_t k = 0; k < r_.size(); ++k) {
      const double z = r_[k] / options_.soft_l1_scale;
      weight[k] = 1 / std::sqrt(1 + z * z);
    }
    normal_.assign(n, Vector(n));
    gradient_.assign(n, 0);
    for (size_t i = 0; i < n; ++i) {
      for (size_t k = 0; k < r_.size(); ++k) {
        const double weighted = columns[i][k] * weight[k];
        if (weighted == 0) continue;
        gradient_[i] += weighted * r_[k];
        for (size_t j = 0; j <= i; ++j) normal_[i][j] += weighted * columns[j][k];
      }
    }
  }

  bool is_stuck(size_t i) const {
    const bool at_low = x_[i] <= unknowns_[i].low, at_high = x_[i] >= unknowns_[i].high;
    return (at_low && gradient_[i] > 0) || (at_high && gradient_[i] < 0);
  }

  // Tries ever shorter steps until one lowers the cost.
  bool step() {
    std::vector<size_t> free;
    for (size_t i = 0; i < x_.size(); ++i)
      if (!is_stuck(i)) free.push_back(i);
    if (free.empty()) return false;
    for (int attempt = 0; attempt < 12; ++attempt, damping_ *= 4) {
      Matrix a(free.size(), Vector(free.size()));
      Vector b(free.size()), d;
      for (size_t i = 0; i < free.size(); ++i) {
        b[i] = -gradient_[free[i]];
        for (size_t j = 0; j <= i; ++j) a[i][j] = a[j][i] = normal_[free[i]][free[j]];
        a[i][i] += damping_ * (normal_[free[i]][free[i]] + 1e-9);
      }
      if (!solve(std::move(a), std::move(b), d)) continue;
      Vector trial = x_;
      for (size_t i = 0; i < free.size(); ++i) {
        const Unknown& u = unknowns_[free[i]];
        trial[free[i]] = std::clamp(x_[free[i]] + d[i] * width(free[i]), u.low, u.high);
      }
      Vector r = residuals_(trial);
      const double cost = robust_cost(r, options_.soft_l1_scale);
      if (cost >= cost_) continue;
      x_ = std::move(trial);
      r_ = std::move(r);
      cost_ = cost;
      damping_ = std::max(damping_ / 10, 1e-9);
      return true;
    }
    return false;
  }
};

}  // namespace

std::vector<double> least_squares(const std::vector<Unknown>& unknowns, const Residuals& residuals,
                                  const ShiftedResiduals& shifted, const LeastSquaresOptions& options) {
  return Search(unknowns, residuals, shifted, options).run();
}

}  // namespace shardplan
