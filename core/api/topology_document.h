// Topology documents as requests bring them: any capture that captures/ reads, or JSON of our own format, one host or
// several merged ones.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "json/meta.h"
#include "json/spec_fields.h"
#include "spec/topology.h"

namespace shardplan::api {

// `gpu`, where not empty, is the model of GPUs that the document does not name. Problems stand below `path`.
Result<spec::Topology> read_topology(const catalog::Catalog& catalog, const std::string& text, const std::string& gpu,
                                     const std::string& path);

// Hosts of one cluster: equal ones make a group, the largest first, and every other says where it differs from that.
spec::Topology merged(std::vector<spec::Topology> hosts);

}  // namespace shardplan::api

// A machine's document may say more than a plan needs, and a newer probe more than this version knows.
#define SHARDPLAN_DESCRIBE_OPEN(T, NAME)       \
  template <>                                  \
  struct Describe<T> {                         \
    static constexpr const char* kName = NAME; \
    static constexpr bool kOpen = true;        \
    static Fields fields();                    \
  }

namespace shardplan::json {
SHARDPLAN_DESCRIBE_ENUM(spec::LinkKind, "link_kind");
SHARDPLAN_DESCRIBE_OPEN(spec::TopologyGpu, "topology_gpu");
SHARDPLAN_DESCRIBE_OPEN(spec::TopologyLink, "topology_link");
SHARDPLAN_DESCRIBE_OPEN(spec::TopologyNic, "topology_nic");
SHARDPLAN_DESCRIBE_OPEN(spec::TopologyNuma, "topology_numa");
SHARDPLAN_DESCRIBE_OPEN(spec::TopologyGroup, "topology_group");
SHARDPLAN_DESCRIBE_OPEN(spec::Topology, "topology");
}  // namespace shardplan::json

#undef SHARDPLAN_DESCRIBE_OPEN
