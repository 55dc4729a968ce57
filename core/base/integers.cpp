#include "base/integers.h"

namespace shardplan {

std::vector<int64_t> divisors(int64_t n) {
  std::vector<int64_t> low, high;
  for (int64_t d = 1; d * d <= n; ++d) {
    if (n % d != 0) continue;
    low.push_back(d);
    if (d != n / d) high.push_back(n / d);
  }
  low.insert(low.end(), high.rbegin(), high.rend());
  return low;
}

std::vector<int64_t> neighbouring_divisors(int64_t n, int64_t wanted) {
  std::vector<int64_t> out;
  int64_t below = 0, above = 0;
  for (int64_t d : divisors(n)) {
    if (d < wanted) below = d;
    if (d > wanted && above == 0) above = d;
  }
  if (below != 0) out.push_back(below);
  if (above != 0) out.push_back(above);
  return out;
}

}  // namespace shardplan
