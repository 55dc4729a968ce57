#include "topology/rings.h"

#include <gtest/gtest.h>

namespace shardplan::topology {
namespace {

RingProblem complete(int nodes, double gb_per_s) {
  RingProblem p{nodes, std::vector<double>(static_cast<size_t>(nodes * nodes), gb_per_s)};
  for (int i = 0; i < nodes; ++i) p.capacity[static_cast<size_t>(i * nodes + i)] = 0;
  return p;
}

TEST(Rings, UseEveryLinkOfACompleteGraph) {
  // Every GPU sends on all its links at once: n - 1 of them.
  for (int n : {3, 4, 5, 6, 8}) EXPECT_NEAR(rings_gb_per_s(complete(n, 25)), 25 * (n - 1), 1) << n;
}

TEST(Rings, TwoNodesHaveWhatJoinsThem) { EXPECT_EQ(rings_gb_per_s(complete(2, 100)), 100); }

TEST(Rings, NoneWithoutAWayBack) {
  RingProblem line{3, {0, 50, 0, 50, 0, 50, 0, 50, 0}};
  EXPECT_EQ(rings_gb_per_s(line), 0);
}

TEST(Rings, WidestRingAvoidsTheNarrowLink) {
  RingProblem p = complete(4, 30);
  p.capacity[1] = p.capacity[4] = 5;  // between 0 and 1
  const std::vector<int> ring = widest_ring(p);
  ASSERT_EQ(ring.size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    const int a = ring[i], b = ring[(i + 1) % 4];
    EXPECT_EQ(p.capacity[static_cast<size_t>(a * 4 + b)], 30);
  }
}

}  // namespace
}  // namespace shardplan::topology
