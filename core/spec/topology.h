// One host as a topology document describes it ("format": "shardplan-topology/1"). Bandwidths: one direction, 10^9
// bytes/s.
#pragma once

#include <string>
#include <vector>

namespace shardplan::spec {

struct TopologyGpu {
  int index = 0;
  std::string name;
  std::string accelerator;  // id of the preset, where it is known
  double memory_gib = 0;
  int numa_node = -1;  // -1: unknown
  std::string pci;     // "0000:0f:00.0"
  std::string uuid;
  std::string compute_capability;
  // 0: not said
  int pcie_gen = 0, pcie_gen_max = 0;
  int pcie_width = 0, pcie_width_max = 0;
  double power_limit_w = 0, power_limit_default_w = 0;
  bool mig = false;

  bool operator==(const TopologyGpu&) const = default;
};

enum class LinkKind { kNvlink, kNvswitch, kXgmi, kPcie, kOther, kUnknown };

// Between two GPUs, by their indices.
struct TopologyLink {
  int a = 0;
  int b = 0;
  LinkKind kind = LinkKind::kOther;
  double gb_per_s = 0;  // 0: not said
  // As nvidia-smi calls it: NV18, PIX, PXB, PHB, NODE, SYS; XGMI; empty: not said.
  std::string path;
  int count = 0;  // NVLinks or XGMI links that are bonded

  bool operator==(const TopologyLink&) const = default;
};

struct TopologyNic {
  std::string name;
  std::string kind;
  double gb_per_s = 0;
  int numa_node = -1;
  std::vector<int> nearest_gpus;
  std::vector<std::string> paths;  // to each GPU; empty where not said

  bool operator==(const TopologyNic&) const = default;
};

struct TopologyNuma {
  int node = 0;
  std::vector<int> gpus;

  bool operator==(const TopologyNuma&) const = default;
};

// Equal hosts of a cluster: what is said of one of them, and where it differs from the first group.
struct TopologyGroup {
  std::vector<std::string> hosts;
  std::vector<TopologyGpu> gpus;
  std::vector<TopologyLink> links;
  std::vector<TopologyNic> nics;
  std::vector<TopologyNuma> numa;
  std::vector<std::string> differences;

  bool operator==(const TopologyGroup&) const = default;
};

struct Topology {
  std::string format = "shardplan-topology/1";
  std::string host;
  std::string source;  // what printed it
  // Between processor sockets, one direction, as NCCL takes it for the CPU; 0: not said.
  std::string cpu;
  double socket_gb_per_s = 0;
  std::vector<TopologyGpu> gpus;
  std::vector<TopologyLink> links;
  std::vector<TopologyNic> nics;
  std::vector<TopologyNuma> numa;
  std::vector<TopologyGroup> groups;  // of several hosts; the first one's is repeated above
  std::vector<std::string> missing;   // what the source does not say and a plan needs: names of request fields
  std::vector<std::string> warnings;

  bool operator==(const Topology&) const = default;
};

}  // namespace shardplan::spec
