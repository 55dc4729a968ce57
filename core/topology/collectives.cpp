#include "topology/collectives.h"

#include <algorithm>

#include "base/units.h"

namespace shardplan::topology {

Links links_of(const spec::Cluster& cluster, const spec::Generation& generation) {
  Links links;
  const spec::Accelerator& a = cluster.accelerator;
  const double peak = a.scaleup_gb_per_s > 0 ? a.scaleup_gb_per_s : a.pcie_gb_per_s;
  links.scaleup_peak = peak * kGiga;
  links.scaleup = links.scaleup_peak * generation.nvlink_reach;
  links.nic = cluster.nic_gb_per_s * kGiga * (cluster.nic_is_measured ? 1.0 : generation.nic_reach);
  links.domain = std::max(1, cluster.scaleup_domain);
  links.all_reduce_gain = generation.all_reduce_gain;
  links.groups = cluster.group_rates;
  return links;
}

namespace {

// The group of that shape; else the narrowest that spans as much, and the slowest of those.
const spec::GroupRate& shaped(const Links& links, double ranks, double stride) {
  const spec::GroupRate* best = nullptr;
  for (const spec::GroupRate& g : links.groups) {
    if (g.ranks == ranks && g.stride == stride) return g;
    const int span = g.ranks * g.stride, least = best != nullptr ? best->ranks * best->stride : 0;
    if (span >= ranks * stride && (best == nullptr || span < least || (span == least && g.gb_per_s < best->gb_per_s)))
      best = &g;
  }
  return best != nullptr ? *best : links.groups.back();
}

}  // namespace

double group_peak(const Links& links, double ranks, double stride) {
  return links.groups.empty() ? links.scaleup_peak : shaped(links, ranks, stride).gb_per_s * kGiga;
}

double group_reached(const Links& links, double ranks, double stride) {
  return links.groups.empty() ? links.scaleup : group_peak(links, ranks, stride) * (links.scaleup / links.scaleup_peak);
}

double all_reduce_gain(const Links& links, double ranks) {
  if (ranks != links.domain) return 1;
  return links.groups.empty() || shaped(links, ranks, 1).switched ? links.all_reduce_gain : 1;
}

double in_domain_s(const Links& links, Collective op, double ranks, double bytes) {
  if (ranks <= 1 || bytes <= 0) return 0;
  const double passes = op == Collective::kAllReduce ? 2 / all_reduce_gain(links, ranks) : 1;
  return passes * bytes * (ranks - 1) / ranks / (kCollectiveReach * group_peak(links, ranks)) + kLatency_s +
         kLatencyPerRank_s * ranks;
}

double ring_s(const Links& links, double ranks, double stride, double bytes) {
  if (ranks <= 1 || bytes <= 0) return 0;
  const double sharing = std::min(ranks, std::max(1.0, links.domain / stride));  // members inside one domain
  if (sharing >= ranks) {
    if (ranks > kLargestLatencyBoundGroup) return bytes * (ranks - 1) / ranks / group_reached(links, ranks, stride);
    if (links.groups.empty() || stride == 1) return in_domain_s(links, Collective::kAllGather, ranks, bytes);
    return bytes * (ranks - 1) / ranks / (kCollectiveReach * group_peak(links, ranks, stride)) + kLatency_s +
           kLatencyPerRank_s * ranks;
  }
  return std::max(bytes * (ranks - 1) / ranks / (links.nic * sharing),
                  bytes * (sharing - 1) / sharing / group_reached(links, sharing, stride));
}

double point_to_point_bytes_per_s(const Links& links, double extent) {
  return extent <= links.domain ? group_reached(links, extent) : links.nic;
}

}  // namespace shardplan::topology
