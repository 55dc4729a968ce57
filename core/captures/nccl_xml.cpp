// NCCL's topology XML (NCCL_TOPO_DUMP_FILE, NCCL_TOPO_FILE, RCCL's too): CPUs, the PCI tree below them, GPUs with their
// NVLinks or xGMI links, network devices. Static files of clouds hold PCI devices only.
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

struct FabricLink {
  int gpu = 0;
  std::string target;
  std::string target_class;
  int count = 0;
  bool xgmi = false;
};

// GB10 has C2C and no NVLink: sm 12.1.
constexpr double kWithoutNvlink = 120;

// Mb/s. NCCL writes 10000 where it does not know the speed; some drivers give kb/s.
double network_gb_per_s(double speed) {
  constexpr double kUnknown = 10000, kFastest = 3.2e6;
  if (speed == kUnknown) return 0;
  return (speed > kFastest ? speed / 1000 : speed) / 8000;
}

bool starts_with(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

class Reader {
 public:
  Result<spec::Topology> read(const XmlNode& root) {
    if (root.name != "system") fragment_ = true;
    // Without a CPU element a fragment hangs from one root.
    if (root.name == "system") {
      for (const XmlNode& n : root.children) element(n, {});
    } else {
      PciPlace place;
      place.root = next_++;
      if (root.name.empty())
        for (const XmlNode& n : root.children) element(n, place);
      else element(root, place);
    }
    if (gpus_.size() > kMostGpus)
      return fail("", "The document lists " + std::to_string(gpus_.size()) + " GPUs; one host has fewer.");
    spec::Topology t = topology_of(std::move(gpus_), std::move(nics_));
    t.warnings = std::move(warnings_);
    if (fragment_) t.warnings.push_back("This is a part of a topology: there is no <system> around it.");
    if (t.gpus.size() > 1 && !says_gpus_) {
      t.missing.push_back("links");
      t.warnings.push_back(
          "The file lists PCI devices only, as clouds ship it: it does not say which NVLinks or xGMI links there are.");
    }
    if (t.gpus.empty() && devices_ > 0)
      t.warnings.push_back("The file lists " + std::to_string(devices_) +
                           " PCI devices without saying which are GPUs.");
    t.cpu = cpu_;
    t.socket_gb_per_s = socket_gb_per_s_;
    fabric(t);
    if (leads_to_itself_) t.missing.push_back("links");
    finish(t, name_of(Kind::kNcclXml));
    return t;
  }

 private:
  std::vector<TreeGpu> gpus_;
  std::vector<TreeNic> nics_;
  std::vector<FabricLink> links_;
  std::vector<std::string> warnings_;
  std::map<std::string, int> gpu_at_;  // PCI address -> index
  bool fragment_ = false, says_gpus_ = false, leads_to_itself_ = false;
  int devices_ = 0;
  std::string cpu_;
  double socket_gb_per_s_ = 0;
  int next_ = 0;

  void element(const XmlNode& node, PciPlace place) {
    if (node.name == "cpu") return cpu(node);
    if (node.name == "pci") return pci(node, std::move(place));
    if (node.name == "gpu") return gpu(node, place, "");
    if (node.name == "nic") return nic(node, place);
  }

  void cpu(const XmlNode& node) {
    PciPlace place;
    place.numa = whole_number(node["numaid"]).value_or(-1);
    place.root = next_++;
    const CpuKind kind = cpu_kind(node["arch"], node["vendor"], whole_number(node["familyid"]).value_or(-1),
                                  whole_number(node["modelid"]).value_or(-1));
    if (cpu_.empty()) cpu_ = kind.name;
    if (socket_gb_per_s_ <= 0) socket_gb_per_s_ = kind.socket_gb_per_s;
    for (const XmlNode& n : node.children) element(n, place);
  }

  void pci(const XmlNode& node, PciPlace place) {
    const std::string_view kind = node["class"];
    if (node.children.empty()) ++devices_;
    const bool holds_gpu = node.child("gpu") != nullptr, holds_nic = node.child("nic") != nullptr;
    if (holds_gpu) {
      for (const XmlNode& n : node.children)
        if (n.name == "gpu") gpu(n, place, std::string(node["busid"]), &node);
    } else if (starts_with(kind, "0x03")) {
      gpu(XmlNode{}, place, std::string(node["busid"]), &node);
    }
    if (!holds_nic && starts_with(kind, "0x02")) {
      spec::TopologyNic n;
      n.name = node["busid"];
      n.numa_node = place.numa;
      nics_.push_back({std::move(n), place});
    }
    place.bridges.push_back(next_++);
    for (const XmlNode& n : node.children)
      if (n.name == "pci" || n.name == "nic") element(n, n.name == "nic" ? without_last(place) : place);
  }

  // A device is not a bridge above itself.
  static PciPlace without_last(PciPlace place) {
    place.bridges.pop_back();
    return place;
  }

  void gpu(const XmlNode& node, const PciPlace& place, const std::string& address, const XmlNode* device = nullptr) {
    spec::TopologyGpu g;
    g.pci = address;
    g.numa_node = place.numa;
    const std::string_view sm = node["sm"];
    // RCCL keeps an invented sm; its own field is gcn.
    if (!node.name.empty()) says_gpus_ = true;
    if (device != nullptr) g.name = pci_device_name((*device)["vendor"], (*device)["device"]);
    if (node["gcn"].empty() && sm.size() > 1)
      g.compute_capability = std::string(sm.substr(0, sm.size() - 1)) + "." + std::string(sm.substr(sm.size() - 1));
    if (device != nullptr) g.pcie_width = whole_number((*device)["link_width"]).value_or(0);
    const int index = static_cast<int>(gpus_.size());
    gpu_at_.emplace(address, index);
    // NVLink and C2C come together on every superchip; one without NVLink has lost it.
    if (node.child("c2c") != nullptr && node.child("nvlink") == nullptr && number_in(sm).value_or(0) < kWithoutNvlink)
      warnings_.push_back("GPU " + std::to_string(index) + " (" + address +
                          ") has C2C links to its CPU but no NVLink.");
    for (const XmlNode& n : node.children)
      if (n.name == "nvlink" || n.name == "xgmi")
        links_.push_back({index, std::string(n["target"]), std::string(n["tclass"]),
                          whole_number(n["count"]).value_or(1), n.name == "xgmi"});
    gpus_.push_back({std::move(g), place});
  }

  void nic(const XmlNode& node, const PciPlace& place) {
    for (const XmlNode& net : node.children) {
      if (net.name != "net") continue;
      spec::TopologyNic n;
      n.name = net["name"];
      n.gb_per_s = network_gb_per_s(number_in(net["speed"]).value_or(0));
      n.numa_node = place.numa;
      nics_.push_back({std::move(n), place});
    }
  }

  // What leads to another GPU is direct; what leads to a switch, or to an address that nothing stands at, is switched.
  void fabric(spec::Topology& t) {
    std::map<int, int> switched;
    for (const FabricLink& l : links_) {
      const auto target = gpu_at_.find(l.target);
      if (target != gpu_at_.end() && target->second == l.gpu) {
        leads_to_itself_ = true;
        t.warnings.push_back("GPU " + std::to_string(l.gpu) + " has " + std::to_string(l.count) +
                             " NVLinks that lead to itself: the document does not say which GPU they join.");
      } else if (target != gpu_at_.end()) {
        join(t, l.gpu, target->second, l.count, l.xgmi ? "XGMI" : "NV" + std::to_string(l.count),
             l.xgmi ? spec::LinkKind::kXgmi : spec::LinkKind::kNvlink);
      } else if (!l.xgmi) {
        switched[l.gpu] += l.count;
      }
    }
    for (auto a = switched.begin(); a != switched.end(); ++a)
      for (auto b = std::next(a); b != switched.end(); ++b) {
        const int count = std::min(a->second, b->second);
        join(t, a->first, b->first, count, "NV" + std::to_string(count), spec::LinkKind::kNvswitch);
      }
  }

  static void join(spec::Topology& t, int a, int b, int count, const std::string& path, spec::LinkKind kind) {
    spec::TopologyLink* link = find_link(t, a, b);
    if (link == nullptr) return;
    link->kind = kind;
    link->path = path;
    link->count = count;
  }
};

}  // namespace

Result<spec::Topology> read_nccl_xml(std::string_view text) {
  const auto root = parse_xml(text);
  if (!root) return tl::unexpected<Diagnostics>(root.error());
  return Reader().read(*root);
}

}  // namespace shardplan::captures
