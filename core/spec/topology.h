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

  bool operator==(const TopologyGpu&) const = default;
};

enum class LinkKind { kNvlink, kNvswitch, kXgmi, kPcie, kOther };

// Between two GPUs, by their indices.
struct TopologyLink {
  int a = 0;
  int b = 0;
  LinkKind kind = LinkKind::kOther;
  double gb_per_s = 0;

  bool operator==(const TopologyLink&) const = default;
};

struct TopologyNic {
  std::string name;
  std::string kind;
  double gb_per_s = 0;
  int numa_node = -1;
  std::vector<int> nearest_gpus;

  bool operator==(const TopologyNic&) const = default;
};

struct TopologyNuma {
  int node = 0;
  std::vector<int> gpus;

  bool operator==(const TopologyNuma&) const = default;
};

struct Topology {
  std::string format = "shardplan-topology/1";
  std::string host;
  std::vector<TopologyGpu> gpus;
  std::vector<TopologyLink> links;
  std::vector<TopologyNic> nics;
  std::vector<TopologyNuma> numa;
  std::vector<std::string> warnings;

  bool operator==(const Topology&) const = default;
};

}  // namespace shardplan::spec
