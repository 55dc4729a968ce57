// GPUs of a real host as presets, and the rates of its links that follow.
#pragma once

#include <string>

#include "catalog/catalog.h"
#include "spec/topology.h"

namespace shardplan::catalog {

// Between sockets where the processor is not known: NCCL's AMD_BW (src/graph/topo.h, 2.30); Intel's are 10 to 40.
inline constexpr double kUnknownSocket_gb_per_s = 16;

// Finds each GPU's preset by the name that the driver gives it and its memory. `gpu`, where not empty, stands for those
// without a name; a problem where it is no known one. Warns of names that no preset has.
Diagnostics name_accelerators(const Catalog& catalog, const std::string& gpu, spec::Topology& topology);

}  // namespace shardplan::catalog
