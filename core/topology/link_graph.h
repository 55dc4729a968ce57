// From the links between the GPUs of one host to what each process group gets of them, the way NCCL looks at it: rings
// over direct links where there are any, one switch where all hang from it, else a ring whose slowest hop is PCIe or
// the way between sockets. Below: spec/. Above: api/topology_use gives the rates to a cluster.
#pragma once

#include <vector>

#include "spec/cluster.h"
#include "spec/topology.h"

namespace shardplan::topology {

struct HostLinks {
  std::vector<int> order;              // rank -> index of the GPU, so that neighbouring ranks have the best links
  std::vector<spec::GroupRate> rates;  // of all aligned groups, the slowest of each shape
};

// Ranks in the order that is given, or in the best one where `order` is empty. At least one GPU; links carry rates.
HostLinks host_links(const spec::Topology& topology, std::vector<int> order = {});

}  // namespace shardplan::topology
