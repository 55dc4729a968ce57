// A host or a cluster of them, and what a topology made of a plan, for people.
#pragma once

#include <iosfwd>

#include "json/view.h"

namespace shardplan::cli {

// GPUs, the matrix of their links, adapters, groups of hosts.
void render_topology(json::View topology, std::ostream& out);

// The block of a plan that was made for a topology.
void render_topology_use(json::View use, std::ostream& out);

}  // namespace shardplan::cli
