#include "topology/link_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace shardplan::topology {
namespace {

using spec::LinkKind;
using spec::Topology;
using spec::TopologyLink;

Topology host(int gpus, const std::function<TopologyLink(int, int)>& link) {
  Topology t;
  for (int i = 0; i < gpus; ++i) {
    t.gpus.emplace_back();
    t.gpus.back().index = i;
    for (int j = i + 1; j < gpus; ++j) {
      TopologyLink l = link(i, j);
      l.a = i;
      l.b = j;
      t.links.push_back(l);
    }
  }
  return t;
}

TopologyLink nvlink(double gb_per_s) { return {0, 0, LinkKind::kNvlink, gb_per_s, "NV", 1}; }
TopologyLink nvswitch(double gb_per_s) { return {0, 0, LinkKind::kNvswitch, gb_per_s, "NV", 1}; }
TopologyLink pcie(const char* path, double gb_per_s) { return {0, 0, LinkKind::kPcie, gb_per_s, path, 0}; }

spec::GroupRate group(const HostLinks& h, int ranks, int stride = 1) {
  for (const spec::GroupRate& r : h.rates)
    if (r.ranks == ranks && r.stride == stride) return r;
  ADD_FAILURE() << ranks << " x " << stride;
  return {};
}

TEST(LinkGraph, SwitchGivesEveryGroupTheSame) {
  const HostLinks h = host_links(host(8, [](int, int) { return nvswitch(300); }));
  for (const spec::GroupRate& r : h.rates) {
    EXPECT_EQ(r.gb_per_s, 300);
    EXPECT_TRUE(r.switched);
  }
}

// DGX-1 with V100: pairs with two links, pairs with one, pairs with none. NVIDIA: six links of 25 GB/s a GPU.
TEST(LinkGraph, HybridCubeMesh) {
  constexpr int kLinks[8][8] = {{0, 1, 1, 2, 2, 0, 0, 0}, {1, 0, 2, 1, 0, 2, 0, 0}, {1, 2, 0, 2, 0, 0, 1, 0},
                                {2, 1, 2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 1, 1, 2}, {0, 2, 0, 0, 1, 0, 2, 1},
                                {0, 0, 1, 0, 1, 2, 0, 2}, {0, 0, 0, 1, 2, 1, 2, 0}};
  const HostLinks h =
      host_links(host(8, [&](int i, int j) { return kLinks[i][j] > 0 ? nvlink(25 * kLinks[i][j]) : pcie("SYS", 12); }));
  EXPECT_EQ(group(h, 2).gb_per_s, 50);
  EXPECT_NEAR(group(h, 4).gb_per_s, 100, 1);
  EXPECT_NEAR(group(h, 8).gb_per_s, 150, 1);
  EXPECT_TRUE(group(h, 8).linked);
  EXPECT_FALSE(group(h, 8).switched);
}

TEST(LinkGraph, BridgesOfTwoAreNeighbours) {
  const HostLinks h = host_links(host(4, [](int i, int j) { return i + j == 3 ? nvlink(56) : pcie("SYS", 16); }));
  EXPECT_EQ(group(h, 2).gb_per_s, 56);
  EXPECT_EQ(h.order[0] + h.order[1], 3);
  EXPECT_FALSE(group(h, 4).linked);
  EXPECT_EQ(group(h, 4).gb_per_s, 16);
  // Both groups of GPUs that are two ranks apart cross between the sockets at once.
  EXPECT_EQ(group(h, 2, 2).gb_per_s, 8);
}

TEST(LinkGraph, OneGpuOffTheFabricSlowsEveryGroupWithIt) {
  const HostLinks h = host_links(host(
      8, [](int i, int j) { return i == 2 || j == 2 ? pcie(i / 4 == j / 4 ? "NODE" : "SYS", 63) : nvswitch(900); }));
  EXPECT_EQ(group(h, 8).gb_per_s, 63);
  EXPECT_EQ(group(h, 2).gb_per_s, 63);
  // A job on half of the GPUs gets the sound half.
  EXPECT_EQ(std::count(h.order.begin(), h.order.begin() + 4, 2), 0);
}

TEST(LinkGraph, TwoHives) {
  const HostLinks h = host_links(host(8, [](int i, int j) {
    return i % 2 == j % 2 ? TopologyLink{0, 0, LinkKind::kXgmi, 50, "XGMI", 1} : pcie("SYS", 16);
  }));
  EXPECT_NEAR(group(h, 4).gb_per_s, 150, 1);
  EXPECT_FALSE(group(h, 8).linked);
  for (int k = 0; k < 4; ++k) EXPECT_EQ(h.order[static_cast<size_t>(k)] % 2, h.order[0] % 2);
}

// MI250: four links between the dies of a card, one or two between cards.
TEST(LinkGraph, UnequalLinksOfDies) {
  const HostLinks h = host_links(host(4, [](int i, int j) {
    if (i / 2 == j / 2) return TopologyLink{0, 0, LinkKind::kXgmi, 200, "XGMI", 4};
    return TopologyLink{0, 0, LinkKind::kXgmi, 50, "XGMI", 1};
  }));
  EXPECT_EQ(group(h, 2).gb_per_s, 200);
  EXPECT_GE(group(h, 4).gb_per_s, 100);
  EXPECT_LE(group(h, 4).gb_per_s, 300);
}

}  // namespace
}  // namespace shardplan::topology
