// What a topology of the user's own machines makes of a plan: which links each process group really has, on which GPU
// each rank runs, what that costs against the data sheet. Reading a topology is the business of the registry with every
// operation: the first load of the page has no importers.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "json/spec_fields.h"
#include "spec/cluster.h"
#include "spec/strategy.h"

namespace shardplan::estimate {
class Context;
}

namespace shardplan::api {

struct GroupLinks {
  int ranks = 0, stride = 1;
  double gb_per_s = 0;
  double data_sheet_gb_per_s = 0;
  std::string links;  // "NVLink", "NVSwitch", "xGMI", "PCIe"
};

// The same plan with one fault gone.
struct Repair {
  std::string repair;
  double step_time_s = 0;
  double saved_s = 0;
};

struct TopologyUse {
  std::string source;
  int gpus_per_node = 0;
  std::vector<int> rank_to_gpu;  // of one node, by local rank
  std::string visible_devices;   // the same as CUDA_VISIBLE_DEVICES
  std::vector<GroupLinks> groups;
  std::vector<std::string> changes;  // against the data sheet, in words
  double data_sheet_step_time_s = 0;
  double cost_s = 0;  // of this plan's step
  std::vector<Repair> repairs;
  std::string rank_file;

  // For what is worked out once the plan is known; not printed.
  std::vector<std::pair<std::string, std::vector<spec::GroupRate>>> repaired;
  std::vector<std::string> gpu_notes;  // by GPU: address and NUMA node
};

// What a topology says of the machines: presets, sizes, rates.
struct HostReading {
  spec::Accelerator accelerator;
  double memory_gib = 0;  // of the smallest GPU; 0: not said
  int hosts = 1;
  double nic_gb_per_s = 0;  // per GPU; 0: not said
  std::vector<spec::GroupRate> rates;
  TopologyUse use;
  std::vector<std::string> assumptions, warnings;
};
using TopologyReader = Result<HostReading> (*)(const catalog::Catalog&, const json::RawJson&, const std::string& gpu);

// Decided by the registry; null where there is none.
TopologyReader topology_reader();

// The reader of api/registries/all.cpp.
Result<HostReading> read_host(const catalog::Catalog& catalog, const json::RawJson& topology, const std::string& gpu);

// Fills in what depends on the plan: times with the data sheet's links and after each repair, the rank file.
void price_topology(const estimate::Context& context, const spec::Strategy& strategy, TopologyUse& use);

}  // namespace shardplan::api

namespace shardplan::json {
SHARDPLAN_DESCRIBE(api::GroupLinks, "group_links");
SHARDPLAN_DESCRIBE(api::Repair, "repair");
SHARDPLAN_DESCRIBE(api::TopologyUse, "topology_use");
}  // namespace shardplan::json
