// The words by which nvidia-smi and NCCL name the way between two devices, and what they come to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/topology.h"

namespace shardplan::captures {

// One cell of a matrix: X, NV4, PIX, PXB, PHB, NODE, SYS (SOC before driver 375), PXN, C2C, OK.
struct PathClass {
  std::string name;  // SOC reads as SYS
  int links = 0;     // of NV#
  bool is_self = false;
};
std::optional<PathClass> path_class(std::string_view cell);

// A cell that terminals glued to its neighbours ("PXBNODE", "NV12NV12"); empty where any part is no class.
std::vector<PathClass> glued_classes(std::string_view cell);

spec::LinkKind kind_of(const PathClass& path);

// Between devices of one PCI tree: bridges on the way, whether they hang from the same host bridge and NUMA node.
// NVIDIA's rule: one bridge PIX, more PXB, over the host bridge PHB, over another socket SYS.
std::string pci_path(int bridges, bool same_root, bool same_numa);

// Marks NVLinks as switched where a GPU has more of them to its peers than any GPU has in all, and gives links their
// rate where the accelerator's is known.
void settle_links(spec::Topology& topology);

// Numbers the GPUs of each NUMA node, the adapters' nearest GPUs, and asks for what is not said.
void finish(spec::Topology& topology, const char* source);

}  // namespace shardplan::captures
