#include "container.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "text.h"

namespace shardplan::probe {
namespace {

constexpr double kGib = 1024.0 * 1024 * 1024;
// Version 1 says "no limit" by a number near 2^63.
constexpr int64_t kNoLimit = int64_t{1} << 60;

// Where this process stands in a hierarchy of control groups: "0::/a/b" of version 2, "4:memory:/a/b" of version 1.
std::string group_of(const std::string& cgroups, const std::string& controller) {
  for (const std::string& line : lines(cgroups)) {
    const std::vector<std::string> parts = split(line, ':');
    if (parts.size() < 3) continue;
    const std::vector<std::string> controllers = split(parts[1], ',');
    if (std::find(controllers.begin(), controllers.end(), controller) != controllers.end()) return parts[2];
  }
  return "";
}

// Each folder from the group up to the root: a limit of any of them holds.
std::vector<std::string> upwards(const std::string& root, std::string group) {
  std::vector<std::string> out;
  while (group.size() > 1) {
    out.push_back(root + group);
    group.erase(group.rfind('/'));
  }
  out.push_back(root);
  return out;
}

void least(std::optional<double>& limit, double value) { limit = limit ? std::min(*limit, value) : value; }

std::optional<double> cpu_limit(Files& files, const std::string& cgroups) {
  std::optional<double> limit;
  for (const std::string& folder : upwards("/sys/fs/cgroup", group_of(cgroups, ""))) {
    const std::vector<std::string> parts = split(files.text(folder + "/cpu.max"), ' ');  // "max 100000"
    const auto quota = whole_number(parts[0]);
    const auto period = parts.size() > 1 ? whole_number(parts[1]) : std::nullopt;
    if (quota && period && *period > 0) least(limit, static_cast<double>(*quota) / static_cast<double>(*period));
  }
  for (const std::string& folder : upwards("/sys/fs/cgroup/cpu", group_of(cgroups, "cpu"))) {
    const auto quota = files.number(folder + "/cpu.cfs_quota_us");
    const auto period = files.number(folder + "/cpu.cfs_period_us");
    if (quota && *quota > 0 && period && *period > 0)
      least(limit, static_cast<double>(*quota) / static_cast<double>(*period));
  }
  return limit;
}

std::optional<double> memory_limit(Files& files, const std::string& cgroups) {
  std::optional<double> limit;
  for (const std::string& folder : upwards("/sys/fs/cgroup", group_of(cgroups, "")))
    for (const char* name : {"/memory.max", "/memory.high"})
      if (const auto bytes = files.number(folder + name)) least(limit, static_cast<double>(*bytes) / kGib);
  for (const std::string& folder : upwards("/sys/fs/cgroup/memory", group_of(cgroups, "memory")))
    if (const auto bytes = files.number(folder + "/memory.limit_in_bytes"); bytes && *bytes < kNoLimit)
      least(limit, static_cast<double>(*bytes) / kGib);
  return limit;
}

Fact limit_fact(const std::optional<double>& limit) { return limit ? known(Value(*limit)) : known("none"); }

// "Max locked memory         65536                65536                bytes"
Fact locked_memory(const std::string& limits) {
  for (const std::string& line : lines(limits)) {
    const std::string name = "Max locked memory";
    if (line.compare(0, name.size(), name) != 0) continue;
    const std::string rest(trimmed(std::string_view(line).substr(name.size())));
    const auto bytes = number_in(rest);
    return bytes ? known(Value(*bytes / kGib)) : known("none");
  }
  return unknown(Status::kNotSupported);
}

std::string runtime_of(Files& files) {
  if (std::getenv("KUBERNETES_SERVICE_HOST") != nullptr) return "kubernetes";
  if (files.exists("/.dockerenv")) return "docker";
  if (files.exists("/run/.containerenv")) return "podman";
  return "";
}

Fact environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? known(Value(printable(value))) : unknown(Status::kNotSupported);
}

}  // namespace

void read_limits(Files& files, Facts& facts) {
  const std::string runtime = runtime_of(files);
  facts.set("container", runtime.empty() ? known("none seen") : known(Value(runtime)));
  const std::string status = files.text("/proc/self/status");
  const std::string cpus = value_of(status, "Cpus_allowed_list");
  facts.set("cpus_allowed", cpus.empty() ? unknown(Status::kNotSupported) : known(Value(cpus)));
  facts.set("cpus_allowed_count",
            cpus.empty() ? unknown(Status::kNotSupported) : known(static_cast<int>(numbers_of_list(cpus).size())));
  const std::string memory_nodes = value_of(status, "Mems_allowed_list");
  facts.set("numa_nodes_allowed", memory_nodes.empty() ? unknown(Status::kNotSupported) : known(Value(memory_nodes)));
  const std::string cgroups = files.text("/proc/self/cgroup");
  facts.set("cpu_limit", limit_fact(cpu_limit(files, cgroups)));
  facts.set("memory_limit_gib", limit_fact(memory_limit(files, cgroups)));
  facts.set("locked_memory_gib", locked_memory(files.text("/proc/self/limits")));
  struct statvfs shared {};
  // The size of a mount cannot be had from a copy of the files.
  if (files.is_this_machine() && ::statvfs("/dev/shm", &shared) == 0)
    facts.set("shared_memory_gib",
              known(Value(static_cast<double>(shared.f_blocks) * static_cast<double>(shared.f_frsize) / kGib)));
  else facts.set("shared_memory_gib", unknown(Status::kNotSupported));
  for (const char* name :
       {"CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "SLURM_NODEID",
        "SLURM_TOPOLOGY_ADDR", "SLURM_TOPOLOGY_ADDR_PATTERN", "NCCL_TOPO_FILE", "NCCL_P2P_LEVEL", "NCCL_IB_DISABLE"})
    if (std::getenv(name) != nullptr) facts.set(lower(name), environment(name));
}

}  // namespace shardplan::probe
