#include <algorithm>
#include <set>

#include "links.h"
#include "text.h"
#include "warnings.h"

namespace shardplan::probe {
namespace {

void add(Host& host, const char* code, const std::vector<int>& gpus, const std::string& text) {
  host.warnings.push_back({code, lower(gpus_text(gpus)), gpus_text(gpus) + ": " + text});
}

int most_links(const Host& host) {
  int most = 0;
  for (const Gpu& g : host.gpus) most = std::max(most, g.links_up());
  return most;
}

bool anyone_via_switch(const Host& host) {
  return std::any_of(host.gpus.begin(), host.gpus.end(), [](const Gpu& g) { return g.via_switch(); });
}

// GPUs whose NVLinks do not carry what those of the others do.
std::set<int> warn_of_fabric_state(Host& host) {
  std::vector<int> off;
  std::vector<int> unhealthy;
  std::string state;
  size_t nvidia = 0;
  for (const Gpu& g : host.gpus) {
    nvidia += g.vendor == "nvidia" ? 1 : 0;
    if (is_off_fabric(g)) {
      off.push_back(g.index);
      state = g.fabric.text("state");
      if (state == "completed") state = "failed with status " + number_text(g.fabric.number("status").value_or(0));
    }
    if (g.fabric.number("health_summary").value_or(0) >= 2) unhealthy.push_back(g.index);
  }
  if (off.size() == nvidia && nvidia > 0)
    add(host, "fabric_not_ready", off,
        "the NVLink fabric is " + state +
            ". Links look up, but all traffic goes over PCIe, 10 to 100 times slower. "
            "Start nvidia-fabricmanager in the driver's version, on NVL72 also the switch tray's.");
  else if (!off.empty())
    add(host, "gpu_off_fabric", off,
        "off the NVLink fabric (" + state +
            ") while the others joined it. Peers reach it over PCIe only; "
            "reset the GPU and restart nvidia-fabricmanager, or leave it out of tensor parallel groups.");
  if (!unhealthy.empty())
    add(host, "fabric_unhealthy", unhealthy,
        "the fabric reports degraded health. Ask nvidia-smi -q for the Fabric section, and the fabric manager's log.");
  return {off.begin(), off.end()};
}

void warn_of_links(Host& host, const std::set<int>& told) {
  const int most = most_links(host);
  if (most == 0) return;
  std::vector<int> none;
  for (const Gpu& g : host.gpus) {
    if (told.count(g.index) != 0 || g.vendor != "nvidia") continue;
    const auto total = static_cast<int>(g.nvlinks.size());
    const int up = g.links_up();
    if (up == 0 && anyone_via_switch(host)) {
      none.push_back(g.index);
      continue;
    }
    // Boards leave some links unused on every GPU; fewer than the neighbours is a fault.
    if (up < most && up < total)
      add(host, "nvlink_down", {g.index},
          number_text(up) + " NVLinks are up, its neighbours have " + number_text(most) +
              ". Collectives run at the least GPU's rate; look for Xid 74 in the kernel log, reseat or replace the "
              "part.");
  }
  if (!none.empty())
    add(host, "gpu_off_fabric", none,
        "no NVLink is up while the other GPUs have " + number_text(most) +
            ". Peers reach it over PCIe only; leave it out of tensor parallel groups until it is repaired.");
}

void warn_of_pairs(Host& host) {
  std::set<int> dead;
  std::set<std::string> reasons;
  std::set<int> no_pcie_peer;
  for (const Link& l : host.links) {
    const std::string read = l.peer.text("read");
    if (read.empty() || read == "ok" || read == "unknown") continue;
    auto& to = l.kind == "nvlink" || l.kind == "nvswitch" ? dead : no_pcie_peer;
    to.insert(l.a);
    to.insert(l.b);
    reasons.insert(read);
  }
  std::string why;
  for (const std::string& r : reasons) why += (why.empty() ? "" : ", ") + r;
  std::replace(why.begin(), why.end(), '_', ' ');
  if (!dead.empty())
    add(host, "nvlink_without_peer_access", {dead.begin(), dead.end()},
        "NVLinks are up, but the driver allows no peer access (" + why + "). Traffic is staged through the host.");
  if (!no_pcie_peer.empty())
    add(host, "no_peer_access", {no_pcie_peer.begin(), no_pcie_peer.end()},
        "no peer access over PCIe (" + why + "). Traffic between them is staged through the host's memory.");
}

void warn_of_xgmi(Host& host) {
  std::vector<int> alone;
  const auto of_xgmi = [&](int gpu) {
    return std::count_if(host.links.begin(), host.links.end(),
                         [&](const Link& l) { return l.kind == "xgmi" && (l.a == gpu || l.b == gpu); });
  };
  std::ptrdiff_t most = 0;
  for (const Gpu& g : host.gpus) most = std::max(most, of_xgmi(g.index));
  for (const Gpu& g : host.gpus)
    if (g.vendor == "amd" && of_xgmi(g.index) == 0) alone.push_back(g.index);
  if (most > 0 && !alone.empty())
    add(host, "gpu_off_fabric", alone, "no xGMI link while the other GPUs have them. Peers reach it over PCIe only.");
}

void warn_of_racks(Host& host) {
  // One domain is one cluster and one clique; the number of the clique alone says nothing.
  std::set<std::string> domains;
  for (const Gpu& g : host.gpus)
    if (const std::string uuid = g.fabric.text("cluster_uuid"); !uuid.empty())
      domains.insert(uuid + "." + number_text(g.fabric.number("clique").value_or(-1)));
  if (domains.size() > 1)
    host.warnings.push_back({"several_cliques", "host",
                             "The GPUs of this host belong to " + std::to_string(domains.size()) +
                                 " NVLink domains. NVLink reaches only within one; look at the fabric's partitions."});
  const bool imex = host.gpudirect.number("imex_channels").value_or(0) > 0;
  const bool grace = std::any_of(host.gpus.begin(), host.gpus.end(), [](const Gpu& g) {
    return g.facts.text("name").find("GB200") != std::string::npos ||
           g.facts.text("name").find("GB300") != std::string::npos;
  });
  if (grace && !domains.empty() && !imex)
    host.warnings.push_back({"no_imex", "host",
                             "No IMEX channel below /dev/nvidia-caps-imex-channels: NVLink to other hosts of the rack "
                             "cannot be used. Start nvidia-imex and give the container a channel."});
}

}  // namespace

void warn_of_fabric(Host& host) {
  warn_of_links(host, warn_of_fabric_state(host));
  warn_of_pairs(host);
  warn_of_xgmi(host);
  warn_of_racks(host);
}

}  // namespace shardplan::probe
