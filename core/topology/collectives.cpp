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
  return links;
}

double in_domain_s(const Links& links, Collective op, double ranks, double bytes) {
  if (ranks <= 1 || bytes <= 0) return 0;
  double passes = 1;
  if (op == Collective::kAllReduce) passes = ranks == links.domain ? 2 / links.all_reduce_gain : 2;
  return passes * bytes * (ranks - 1) / ranks / (kCollectiveReach * links.scaleup_peak) + kLatency_s +
         kLatencyPerRank_s * ranks;
}

double ring_s(const Links& links, double ranks, double stride, double bytes) {
  if (ranks <= 1 || bytes <= 0) return 0;
  const double sharing = std::min(ranks, std::max(1.0, links.domain / stride));  // members inside one domain
  if (sharing >= ranks) {
    if (ranks <= kLargestLatencyBoundGroup) return in_domain_s(links, Collective::kAllGather, ranks, bytes);
    return bytes * (ranks - 1) / ranks / links.scaleup;
  }
  return std::max(bytes * (ranks - 1) / ranks / (links.nic * sharing), bytes * (sharing - 1) / sharing / links.scaleup);
}

double point_to_point_bytes_per_s(const Links& links, double extent) {
  return extent <= links.domain ? links.scaleup : links.nic;
}

}  // namespace shardplan::topology
