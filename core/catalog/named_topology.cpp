#include "catalog/named_topology.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace shardplan::catalog {
namespace {

using spec::Accelerator;

constexpr int kUsualWidth = 16;
constexpr double kMeasuredAbove = 1.2;  // of the data sheet: no measurement, another card

// Most presets are called what the driver calls them; else without the maker, and without words at the end, which say
// the form or the board: "AMD Instinct MI300X OAM".
const Accelerator* named(const Catalog& catalog, std::string name) {
  const auto known = [&](const std::string& n) -> const Accelerator* {
    const auto found = find_accelerator(catalog, n, "");
    return found ? *found : nullptr;
  };
  while (true) {
    if (const Accelerator* a = known(name)) return a;
    for (const char* maker : {"NVIDIA ", "AMD ", "Tesla ", "Instinct ", "AMD Instinct "})
      if (name.compare(0, std::string(maker).size(), maker) == 0)
        if (const Accelerator* a = known(name.substr(std::string(maker).size()))) return a;
    const size_t space = name.find_last_of(' ');
    // What is left has to name a model: GeForce RTX is none.
    if (space == std::string::npos || name.find_first_of("0123456789") >= space) return nullptr;
    name.resize(space);
  }
}

// Of the presets with that name the one whose memory is nearest; a driver's name may stand for several sizes.
const Accelerator* find(const Catalog& catalog, const spec::TopologyGpu& g) {
  const Accelerator* found = named(catalog, g.name);
  if (found == nullptr || g.memory_gib <= 0) return found;
  const Accelerator* best = found;
  for (const Accelerator& a : catalog.accelerators)
    if (a.architecture == found->architecture && a.scaleup_link == found->scaleup_link &&
        a.id.substr(0, a.id.find('-')) == found->id.substr(0, found->id.find('-')) &&
        std::fabs(a.memory_gib - g.memory_gib) < std::fabs(best->memory_gib - g.memory_gib) - 1)
      best = &a;
  return best;
}

// One direction of one NVLink, 10^9 bytes/s: 20 for the first generation, 25 from Volta to Hopper, 50 on Blackwell
// (NVIDIA's data sheets); cards with a bridge have four slower ones.
double nvlink_gb_per_s(const Accelerator& a) {
  constexpr int kBridgeLinks = 4;
  if (a.scaleup_gb_per_s <= 0) return 0;
  if (a.scaleup_gb_per_s < 100) return a.scaleup_gb_per_s / kBridgeLinks;
  const std::string architecture = lower_case(a.architecture);
  if (architecture == "pascal") return 20;
  return architecture == "blackwell" || architecture == "rubin" ? 50 : 25;
}

// What the slots of both GPUs carry where they are known, at most what the card can; between sockets at most their way.
double pcie_rate(const Accelerator& a, const spec::Topology& t, const spec::TopologyLink& l) {
  double rate = a.pcie_gb_per_s;
  for (int gpu : {l.a, l.b}) {
    const spec::TopologyGpu& g = t.gpus[static_cast<size_t>(gpu)];
    const int most = g.pcie_width_max > 0 ? g.pcie_width_max : kUsualWidth;
    if (g.pcie_width > 0 && g.pcie_width < most) rate = std::min(rate, a.pcie_gb_per_s * g.pcie_width / most);
  }
  const double socket = t.socket_gb_per_s > 0 ? t.socket_gb_per_s : kUnknownSocket_gb_per_s;
  return l.path == "SYS" ? std::min(rate, socket) : rate;
}

void rate(const Accelerator& a, const spec::Topology& t, spec::TopologyLink& l) {
  // hwloc takes 25 GB/s for links of a generation, also for cards whose links are slower.
  const bool fabric = l.kind == spec::LinkKind::kNvlink || l.kind == spec::LinkKind::kNvswitch;
  if (fabric && a.scaleup_gb_per_s > 0 && l.gb_per_s > kMeasuredAbove * a.scaleup_gb_per_s)
    l.gb_per_s = a.scaleup_gb_per_s;
  if (l.gb_per_s > 0) return;
  switch (l.kind) {
    case spec::LinkKind::kNvlink:
    case spec::LinkKind::kNvswitch: l.gb_per_s = l.count * nvlink_gb_per_s(a); break;
    case spec::LinkKind::kXgmi:
      l.gb_per_s = a.scaleup_domain > 1 ? l.count * a.scaleup_gb_per_s / (a.scaleup_domain - 1) : 0;
      break;
    case spec::LinkKind::kPcie: l.gb_per_s = pcie_rate(a, t, l); break;
    default: break;
  }
}

}  // namespace

Diagnostics name_accelerators(const Catalog& catalog, const std::string& gpu, spec::Topology& t) {
  const Accelerator* stated = nullptr;
  if (!gpu.empty()) {
    const auto found = find_accelerator(catalog, gpu, "/gpu");
    if (!found) return found.error();
    stated = *found;
  }
  std::vector<const Accelerator*> of(t.gpus.size());
  std::string unknown;
  for (size_t i = 0; i < t.gpus.size(); ++i) {
    spec::TopologyGpu& g = t.gpus[i];
    if (const auto known = find_accelerator(catalog, g.accelerator, ""); !g.accelerator.empty() && known)
      of[i] = *known;
    else of[i] = g.name.empty() ? stated : find(catalog, g);
    if (of[i] == nullptr) of[i] = stated;
    if (of[i] != nullptr) {
      g.accelerator = of[i]->id;
      if (g.name.empty()) g.name = of[i]->name;
      if (g.memory_gib <= 0) g.memory_gib = of[i]->memory_gib;
    } else if (!g.name.empty() && g.name != unknown) {
      unknown = g.name;
      t.warnings.push_back("'" + g.name + "' is none of the presets: its rates are not known.");
    }
  }
  // A format that says nothing of NVLink misses nothing on cards that have none.
  const bool plain =
      std::all_of(of.begin(), of.end(), [](const auto* a) { return a != nullptr && a->scaleup_gb_per_s <= 0; });
  const bool known =
      std::all_of(t.links.begin(), t.links.end(), [](const auto& l) { return l.kind != spec::LinkKind::kUnknown; });
  if (plain && known && !of.empty())
    t.missing.erase(std::remove(t.missing.begin(), t.missing.end(), "links"), t.missing.end());
  if (stated != nullptr) t.missing.erase(std::remove(t.missing.begin(), t.missing.end(), "gpu"), t.missing.end());
  for (spec::TopologyLink& l : t.links) {
    const auto listed = [&](int gpu) { return gpu >= 0 && gpu < static_cast<int>(of.size()); };
    if (listed(l.a) && listed(l.b)) {
      const Accelerator *a = of[static_cast<size_t>(l.a)], *b = of[static_cast<size_t>(l.b)];
      if (a == nullptr || b == nullptr) continue;
      // Of unlike cards the slower slot; no link of the fabric joins them.
      if (a == b || l.kind == spec::LinkKind::kPcie) rate(a->pcie_gb_per_s <= b->pcie_gb_per_s ? *a : *b, t, l);
    }
  }
  return {};
}

}  // namespace shardplan::catalog
