// Rings over a graph of links: how much bandwidth those that share no link reach together.
#pragma once

#include <vector>

namespace shardplan::topology {

struct RingProblem {
  int nodes = 0;
  std::vector<double> capacity;  // of each ordered pair, row by row, both directions alike; 0: no link
};

// Of rings through all nodes that use each link no more than it carries, in both directions at once, the sum that a
// search finds; 0 where no ring exists. For two nodes the capacity between them.
double rings_gb_per_s(const RingProblem& p);

// A ring through all nodes whose narrowest hop is as wide as can be; any order where some nodes cannot be reached.
std::vector<int> widest_ring(const RingProblem& p);

}  // namespace shardplan::topology
