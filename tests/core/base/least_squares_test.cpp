#include "base/least_squares.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace shardplan {
namespace {

using Vector = std::vector<double>;

// The plain way to a moved unknown: everything anew.
ShiftedResiduals anew(const Residuals& residuals) {
  return [&residuals](const Vector& x, const Vector&, size_t index, double value) {
    Vector moved = x;
    moved[index] = value;
    return residuals(moved);
  };
}

TEST(LeastSquares, FindsALine) {
  const Residuals residuals = [](const Vector& x) {
    Vector r;
    for (int i = 0; i < 10; ++i) r.push_back((x[0] * i + x[1] - (3 * i + 0.5)) / 100);
    return r;
  };
  const Vector x = least_squares({{1, 0, 10}, {0, -1, 1}}, residuals, anew(residuals));
  EXPECT_NEAR(x[0], 3, 1e-3);
  EXPECT_NEAR(x[1], 0.5, 1e-3);
}

TEST(LeastSquares, StaysInsideTheBounds) {
  const Residuals residuals = [](const Vector& x) { return Vector{x[0] - 5}; };
  EXPECT_EQ(least_squares({{0.5, 0, 1}}, residuals, anew(residuals))[0], 1);
  EXPECT_EQ(least_squares({{7, 0, 1}}, residuals, anew(residuals))[0], 1);  // as does a start outside them
}

TEST(LeastSquares, OneOutlierHardlyMovesIt) {
  const Residuals residuals = [](const Vector& x) {
    Vector r(20, x[0] - 1);
    r.push_back(x[0] - 100);
    return r;
  };
  // The mean would be 5.7.
  EXPECT_NEAR(least_squares({{0, 0, 100}}, residuals, anew(residuals))[0], 1, 0.05);
}

RC_GTEST_PROP(LeastSquaresProperty, NeverEndsWorseThanItStarted, ()) {
  const double a = *rc::gen::inRange(-50, 50) / 10.0, b = *rc::gen::inRange(-50, 50) / 10.0;
  const double start = *rc::gen::inRange(-100, 100) / 10.0;
  const Residuals residuals = [&](const Vector& x) { return Vector{x[0] * x[0] - a, std::sin(3 * x[0]) - b}; };
  const auto cost = [&](const Vector& x) {
    double sum = 0;
    for (double r : residuals(x)) sum += std::sqrt(1 + r * r / (0.08 * 0.08)) - 1;
    return sum;
  };
  const Vector x = least_squares({{start, -10, 10}}, residuals, anew(residuals));
  RC_ASSERT(cost(x) <= cost({start}) * (1 + 1e-12));
}

}  // namespace
}  // namespace shardplan
