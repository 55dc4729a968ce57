#include "catalog/mock_topology.h"

#include <algorithm>

namespace shardplan::catalog {
namespace {

using spec::LinkKind;
using spec::Topology;

LinkKind scaleup_kind(const spec::Accelerator& a, int gpus) {
  if (a.vendor == "AMD") return LinkKind::kXgmi;
  return gpus > 2 && a.scaleup_domain > 2 ? LinkKind::kNvswitch : LinkKind::kNvlink;
}

// Whether the fabric joins GPUs i and j: all of a switched host, neighbours where bridges join pairs.
bool joined(const spec::Accelerator& a, int gpus, int i, int j) {
  if (a.scaleup_gb_per_s <= 0) return false;
  if (a.scaleup_domain >= gpus) return true;
  return i / a.scaleup_domain == j / a.scaleup_domain;
}

int numa_of(int index, int gpus, int nodes) { return index * nodes / gpus; }

}  // namespace

Topology mock_topology(const spec::Accelerator& a, const spec::System* system, int gpus) {
  Topology t;
  t.host = system != nullptr ? system->name : "mock host, " + a.name;
  const int numa_nodes =
      std::clamp(system != nullptr && system->numa_nodes > 0 ? system->numa_nodes : 2, 1, std::max(1, gpus));
  for (int n = 0; n < numa_nodes; ++n) t.numa.push_back({n, {}});
  for (int i = 0; i < gpus; ++i) {
    const int numa = numa_of(i, gpus, numa_nodes);
    spec::TopologyGpu gpu;
    gpu.index = i;
    gpu.name = a.name;
    gpu.accelerator = a.id;
    gpu.memory_gib = a.memory_gib;
    gpu.numa_node = numa;
    t.gpus.push_back(std::move(gpu));
    t.numa[numa].gpus.push_back(i);
    for (int j = i + 1; j < gpus; ++j) {
      const bool fabric = joined(a, gpus, i, j);
      t.links.push_back({i, j, fabric ? scaleup_kind(a, gpus) : LinkKind::kPcie,
                         fabric ? a.scaleup_gb_per_s : a.pcie_gb_per_s, "", 0});
    }
  }
  const int nics = system != nullptr ? system->nics_per_node : 0;
  for (int n = 0; n < nics; ++n) {
    const int gpu = n * gpus / nics;
    t.nics.push_back({"nic" + std::to_string(n), "", system->nic_gb_per_s, numa_of(gpu, gpus, numa_nodes), {gpu}, {}});
  }
  t.warnings.push_back("A mock from the data sheet: nothing here was measured.");
  return t;
}

}  // namespace shardplan::catalog
