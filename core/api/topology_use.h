// What a topology of the user's own machines makes of a plan: which links each process group really has, on which GPU
// each rank runs, what that costs against the data sheet. The first load knows topology_host.h alone.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "api/topology_host.h"
#include "json/spec_fields.h"

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

Result<HostReading> read_host(const catalog::Catalog& catalog, const json::RawJson& topology, const std::string& gpu);

// With what depends on the plan: times with the data sheet's links and after each repair, the rank file.
json::RawJson account_of(const estimate::Context& context, const spec::Strategy& strategy, const TopologyUse& use);

std::string why_tp(const std::vector<search::Cell>& cells, int tp, const TopologyUse& use);

inline constexpr TopologyReader kTopologyReader = {&read_host, &account_of, &why_tp};

}  // namespace shardplan::api

namespace shardplan::json {
SHARDPLAN_DESCRIBE(api::GroupLinks, "group_links");
SHARDPLAN_DESCRIBE(api::Repair, "repair");
SHARDPLAN_DESCRIBE(api::TopologyUse, "topology_use");
}  // namespace shardplan::json
