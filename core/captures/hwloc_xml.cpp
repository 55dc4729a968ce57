// hwloc's XML (lstopo --of xml), versions 1 to 3: the PCI tree with OS devices, NVLink and xGMI bandwidth as distances.
#include <algorithm>
#include <map>

#include "captures/capture.h"
#include "captures/devices.h"
#include "captures/path_class.h"
#include "captures/pci_tree.h"
#include "captures/text.h"
#include "captures/xml.h"

namespace shardplan::captures {
namespace {

constexpr size_t kMostGpus = 512;
constexpr int kMostLevels = 100;

std::string_view info(const XmlNode& object, std::string_view name) {
  for (const XmlNode& n : object.children)
    if (n.name == "info" && n["name"] == name) return n["value"];
  return {};
}

// "0302 [10de:15f9] ..." -> 0302, 10de
std::string_view pci_class(const XmlNode& n) { return n["pci_type"].substr(0, 4); }
std::string_view pci_vendor(const XmlNode& n) {
  const std::string_view type = n["pci_type"];
  const size_t at = type.find('[');
  return at == std::string_view::npos ? std::string_view() : type.substr(at + 1, 4);
}

std::string_view pci_device(const XmlNode& n) {
  const std::string_view type = n["pci_type"];
  const size_t at = type.find('[');
  return at == std::string_view::npos || at + 10 > type.size() ? std::string_view() : type.substr(at + 6, 4);
}

// A display controller of the board is no accelerator: NVIDIA, AMD and Intel accelerators are 3D or display
// controllers (0302, 0380), or VGA cards with a driver for computing below them.
bool is_accelerator(const XmlNode& n) {
  const std::string_view kind = pci_class(n), vendor = pci_vendor(n);
  if (kind.substr(0, 2) != "03" || (vendor != "10de" && vendor != "1002" && vendor != "8086")) return false;
  if (kind == "0302" || kind == "0380") return true;
  return std::any_of(n.children.begin(), n.children.end(), [](const XmlNode& c) {
    const std::string_view name = c["name"];
    return c["type"] == "OSDev" && (name.substr(0, 4) == "cuda" || name.substr(0, 4) == "nvml" ||
                                    name.substr(0, 4) == "rsmi" || name.substr(0, 2) == "ze");
  });
}

class Reader {
 public:
  Result<spec::Topology> read(const XmlNode& root) {
    for (const XmlNode& n : root.children)
      if (n.name == "object") object(n, {}, 0);
    if (gpus_.size() > kMostGpus)
      return fail("", "The document lists " + std::to_string(gpus_.size()) + " GPUs; one host has fewer.");
    spec::Topology t = topology_of(std::move(gpus_), std::move(nics_));
    for (const XmlNode& n : root.children) distances(n, t);
    switches(t);
    t.cpu = cpu_.name;
    t.socket_gb_per_s = cpu_.socket_gb_per_s;
    // Without a matrix nothing is said of a fabric; of cards that have none that does not matter.
    if (t.gpus.size() > 1 && !says_fabric_) t.missing.push_back("links");
    finish(t, name_of(Kind::kHwlocXml));
    return t;
  }

 private:
  std::vector<TreeGpu> gpus_;
  std::vector<TreeNic> nics_;
  std::map<std::string, int> gpu_of_device_;  // "OSDev:332" or "PCIDev:12" or "12" -> GPU
  std::map<int, double> switched_gb_per_s_;   // of each GPU, to switches
  bool says_fabric_ = false;
  CpuKind cpu_;
  int next_ = 0;

  void object(const XmlNode& n, PciPlace place, int depth) {
    if (depth > kMostLevels) return;
    const std::string_view type = n["type"];
    if (type == "NUMANode") place.numa = whole_number(n["os_index"]).value_or(place.numa);
    // The node stands beside what it is near to.
    else if (place.numa < 0)
      for (const XmlNode& c : n.children)
        if (c.name == "object" && c["type"] == "NUMANode" && place.numa < 0 && is_alone(n))
          place.numa = whole_number(c["os_index"]).value_or(-1);
    if (type == "Package" && cpu_.name.empty())
      cpu_ = cpu_kind(info(n, "CPUArchitecture"), info(n, "CPUVendor"),
                      whole_number(info(n, "CPUFamilyNumber")).value_or(-1),
                      whole_number(info(n, "CPUModelNumber")).value_or(-1));
    if (type == "Bridge" && n["bridge_type"].substr(0, 1) == "0") {
      place.root = next_++;
      place.bridges.clear();
    } else if (type == "Bridge") {
      place.bridges.push_back(next_++);
    } else if (type == "PCIDev") {
      device(n, place);
    }
    for (const XmlNode& c : n.children)
      if (c.name == "object") object(c, place, depth + 1);
  }

  // One NUMA node directly below: a package with several has devices that belong to no one of them.
  static bool is_alone(const XmlNode& n) {
    return std::count_if(n.children.begin(), n.children.end(),
                         [](const XmlNode& c) { return c.name == "object" && c["type"] == "NUMANode"; }) == 1;
  }

  void device(const XmlNode& n, const PciPlace& place) {
    if (is_accelerator(n)) return accelerator(n, place);
    if (pci_class(n).substr(0, 2) != "02") return;
    // A port is an OpenFabrics device where it has one, else a network interface.
    const auto named = [&](std::string_view osdev) {
      for (const XmlNode& c : n.children)
        if (c["type"] == "OSDev" && (c["osdev_type"] == osdev)) return std::string(c["name"]);
      return std::string();
    };
    // Version 3 of the format numbers kinds as bits.
    std::string name;
    for (std::string_view kind : {"3", "8", "16", "2", "4"})
      if (name.empty()) name = named(kind);
    if (name.empty()) return;
    spec::TopologyNic nic;
    nic.name = name;
    nic.numa_node = place.numa;
    nics_.push_back({std::move(nic), place});
  }

  void accelerator(const XmlNode& n, const PciPlace& place) {
    spec::TopologyGpu g;
    g.pci = n["pci_busid"];
    g.numa_node = place.numa;
    const int index = static_cast<int>(gpus_.size());
    for (const XmlNode& c : n.children) {
      if (c["type"] != "OSDev") continue;
      gpu_of_device_["OSDev:" + std::string(c["gp_index"])] = index;
      for (std::string_view key : {"GPUModel"})
        if (g.name.empty()) g.name = info(c, key);
      for (std::string_view key : {"NVIDIAUUID", "AMDUUID"})
        if (g.uuid.empty()) g.uuid = info(c, key);
      for (std::string_view key : {"CUDAGlobalMemorySize", "RSMIVRAMSize"})
        if (g.memory_gib <= 0) g.memory_gib = number_in(info(c, key)).value_or(0) / (1024 * 1024);
    }
    gpu_of_device_["PCIDev:" + std::string(n["gp_index"])] = index;
    // The board's name, which stands for a family.
    if (g.name.empty() || g.name.find("MI200") != std::string::npos)
      g.name = pci_device_name(pci_vendor(n), pci_device(n));
    if (g.name.empty()) g.name = info(n, "PCIDevice");
    gpus_.push_back({std::move(g), place});
  }

  static std::vector<std::string_view> listed(const XmlNode& n, std::string_view element) {
    std::vector<std::string_view> out;
    for (const XmlNode& c : n.children)
      if (c.name == element)
        for (std::string_view w : words(c.text)) out.push_back(w);
    return out;
  }

  // A matrix in MB/s between OS devices; packages and switches stand in it as well.
  void distances(const XmlNode& n, spec::Topology& t) {
    if (n.name.substr(0, 10) != "distances2") return;
    const bool nvlink = n["name"] == "NVLinkBandwidth", xgmi = n["name"] == "XGMIBandwidth";
    if (!nvlink && !xgmi) return;
    says_fabric_ = true;
    const std::vector<std::string_view> ids = listed(n, "indexes"), values = listed(n, "u64values");
    if (values.size() != ids.size() * ids.size()) {
      t.warnings.push_back("The matrix " + std::string(n["name"]) + " is not whole and was left out.");
      return;
    }
    const std::string prefix = std::string(n["type"]).empty() ? "" : std::string(n["type"]) + ":";
    std::vector<int> gpus;  // -1: a switch, -2: neither
    for (std::string_view id : ids) {
      const std::string key = prefix + std::string(id);
      const auto gpu = gpu_of_device_.find(key);
      const bool is_device = key.substr(0, 6) == "OSDev:" || key.substr(0, 7) == "PCIDev:";
      gpus.push_back(gpu != gpu_of_device_.end() ? gpu->second : is_device ? -1 : -2);
    }
    for (size_t i = 0; i < ids.size(); ++i)
      for (size_t j = 0; j < ids.size(); ++j) {
        const double gb_per_s = number_in(values[i * ids.size() + j]).value_or(0) / 1000;
        if (gpus[i] < 0 || gpus[j] == gpus[i] || gb_per_s <= 0) continue;
        if (gpus[j] == -1) switched_gb_per_s_[gpus[i]] += gb_per_s;
        else if (gpus[j] > gpus[i])
          join(t, gpus[i], gpus[j], gb_per_s, nvlink ? spec::LinkKind::kNvlink : spec::LinkKind::kXgmi);
      }
  }

  // hwloc's own table of NVLink generations: 20 GB/s a link at first, then 25, 50 from the fifth.
  static double nvlink_gb_per_s(const std::string& name) {
    if (name.find("P100") != std::string::npos) return 20;
    for (const char* fifth : {"B100", "B200", "B300"})
      if (name.find(fifth) != std::string::npos) return 50;
    return 25;
  }

  static void join(spec::Topology& t, int a, int b, double gb_per_s, spec::LinkKind kind) {
    spec::TopologyLink* link = find_link(t, a, b);
    if (link == nullptr) return;
    link->kind = kind;
    link->gb_per_s = gb_per_s;
    link->path = "XGMI";
    if (kind == spec::LinkKind::kXgmi) return;
    link->count = static_cast<int>(gb_per_s / nvlink_gb_per_s(t.gpus[static_cast<size_t>(a)].name) + 0.5);
    link->path = "NV" + std::to_string(link->count);
  }

  void switches(spec::Topology& t) const {
    for (auto a = switched_gb_per_s_.begin(); a != switched_gb_per_s_.end(); ++a)
      for (auto b = std::next(a); b != switched_gb_per_s_.end(); ++b)
        join(t, a->first, b->first, std::min(a->second, b->second), spec::LinkKind::kNvswitch);
  }
};

}  // namespace

Result<spec::Topology> read_hwloc_xml(std::string_view text) {
  const auto root = parse_xml(text);
  if (!root) return tl::unexpected<Diagnostics>(root.error());
  return Reader().read(*root);
}

}  // namespace shardplan::captures
