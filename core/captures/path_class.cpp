#include "captures/path_class.h"

#include <algorithm>
#include <array>
#include <map>

#include "captures/text.h"

namespace shardplan::captures {
namespace {

// Rubin has 36; up to Blackwell no GPU has more than 18, and a direct mesh uses at most those.
constexpr int kMostDirectLinks = 18;

constexpr std::array<std::string_view, 9> kPlain = {"NODE", "SYS", "SOC", "PHB", "PXB", "PIX", "PXN", "C2C", "X"};
constexpr std::array<std::string_view, 6> kNearestFirst = {"PIX", "PXB", "PXN", "PHB", "NODE", "SYS"};

// Characters of a class that the text begins with; 0 for none.
size_t class_length(std::string_view text) {
  if (text.substr(0, 2) == "NV") {
    size_t end = 2;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    return end > 2 ? end : 0;
  }
  for (std::string_view name : kPlain)
    if (text.substr(0, name.size()) == name) return name.size();
  return 0;
}

size_t nearness(const std::string& path) {
  return static_cast<size_t>(std::find(kNearestFirst.begin(), kNearestFirst.end(), path) - kNearestFirst.begin());
}

}  // namespace

std::optional<PathClass> path_class(std::string_view cell) {
  if (cell.empty() || class_length(cell) != cell.size()) return std::nullopt;
  PathClass c;
  c.name = cell == "SOC" ? "SYS" : std::string(cell);
  c.is_self = cell == "X";
  if (cell.substr(0, 2) == "NV") {
    const auto links = whole_number(cell.substr(2));
    if (!links) return std::nullopt;
    c.links = *links;
  }
  return c;
}

std::vector<PathClass> glued_classes(std::string_view cell) {
  std::vector<PathClass> out;
  while (!cell.empty()) {
    const size_t length = class_length(cell);
    const auto c = path_class(cell.substr(0, length));
    if (!c) return {};
    out.push_back(*c);
    cell.remove_prefix(length);
  }
  return out;
}

spec::LinkKind kind_of(const PathClass& path) {
  if (path.links > 0) return spec::LinkKind::kNvlink;
  return path.name == "C2C" ? spec::LinkKind::kOther : spec::LinkKind::kPcie;
}

std::string pci_path(int bridges, bool same_root, bool same_numa) {
  if (!same_numa) return "SYS";
  if (!same_root || bridges == 0) return "PHB";
  return bridges == 1 ? "PIX" : "PXB";
}

void settle_links(spec::Topology& t) {
  std::map<int, int> links;
  for (const spec::TopologyLink& l : t.links) {
    links[l.a] += l.kind == spec::LinkKind::kNvlink ? l.count : 0;
    links[l.b] += l.kind == spec::LinkKind::kNvlink ? l.count : 0;
  }
  for (spec::TopologyLink& l : t.links)
    if (l.kind == spec::LinkKind::kNvlink && (links[l.a] > kMostDirectLinks || links[l.b] > kMostDirectLinks))
      l.kind = spec::LinkKind::kNvswitch;
}

namespace {

// On a host whose GPUs hang from switches, one that has fewer links than most, or none.
void warn_of_links(spec::Topology& t) {
  std::map<int, int> pairs;  // by count of links
  std::vector<int> best(t.gpus.size(), 0);
  std::vector<bool> is_known(t.gpus.size(), true);
  for (const spec::TopologyLink& l : t.links) {
    if (l.kind == spec::LinkKind::kUnknown)
      is_known[static_cast<size_t>(l.a)] = is_known[static_cast<size_t>(l.b)] = false;
    if (l.kind != spec::LinkKind::kNvswitch) continue;
    ++pairs[l.count];
    for (int gpu : {l.a, l.b}) best[static_cast<size_t>(gpu)] = std::max(best[static_cast<size_t>(gpu)], l.count);
  }
  if (pairs.empty()) return;
  const int usual = std::max_element(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) {
                      return a.second < b.second;
                    })->first;
  for (size_t i = 0; i < best.size(); ++i) {
    const std::string name = "GPU " + std::to_string(i);
    if (best[i] == 0 && !is_known[i]) continue;
    if (best[i] == 0)
      t.warnings.push_back(name + " is off the fabric: it has no NVLink, the other GPUs have NV" +
                           std::to_string(usual) + ".");
    else if (best[i] < usual)
      t.warnings.push_back(name + " has NV" + std::to_string(best[i]) + ", the other GPUs have NV" +
                           std::to_string(usual) + ".");
  }
}

void warn_of_mixture(spec::Topology& t) {
  for (const spec::TopologyGpu& g : t.gpus)
    if (!g.name.empty() && !t.gpus.front().name.empty() && g.name != t.gpus.front().name) {
      t.warnings.push_back("The GPUs are not of one model: " + t.gpus.front().name + " and " + g.name + ".");
      return;
    }
}

// Where adapters' ways are known, GPUs whose nearest one is over another socket.
void warn_of_adapters(spec::Topology& t) {
  std::string far;
  for (size_t gpu = 0; gpu < t.gpus.size(); ++gpu) {
    size_t best = kNearestFirst.size();
    for (const spec::TopologyNic& n : t.nics)
      if (gpu < n.paths.size() && !n.paths[gpu].empty()) best = std::min(best, nearness(n.paths[gpu]));
    if (best == nearness("SYS")) far += (far.empty() ? "" : ", ") + std::to_string(gpu);
  }
  if (far.empty()) return;
  const bool one = far.find(',') == std::string::npos;
  t.warnings.push_back((one ? "GPU " : "GPUs ") + far + (one ? " reaches" : " reach") +
                       " every adapter through another socket only (SYS), or the machine hides its PCI tree: without "
                       "GPUDirect RDMA.");
}

}  // namespace

void finish(spec::Topology& t, const char* source) {
  t.source = source;
  settle_links(t);
  warn_of_links(t);
  warn_of_mixture(t);
  std::map<int, std::vector<int>> numa;
  for (const spec::TopologyGpu& g : t.gpus)
    if (g.numa_node >= 0) numa[g.numa_node].push_back(g.index);
  for (auto& [node, gpus] : numa) t.numa.push_back({node, std::move(gpus)});
  for (spec::TopologyNic& n : t.nics) {
    size_t best = kNearestFirst.size();
    for (const std::string& path : n.paths) best = std::min(best, nearness(path));
    // Over a host bridge every GPU of the socket is as near: that says nothing.
    if (best > nearness("PXB")) continue;
    for (size_t i = 0; i < n.paths.size(); ++i)
      if (nearness(n.paths[i]) == best) n.nearest_gpus.push_back(static_cast<int>(i));
  }
  warn_of_adapters(t);
  const bool unnamed = std::any_of(t.gpus.begin(), t.gpus.end(), [](const auto& g) { return g.name.empty(); });
  if (unnamed) t.missing.push_back("gpu");
  std::sort(t.missing.begin(), t.missing.end());
  t.missing.erase(std::unique(t.missing.begin(), t.missing.end()), t.missing.end());
  if (t.gpus.empty()) t.warnings.push_back("The document describes no GPU.");
}

}  // namespace shardplan::captures
