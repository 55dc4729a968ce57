// What a request's topology says of its machines, as the search needs it. Reading one and saying what it changed is the
// business of the registry with every operation: the first load of the page has no importers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "json/meta.h"
#include "search/search.h"
#include "spec/cluster.h"

namespace shardplan::api {

struct TopologyUse;  // topology_use.h

struct HostReading {
  spec::Accelerator accelerator;
  double memory_gib = 0;  // of the smallest GPU; 0: not said
  int gpus_per_node = 0;
  int hosts = 1;
  double nic_gb_per_s = 0;  // per GPU; 0: not said
  std::vector<spec::GroupRate> rates;
  std::shared_ptr<const TopologyUse> use;
  std::vector<std::string> assumptions, warnings;
};

struct TopologyReader {
  Result<HostReading> (*read)(const catalog::Catalog&, const json::RawJson&, const std::string& gpu);
  // A response's account of the plan on the topology.
  json::RawJson (*account)(const estimate::Context& context, const spec::Strategy& strategy, const TopologyUse& use);
  // The links of the plan's tensor-parallel groups, and what the best plan of each other degree takes.
  std::string (*why_tp)(const std::vector<search::Cell>& cells, int tp, const TopologyUse& use);
};

// Decided by the registry; null where there is none.
const TopologyReader* topology_reader();

}  // namespace shardplan::api
