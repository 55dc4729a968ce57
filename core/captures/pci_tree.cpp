#include "captures/pci_tree.h"

#include <algorithm>

#include "captures/path_class.h"

namespace shardplan::captures {

std::string path_between(const PciPlace& a, const PciPlace& b) {
  if (a.numa != b.numa && a.numa >= 0 && b.numa >= 0) return "SYS";
  if (a.root != b.root) return "NODE";
  size_t shared = 0;
  while (shared < a.bridges.size() && shared < b.bridges.size() && a.bridges[shared] == b.bridges[shared]) ++shared;
  // The last shared bridge, and those below it on either side.
  const size_t bridges = shared == 0 ? 0 : a.bridges.size() + b.bridges.size() - 2 * shared + 1;
  return pci_path(static_cast<int>(bridges), true, true);
}

spec::Topology topology_of(std::vector<TreeGpu> gpus, std::vector<TreeNic> nics) {
  spec::Topology t;
  for (size_t i = 0; i < gpus.size(); ++i) {
    gpus[i].gpu.index = static_cast<int>(i);
    for (size_t j = i + 1; j < gpus.size(); ++j)
      t.links.push_back({static_cast<int>(i), static_cast<int>(j), spec::LinkKind::kPcie, 0,
                         path_between(gpus[i].place, gpus[j].place), 0});
  }
  for (TreeNic& n : nics) {
    for (const TreeGpu& g : gpus) n.nic.paths.push_back(path_between(n.place, g.place));
    t.nics.push_back(std::move(n.nic));
  }
  for (TreeGpu& g : gpus) t.gpus.push_back(std::move(g.gpu));
  return t;
}

spec::TopologyLink* find_link(spec::Topology& t, int a, int b) {
  // topology_of lists the pairs in order.
  const size_t n = t.gpus.size(), i = static_cast<size_t>(std::min(a, b)), j = static_cast<size_t>(std::max(a, b));
  const size_t at = i * (2 * n - i - 1) / 2 + (j - i - 1);
  if (i < j && at < t.links.size() && t.links[at].a == static_cast<int>(i) && t.links[at].b == static_cast<int>(j))
    return &t.links[at];
  const auto found = std::find_if(t.links.begin(), t.links.end(), [&](const spec::TopologyLink& l) {
    return l.a == std::min(a, b) && l.b == std::max(a, b);
  });
  return found == t.links.end() ? nullptr : &*found;
}

double pcie_gb_per_s(double gt_per_s, int width) {
  if (gt_per_s <= 0 || width <= 0) return 0;
  // Line codes: 8b/10b up to generation 2, 128b/130b above (PCI Express Base Specification).
  const double code = gt_per_s < 8 ? 0.8 : 128.0 / 130;
  return gt_per_s * code / 8 * width;
}

}  // namespace shardplan::captures
