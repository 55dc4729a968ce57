// Devices of a PCI tree, as NCCL's and hwloc's XML nest them, and the ways between them.
#pragma once

#include <string>
#include <vector>

#include "spec/topology.h"

namespace shardplan::captures {

// Where a device hangs: the bridges above it from the host bridge down, by their place in the document.
struct PciPlace {
  int numa = -1;  // NUMA node or socket; -1: unknown
  int root = -1;  // host bridge; devices of different ones meet in the CPU
  std::vector<int> bridges;
};

// "PIX", "PXB", "PHB", "NODE" or "SYS": NVIDIA's names, NODE between host bridges of one NUMA node.
std::string path_between(const PciPlace& a, const PciPlace& b);

struct TreeGpu {
  spec::TopologyGpu gpu;
  PciPlace place;
};
struct TreeNic {
  spec::TopologyNic nic;
  PciPlace place;
};

// GPUs by their order, a PCIe link for each pair, the adapters' ways. Links of the fabric replace those of PCIe after.
spec::Topology topology_of(std::vector<TreeGpu> gpus, std::vector<TreeNic> nics);

spec::TopologyLink* find_link(spec::Topology& topology, int a, int b);

// One direction, payload before protocol: x16 of generation 4 has 31.5. 0 where either is unknown.
double pcie_gb_per_s(double gt_per_s, int width);

}  // namespace shardplan::captures
