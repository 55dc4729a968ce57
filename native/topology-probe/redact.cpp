#include "redact.h"

#include "text.h"

namespace shardplan::probe {
namespace {

void drop(Facts& facts, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (facts.find(name) != nullptr) facts.set(name, unknown(Status::kNotSupported, 0, "redacted"));
}

// Only random ids: the hash of a name or of an address with few possible values is soon found.
void hash(Facts& facts, const char* name) {
  if (const std::string text = facts.text(name); !text.empty())
    facts.set(name, known(Value("redacted-" + hash_of(text))));
}

}  // namespace

void redact(Host& host) {
  drop(host.system, {"host", "vendor", "product"});
  drop(host.limits, {"slurm_nodeid", "slurm_topology_addr", "slurm_topology_addr_pattern", "nccl_topo_file",
                     "nvidia_visible_devices", "cuda_visible_devices"});
  for (Gpu& gpu : host.gpus) {
    hash(gpu.facts, "uuid");
    drop(gpu.facts, {"serial", "hive", "chassis_serial"});
    hash(gpu.fabric, "cluster_uuid");
    for (Facts& instance : gpu.instances) hash(instance, "uuid");
  }
  for (Nic& nic : host.nics) drop(nic.facts, {"node_guid", "system_guid", "subnet_manager_lid"});
}

}  // namespace shardplan::probe
