#include "topology/rings.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace shardplan::topology {
namespace {

constexpr int kSteps = 2000;  // of one depth-first search; NCCL's own search is bounded the same way
constexpr int kMostRings = 64;
constexpr double kLeastShare = 1e-6;  // of a link's capacity that is still worth a ring

class Search {
 public:
  explicit Search(const RingProblem& p) : n_(p.nodes), left_(p.capacity) {}

  // A ring whose hops all have at least `wanted` left, the widest hops first.
  bool find(double wanted, std::vector<int>& ring) {
    wanted_ = wanted;
    steps_ = 0;
    if (!has_two_each()) return false;
    ring.assign(1, 0);
    used_.assign(static_cast<size_t>(n_), false);
    used_[0] = true;
    return extend(ring);
  }

  // The ring with the widest narrowest hop; empty where there is none.
  std::vector<int> widest() {
    std::vector<double> widths;
    for (double c : left_)
      if (c > 0) widths.push_back(c);
    std::sort(widths.begin(), widths.end());
    widths.erase(std::unique(widths.begin(), widths.end()), widths.end());
    std::vector<int> best, ring;
    // The narrower, the more rings: by halves.
    size_t low = 0, high = widths.size();
    while (low < high) {
      const size_t middle = (low + high) / 2;
      if (find(widths[middle], ring)) {
        best = ring;
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return best;
  }

  double narrowest(const std::vector<int>& ring) const {
    double least = 1e300;
    for (size_t i = 0; i < ring.size(); ++i) least = std::min(least, left(ring[i], ring[(i + 1) % ring.size()]));
    return least;
  }

  void take(const std::vector<int>& ring, double amount) {
    for (size_t i = 0; i < ring.size(); ++i) {
      const int a = ring[i], b = ring[(i + 1) % ring.size()];
      cell(a, b) = cell(b, a) = left(a, b) - amount;
    }
  }

 private:
  int n_;
  std::vector<double> left_;
  double wanted_ = 0;
  int steps_ = 0;
  std::vector<bool> used_;

  double& cell(int a, int b) {
    return left_[static_cast<size_t>(a) * static_cast<size_t>(n_) + static_cast<size_t>(b)];
  }
  double left(int a, int b) const {
    return left_[static_cast<size_t>(a) * static_cast<size_t>(n_) + static_cast<size_t>(b)];
  }

  // A ring passes through every node.
  bool has_two_each() const {
    for (int a = 0; a < n_; ++a) {
      int neighbours = 0;
      for (int b = 0; b < n_; ++b) neighbours += b != a && left(a, b) >= wanted_;
      if (neighbours < 2) return false;
    }
    return true;
  }

  bool extend(std::vector<int>& ring) {
    if (static_cast<int>(ring.size()) == n_) return left(ring.back(), 0) >= wanted_;
    if (++steps_ > kSteps) return false;
    std::vector<int> next;
    for (int b = 0; b < n_; ++b)
      if (!used_[static_cast<size_t>(b)] && left(ring.back(), b) >= wanted_) next.push_back(b);
    const int from = ring.back();
    std::stable_sort(next.begin(), next.end(), [&](int a, int b) { return left(from, a) > left(from, b); });
    for (int b : next) {
      used_[static_cast<size_t>(b)] = true;
      ring.push_back(b);
      if (extend(ring)) return true;
      ring.pop_back();
      used_[static_cast<size_t>(b)] = false;
    }
    return false;
  }
};

}  // namespace

double rings_gb_per_s(const RingProblem& p) {
  if (p.nodes < 2) return 0;
  if (p.nodes == 2) return p.capacity[1];
  // A ring runs both ways round, so it carries twice what it takes of each link. Rings take a fraction of the narrowest
  // link at a time: what is taken early is left for none.
  double unit = 1e300, widest = 0;
  for (double c : p.capacity)
    if (c > 0) {
      unit = std::min(unit, c);
      widest = std::max(widest, c);
    }
  if (widest <= 0) return 0;
  unit = std::max(unit / 2, widest / 32);
  Search search(p);
  double total = 0;
  for (int i = 0; i < kMostRings; ++i) {
    const std::vector<int> ring = search.widest();
    if (ring.empty()) break;
    const double amount = std::min(unit, search.narrowest(ring));
    if (amount < kLeastShare * widest) break;
    search.take(ring, amount);
    total += 2 * amount;
  }
  return total;
}

std::vector<int> widest_ring(const RingProblem& p) {
  std::vector<int> any(static_cast<size_t>(p.nodes));
  std::iota(any.begin(), any.end(), 0);
  if (p.nodes < 3) return any;
  const std::vector<int> found = Search(p).widest();
  return found.empty() ? any : found;
}

}  // namespace shardplan::topology
