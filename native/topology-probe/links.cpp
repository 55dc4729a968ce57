#include "links.h"

#include <algorithm>
#include <array>

namespace shardplan::probe {
namespace {

struct Bundle {
  int links = 0;
  double gb_per_s = 0;  // of all of them; 0: not known
};

Bundle bundle(const Gpu& from, const std::string& remote, const std::string& remote_pci) {
  Bundle b;
  bool known_rate = true;
  for (const NvLink& l : from.nvlinks) {
    if (!l.is_up || l.remote != remote || (!remote_pci.empty() && l.remote_pci != remote_pci)) continue;
    ++b.links;
    b.gb_per_s += l.gb_per_s;
    known_rate = known_rate && l.gb_per_s > 0;
  }
  if (!known_rate) b.gb_per_s = 0;
  return b;
}

// The device and its slot together: what NVML says of them, else the lesser of both.
void settle_limit(Facts& facts, const std::string& name) {
  if (facts.number("pcie_" + name + "_max")) return;
  const auto device = facts.number("pcie_" + name + "_device_max");
  const auto slot = facts.number("pcie_" + name + "_slot_max");
  if (!device && !slot) return;
  const double least = std::min(device.value_or(*(device ? device : slot)), slot.value_or(*(device ? device : slot)));
  facts.set("pcie_" + name + "_max", known(static_cast<int>(least)));
}

void settle_pcie(Facts& facts) {
  settle_limit(facts, "gen");
  settle_limit(facts, "width");
}

void take(Link& link, const char* kind, const Bundle& b) {
  link.kind = kind;
  link.count = b.links;
  link.path = "NV" + std::to_string(b.links);
  link.gb_per_s = b.gb_per_s;
  link.source = "nvml";
}

void join_pair(const PciTree& tree, const Gpu& a, const Gpu& b, double between_sockets, Link& link) {
  const bool from_nvml = !link.pcie_path.empty();
  if (!from_nvml) link.pcie_path = tree.path_between(a.pci, b.pci);
  if (link.kind == "xgmi") return;
  const Bundle direct = b.pci.empty() ? Bundle() : bundle(a, "gpu", b.pci);
  const Bundle up_a = bundle(a, "switch", "");
  const Bundle up_b = bundle(b, "switch", "");
  if (direct.links > 0) return take(link, "nvlink", direct);
  if (up_a.links > 0 && up_b.links > 0 && !is_off_fabric(a) && !is_off_fabric(b))
    return take(link, "nvswitch", {std::min(up_a.links, up_b.links), std::min(up_a.gb_per_s, up_b.gb_per_s)});
  link.path = link.pcie_path;
  link.kind = link.path.empty() ? "unknown" : "pcie";
  link.source = link.path.empty() ? "" : from_nvml ? "nvml" : "sysfs";
  link.gb_per_s = std::min(pcie_gb_per_s_of(a.facts), pcie_gb_per_s_of(b.facts));
  // Where the link of the sockets is not known, the planner asks for it.
  if (link.path == "SYS") link.gb_per_s = std::min(link.gb_per_s, between_sockets);
}

Link& link_between(Host& host, int a, int b) {
  for (Link& l : host.links)
    if (l.a == a && l.b == b) return l;
  Link& link = host.links.emplace_back();
  link.a = a;
  link.b = b;
  return link;
}

size_t nearness(const std::string& path) {
  constexpr std::array<const char*, 5> kNearestFirst = {"PIX", "PXB", "PHB", "NODE", "SYS"};
  return static_cast<size_t>(std::find(kNearestFirst.begin(), kNearestFirst.end(), path) - kNearestFirst.begin());
}

void join_nic(const PciTree& tree, const std::vector<Gpu>& gpus, Nic& nic) {
  settle_pcie(nic.facts);
  size_t best = 5;
  for (const Gpu& gpu : gpus) {
    nic.paths.push_back(tree.path_between(nic.pci, gpu.pci));
    best = std::min(best, nearness(nic.paths.back()));
  }
  // Over a host bridge every GPU of the socket is as near: that says nothing.
  if (best > nearness("PXB")) return;
  for (size_t i = 0; i < nic.paths.size(); ++i)
    if (nearness(nic.paths[i]) == best) nic.nearest_gpus.push_back(gpus[i].index);
}

}  // namespace

bool is_off_fabric(const Gpu& gpu) {
  const std::string state = gpu.fabric.text("state");
  if (state.empty() || state == "not_supported") return false;
  return state != "completed" || gpu.fabric.number("status").value_or(0) != 0;
}

double pcie_gb_per_s_of(const Facts& facts) {
  const auto generation = facts.number("pcie_gen_max");
  auto width = facts.number("pcie_width");
  if (!width) width = facts.number("pcie_width_max");
  return generation && width ? pcie_gb_per_s(static_cast<int>(*generation), static_cast<int>(*width)) : 0;
}

void join(const PciTree& tree, Host& host) {
  for (const auto& [address, device] : tree.devices())
    if (is_nvswitch(device)) host.nvswitches.push_back(address);
  for (Gpu& gpu : host.gpus) settle_pcie(gpu.facts);
  const double between_sockets = host.cpu.number("socket_gb_per_s").value_or(0);
  for (size_t i = 0; i < host.gpus.size(); ++i)
    for (size_t j = i + 1; j < host.gpus.size(); ++j) {
      Link& link = link_between(host, host.gpus[i].index, host.gpus[j].index);
      join_pair(tree, host.gpus[i], host.gpus[j], between_sockets, link);
    }
  std::sort(host.links.begin(), host.links.end(),
            [](const Link& x, const Link& y) { return std::pair(x.a, x.b) < std::pair(y.a, y.b); });
  for (Nic& nic : host.nics) join_nic(tree, host.gpus, nic);
}

}  // namespace shardplan::probe
