#include <algorithm>
#include <map>
#include <set>

#include "text.h"
#include "warnings.h"

namespace shardplan::probe {
namespace {

bool is_rdma(const Nic& nic) { return nic.kind != "ethernet"; }

// Slower than this an adapter is for management, not for collectives.
constexpr double kLeastGbPerS = 12;

bool carries_collectives(const Nic& nic) { return is_rdma(nic) && nic.is_up && nic.gb_per_s >= kLeastGbPerS; }

std::string names(const std::vector<const Nic*>& nics) {
  std::string out;
  for (const Nic* n : nics) out += (out.empty() ? "" : ", ") + n->name;
  return out;
}

void warn_of_places(Host& host) {
  std::set<int> of_adapters;
  for (const Nic& n : host.nics)
    if (carries_collectives(n)) of_adapters.insert(n.numa_node);
  if (of_adapters.empty() || of_adapters.count(-1) != 0) return;
  std::map<int, std::vector<int>> far;
  for (const Gpu& g : host.gpus) {
    const auto node = g.facts.number("numa_node");
    if (node && of_adapters.count(static_cast<int>(*node)) == 0) far[static_cast<int>(*node)].push_back(g.index);
  }
  for (const auto& [node, gpus] : far)
    host.warnings.push_back(
        {"nic_wrong_socket", lower(gpus_text(gpus)),
         gpus_text(gpus) + ": on NUMA node " + std::to_string(node) +
             ", where no fast adapter is; traffic to other hosts crosses the sockets' link. Move an "
             "adapter there, or plan with the link's rate."});
}

void warn_of_states(Host& host) {
  std::vector<const Nic*> down;
  std::map<double, std::vector<const Nic*>> rates;
  for (const Nic& n : host.nics) {
    if (!is_rdma(n)) continue;
    const std::string state = n.facts.text("state");
    if (!n.is_up && !state.empty()) down.push_back(&n);
    if (carries_collectives(n)) rates[n.gb_per_s].push_back(&n);
  }
  if (!down.empty() && !rates.empty())
    host.warnings.push_back({"nic_down", names(down),
                             names(down) +
                                 ": the port is down. The GPUs beside it share another adapter; look at cable "
                                 "and switch."});
  if (rates.size() < 2) return;
  const auto fastest = std::prev(rates.end());
  for (auto slow = rates.begin(); slow != fastest; ++slow) {
    // A few slow ones beside many fast are for storage; one slow of many alike is a fault.
    if (slow->second[0]->facts.text("pci_id") != fastest->second[0]->facts.text("pci_id")) continue;
    host.warnings.push_back({"nic_slow", names(slow->second),
                             names(slow->second) + ": " + number_text(slow->first * 8) + " Gb/s where its like run " +
                                 number_text(fastest->first * 8) +
                                 " Gb/s. A ring over all of them runs at the least rate."});
  }
}

void warn_of_adapter_slots(Host& host) {
  for (const Nic& n : host.nics) {
    if (!carries_collectives(n)) continue;
    const auto width = n.facts.number("pcie_width");
    const auto most = n.facts.number("pcie_width_max");
    const auto generation = n.facts.number("pcie_gen");
    const auto could = n.facts.number("pcie_gen_device_max");
    const bool narrow = width && most && *width < *most;
    const bool slow = generation && could && *generation < *could;
    if (narrow || slow)
      host.warnings.push_back({"nic_pcie_degraded", n.name,
                               n.name + ": PCIe generation " + number_text(generation.value_or(0)) + " with " +
                                   number_text(width.value_or(0)) + " lanes, it could use generation " +
                                   number_text(could.value_or(0)) + " with " + number_text(most.value_or(0)) +
                                   ". Its slot limits it below its network rate if that is higher."});
  }
}

void warn_of_peer_memory(Host& host) {
  const bool rdma = std::any_of(host.nics.begin(), host.nics.end(), carries_collectives);
  const bool nvidia =
      std::any_of(host.gpus.begin(), host.gpus.end(), [](const Gpu& g) { return g.vendor == "nvidia"; });
  if (!rdma || !nvidia || host.gpudirect.flag("has_peer_memory").value_or(false)) return;
  if (host.gpudirect.flag("open_kernel_modules").value_or(false)) return;  // by shared buffers of the kernel
  host.warnings.push_back(
      {"no_peer_memory", "host",
       "No nvidia_peermem and no open kernel modules: adapters cannot read GPUs' memory, traffic is "
       "staged through the host. `modprobe nvidia_peermem`, or use the open kernel modules."});
}

}  // namespace

void warn_of_adapters(Host& host) {
  if (host.gpus.empty()) return;
  warn_of_places(host);
  warn_of_states(host);
  warn_of_adapter_slots(host);
  warn_of_peer_memory(host);
}

}  // namespace shardplan::probe
