// Seconds of a collective over a process group, from the links that the group spans. Bytes are those of the whole
// message: what all ranks together gather, scatter or reduce. Below: spec/. Above: estimate/ says who talks how much.
#pragma once

#include <vector>

#include "spec/cluster.h"
#include "spec/generation.h"
#include "spec/stack.h"

namespace shardplan::topology {

// Fitted together with the efficiencies of presets/generations; see core/estimate/README.md.
inline constexpr double kCollectiveReach = 0.78;  // of the scale-up link, inside a domain
inline constexpr double kLatency_s = 8e-6;
inline constexpr double kLatencyPerRank_s = 1.5e-6;
inline constexpr double kLargestLatencyBoundGroup = 8;
inline constexpr double kInterNode = 1.1;  // time of a ring between nodes against the adapter's reached rate

// What links of one accelerator reach in a running job, in bytes per second and direction.
struct Links {
  double scaleup_peak = 0;              // data sheet
  double scaleup = 0;                   // reached by bulk transfers
  double nic = 0;                       // reached, per GPU
  int domain = 1;                       // GPUs on one scale-up switch
  double all_reduce_gain = 1;           // over the whole domain, where the switch reduces (NVLS)
  std::vector<spec::GroupRate> groups;  // of a real node; empty: every group has the data sheet's rate

  bool operator==(const Links&) const = default;
};
Links links_of(const spec::Cluster& cluster, const spec::Generation& generation);

// What the data sheets of its links give a group inside a node, and what bulk transfers reach of it.
double group_peak(const Links& links, double ranks, double stride = 1);
double group_reached(const Links& links, double ranks, double stride = 1);
// How much faster an all-reduce over these neighbours is than a reduce-scatter and an all-gather.
double all_reduce_gain(const Links& links, double ranks);

enum class Collective { kAllGather, kReduceScatter, kAllReduce };

// Inside one scale-up domain, n ranks: bytes (n-1)/n / (0.78 scale-up) + 8 us + 1.5 us n; all-reduce moves twice the
// bytes, and is faster by the gain where it spans the whole domain.
double in_domain_s(const Links& links, Collective op, double ranks, double bytes);

// All-gather or reduce-scatter over `ranks` ranks, neighbours `stride` GPUs apart. Members that share a domain use the
// scale-up link, one shard per node crosses the network on each adapter; both run at once.
double ring_s(const Links& links, double ranks, double stride, double bytes);

// Point-to-point rate between neighbours of a group that spans `extent` consecutive GPUs.
double point_to_point_bytes_per_s(const Links& links, double extent);

}  // namespace shardplan::topology
