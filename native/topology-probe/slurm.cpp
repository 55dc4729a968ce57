#include "slurm.h"

#include <algorithm>
#include <map>

#include "text.h"

namespace shardplan::probe {
namespace {

// "NVIDIA H100 80GB HBM3" -> "nvidia_h100_80gb_hbm3", as Slurm's own detection writes types.
std::string type_of(const Gpu& gpu) {
  std::string type = lower(gpu.facts.text("name"));
  std::replace_if(
      type.begin(), type.end(), [](char c) { return c == ' ' || c == '/' || c == '(' || c == ')'; }, '_');
  return type.empty() ? "gpu" : type;
}

// Links to each GPU of the host in their order, -1 for itself.
std::string links_of(const Host& host, const Gpu& gpu) {
  std::string out;
  for (const Gpu& other : host.gpus) {
    int count = other.index == gpu.index ? -1 : 0;
    for (const Link& l : host.links)
      if ((l.a == gpu.index && l.b == other.index) || (l.b == gpu.index && l.a == other.index)) count = l.count;
    out += (out.empty() ? "" : ",") + std::to_string(count);
  }
  return out;
}

std::string file_of(const Gpu& gpu) {
  if (gpu.vendor == "nvidia")
    return "/dev/nvidia" + number_text(gpu.facts.number("minor").value_or(static_cast<double>(gpu.index)));
  return "/dev/dri/renderD" + std::to_string(128 + gpu.index);
}

}  // namespace

std::string slurm(const Host& host) {
  const std::string name = host.system.text("host").empty() ? "NODE" : host.system.text("host");
  std::string out = "# gres.conf\n";
  std::map<std::string, int> types;
  for (const Gpu& gpu : host.gpus) {
    ++types[type_of(gpu)];
    const std::string cores = gpu.facts.text("cpu_affinity");
    out += "NodeName=" + name + " Name=gpu Type=" + type_of(gpu) + " File=" + file_of(gpu) +
           (cores.empty() ? "" : " Cores=" + cores) + " Links=" + links_of(host, gpu) + "\n";
  }
  std::string gres;
  for (const auto& [type, count] : types)
    gres += (gres.empty() ? "" : ",") + ("gpu:" + type + ":" + std::to_string(count));
  out += "\n# slurm.conf\nNodeName=" + name;
  if (const auto sockets = host.cpu.number("sockets")) out += " Sockets=" + number_text(*sockets);
  if (const auto threads = host.cpu.number("threads")) out += " CPUs=" + number_text(*threads);
  if (const auto gib = host.cpu.number("memory_gib"))
    out += " RealMemory=" + std::to_string(static_cast<int64_t>(*gib * 1024));
  out += gres.empty() ? "\n" : " Gres=" + gres + "\n";
  for (const Gpu& gpu : host.gpus) {
    const std::string uuid = gpu.fabric.text("cluster_uuid");
    if (uuid.empty()) continue;
    out += "\n# topology.conf: hosts of one NVLink domain are one block\n# BlockName=" + uuid + "." +
           number_text(gpu.fabric.number("clique").value_or(0)) + " Nodes=" + name + "\n";
    break;
  }
  return out;
}

}  // namespace shardplan::probe
