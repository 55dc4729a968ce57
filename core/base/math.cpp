#include "base/math.h"

#include <cstdint>
#include <cstring>

namespace shardplan {
namespace {

constexpr double kLn2 = 0.6931471805599453;

double scale_by_power_of_two(double x, int exponent) {
  uint64_t bits = static_cast<uint64_t>(exponent + 1023) << 52;
  double factor;
  std::memcpy(&factor, &bits, sizeof factor);
  return x * factor;
}

}  // namespace

double log2(double x) {
  uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  int exponent = static_cast<int>((bits >> 52) & 0x7ff) - 1023;
  bits = (bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL;
  double m;
  std::memcpy(&m, &bits, sizeof m);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++exponent;
  }
  // log(m) = 2 atanh((m - 1) / (m + 1)), |s| <= 0.1716
  const double s = (m - 1.0) / (m + 1.0);
  const double s2 = s * s;
  double sum = 1.0 / 19.0;
  for (int k = 17; k >= 1; k -= 2) sum = sum * s2 + 1.0 / k;
  return exponent + 2.0 * s * sum / kLn2;
}

double exp2(double x) {
  if (x < -1000.0) return 0.0;
  if (x > 1000.0) x = 1000.0;
  const int n = static_cast<int>(x < 0 ? x - 0.5 : x + 0.5);
  const double r = (x - n) * kLn2;  // |r| <= 0.3466
  double sum = 1.0;
  for (int k = 14; k >= 1; --k) sum = sum * r / k + 1.0;
  return scale_by_power_of_two(sum, n);
}

double smooth_max(double x, double y) {
  const double high = x > y ? x : y, low = x > y ? y : x;
  if (high <= 0.0) return 0.0;
  const double r = low / high;
  const double u = r * r * r * r * r * r;
  // Below 2^-54 the sum rounds to one.
  return u < 5.5e-17 ? high : high * exp2(log2(1.0 + u) / 6.0);
}

double logistic(double x) { return 1.0 / (1.0 + exp(-x)); }

double normal_cdf(double x) {
  // Marsaglia, Evaluating the Normal Distribution (2004): the Taylor series of the integral.
  if (x < -8.0) return 0.0;
  if (x > 8.0) return 1.0;
  double sum = x, term = x, previous = 0.0;
  for (int k = 3; sum != previous; k += 2) {
    previous = sum;
    term *= x * x / k;
    sum += term;
  }
  return 0.5 + sum * exp(-0.5 * x * x - 0.91893853320467274178);
}

}  // namespace shardplan
