// What is said of a plan for a topology once it is known. Like reading topologies, it is no part of the first load of
// the page: the registry decides.
#pragma once

#include <string>
#include <vector>

#include "api/topology_use.h"
#include "search/search.h"

namespace shardplan::api {

// The links of the plan's tensor-parallel groups, and what the best plan of each other degree takes.
std::string why_tp(const std::vector<search::Cell>& cells, int tp, const TopologyUse& use);

struct TopologyReasons {
  void (*price)(const estimate::Context& context, const spec::Strategy& strategy, TopologyUse& use);
  std::string (*why_tp)(const std::vector<search::Cell>& cells, int tp, const TopologyUse& use);
};
inline constexpr TopologyReasons kTopologyReasons = {&price_topology, &why_tp};

// Null where topology_reader is.
const TopologyReasons* topology_reasons();

}  // namespace shardplan::api
