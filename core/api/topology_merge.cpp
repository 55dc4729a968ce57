#include <algorithm>

#include "api/topology_document.h"
#include "base/text.h"

namespace shardplan::api {
namespace {

using spec::Topology;
using spec::TopologyGroup;

constexpr size_t kMostDifferences = 20;

// What makes two hosts equal for a plan: no addresses, no names of adapters.
Topology bare(const Topology& t) {
  Topology b = t;
  b.host = b.source = "";
  b.warnings.clear();
  b.missing.clear();
  for (spec::TopologyGpu& g : b.gpus) {
    g.pci = g.uuid = "";
    g.pcie_gen = 0;  // of the moment
  }
  for (spec::TopologyNic& n : b.nics) n.name = "";
  return b;
}

class Differences {
 public:
  Differences(const Topology& usual, const Topology& other) : usual_(usual), other_(other) {
    if (usual.gpus.size() != other.gpus.size())
      say(count(other.gpus.size(), "GPU") + " instead of " + std::to_string(usual.gpus.size()));
    for (size_t i = 0; i < std::min(usual.gpus.size(), other.gpus.size()); ++i) gpu(i);
    links();
    if (usual.nics.size() != other.nics.size())
      say(count(other.nics.size(), "adapter") + " instead of " + std::to_string(usual.nics.size()));
    for (size_t i = 0; i < std::min(usual.nics.size(), other.nics.size()); ++i) nic(i);
  }

  std::vector<std::string> texts() && {
    if (left_out_ > 0) texts_.push_back(std::to_string(left_out_) + " more differences.");
    return std::move(texts_);
  }

 private:
  const Topology& usual_;
  const Topology& other_;
  std::vector<std::string> texts_;
  size_t left_out_ = 0;

  static std::string count(size_t n, const char* thing) {
    return std::to_string(n) + " " + thing + (n == 1 ? "" : "s");
  }
  void say(std::string text) {
    if (texts_.size() < kMostDifferences) texts_.push_back(std::move(text) + ".");
    else ++left_out_;
  }
  void number(const std::string& what, double usual, double other, const char* unit) {
    if (usual == other) return;
    const auto said = [&](double x) { return x > 0 ? number_text(x, 4) + unit : std::string("not said"); };
    say(what + " " + said(other) + " instead of " + said(usual));
  }

  void gpu(size_t i) {
    const spec::TopologyGpu &u = usual_.gpus[i], &o = other_.gpus[i];
    const std::string name = "GPU " + std::to_string(i) + ":";
    if (u.name != o.name) say(name + " " + (o.name.empty() ? "no name" : o.name) + " instead of " + u.name);
    number(name, u.memory_gib, o.memory_gib, " GiB");
    number(name + " PCIe lanes", u.pcie_width, o.pcie_width, "");
    number(name + " power limit", u.power_limit_w, o.power_limit_w, " W");
    if (u.numa_node != o.numa_node)
      say(name + " on NUMA node " + std::to_string(o.numa_node) + " instead of " + std::to_string(u.numa_node));
    if (u.mig != o.mig) say(name + (o.mig ? " cut by MIG" : " not cut by MIG"));
  }

  static const spec::TopologyLink* find(const Topology& t, int a, int b) {
    const auto found = std::find_if(t.links.begin(), t.links.end(), [&](const spec::TopologyLink& l) {
      return (l.a == a && l.b == b) || (l.a == b && l.b == a);
    });
    return found == t.links.end() ? nullptr : &*found;
  }
  static std::string text_of(const spec::TopologyLink* l) {
    if (l == nullptr) return "no link";
    if (!l->path.empty()) return l->path;
    return number_text(l->gb_per_s, 4) + " GB/s";
  }

  void links() {
    for (const spec::TopologyLink& u : usual_.links) {
      const spec::TopologyLink* o = find(other_, u.a, u.b);
      if (o != nullptr && *o == u) continue;
      if (o == nullptr && u.b >= static_cast<int>(other_.gpus.size())) continue;
      const std::string pair = "GPU " + std::to_string(u.a) + " to GPU " + std::to_string(u.b) + ":";
      if (text_of(o) != text_of(&u)) say(pair + " " + text_of(o) + " instead of " + text_of(&u));
      else number(pair, u.gb_per_s, o->gb_per_s, " GB/s");
    }
  }

  void nic(size_t i) {
    const spec::TopologyNic &u = usual_.nics[i], &o = other_.nics[i];
    const std::string name = "Adapter " + (o.name.empty() ? std::to_string(i) : o.name) + ":";
    number(name, u.gb_per_s, o.gb_per_s, " GB/s");
    if (u.paths != o.paths || u.nearest_gpus != o.nearest_gpus) say(name + " other ways to the GPUs");
    else if (u.numa_node != o.numa_node)
      say(name + " on NUMA node " + std::to_string(o.numa_node) + " instead of " + std::to_string(u.numa_node));
  }
};

}  // namespace

Topology merged(std::vector<Topology> hosts) {
  std::vector<std::vector<size_t>> members;
  std::vector<Topology> kinds;
  for (size_t i = 0; i < hosts.size(); ++i) {
    if (hosts[i].host.empty()) hosts[i].host = "host-" + std::to_string(i + 1);
    const Topology b = bare(hosts[i]);
    const auto known = std::find(kinds.begin(), kinds.end(), b);
    if (known == kinds.end()) {
      kinds.push_back(b);
      members.emplace_back();
      members.back().push_back(i);
    } else {
      members[static_cast<size_t>(known - kinds.begin())].push_back(i);
    }
  }
  std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });

  const Topology& usual = hosts[members.front().front()];
  Topology out = usual;
  out.host = "";
  out.groups.clear();
  out.warnings.clear();
  out.missing.clear();
  for (const std::vector<size_t>& group : members) {
    const Topology& t = hosts[group.front()];
    TopologyGroup g{{}, t.gpus, t.links, t.nics, t.numa, {}};
    for (size_t i : group) g.hosts.push_back(hosts[i].host);
    if (&t != &usual) g.differences = Differences(usual, t).texts();
    if (!g.differences.empty())
      out.warnings.push_back(join(g.hosts, ", ") + (g.hosts.size() == 1 ? " differs" : " differ") +
                             " from the other hosts: " + g.differences.front());
    out.groups.push_back(std::move(g));
  }
  for (const Topology& t : hosts) {
    for (const std::string& w : t.warnings) out.warnings.push_back(t.host + ": " + w);
    for (const std::string& m : t.missing)
      if (std::find(out.missing.begin(), out.missing.end(), m) == out.missing.end()) out.missing.push_back(m);
  }
  return out;
}

}  // namespace shardplan::api
