// nvidia-smi -q -x, document types 10 to 13: names, memory, PCIe links, power limits, MIG. The ways between GPUs are
// not in it.
#include "captures/capture.h"
#include "captures/path_class.h"
#include "captures/text.h"
#include "captures/xml.h"

namespace shardplan::captures {
namespace {

// "00000000:0C:00.0" -> "0000:0c:00.0", as the kernel writes it.
std::string pci_address(std::string_view text) {
  std::string address;
  for (char c : text) address += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  return address.size() == 16 ? address.substr(4) : address;
}

int number(std::string_view text) { return static_cast<int>(number_in(text).value_or(0)); }

// The first of several paths that says something.
std::string_view first_of(const XmlNode& gpu, std::initializer_list<std::initializer_list<std::string_view>> paths) {
  for (const auto& path : paths)
    if (const std::string_view text = gpu.text_of(path); number_in(text)) return text;
  return {};
}

spec::TopologyGpu gpu_of(const XmlNode& n, int index) {
  spec::TopologyGpu g;
  g.index = index;
  g.name = n.text_of({"product_name"});
  g.uuid = n.text_of({"uuid"});
  g.pci = pci_address(n.text_of({"pci", "pci_bus_id"}));
  g.memory_gib = number_in(n.text_of({"fb_memory_usage", "total"})).value_or(0) / 1024;
  g.pcie_gen = number(n.text_of({"pci", "pci_gpu_link_info", "pcie_gen", "current_link_gen"}));
  g.pcie_gen_max = number(n.text_of({"pci", "pci_gpu_link_info", "pcie_gen", "max_link_gen"}));
  g.pcie_width = number(n.text_of({"pci", "pci_gpu_link_info", "link_widths", "current_link_width"}));
  g.pcie_width_max = number(n.text_of({"pci", "pci_gpu_link_info", "link_widths", "max_link_width"}));
  g.mig = n.text_of({"mig_mode", "current_mig"}) == "Enabled";
  // Renamed from driver to driver.
  g.power_limit_w = number_in(first_of(n, {{"gpu_power_readings", "current_power_limit"},
                                           {"gpu_power_readings", "power_limit"},
                                           {"power_readings", "power_limit"},
                                           {"power_readings", "enforced_power_limit"}}))
                        .value_or(0);
  g.power_limit_default_w =
      number_in(first_of(n, {{"gpu_power_readings", "default_power_limit"}, {"power_readings", "default_power_limit"}}))
          .value_or(0);
  return g;
}

void warn(spec::Topology& t, const spec::TopologyGpu& g) {
  const std::string name = "GPU " + std::to_string(g.index);
  if (g.mig) t.warnings.push_back(name + " is cut by MIG: its parts have no NVLink and no peer access.");
  if (g.pcie_width > 0 && g.pcie_width < g.pcie_width_max)
    t.warnings.push_back(name + " has a link of x" + std::to_string(g.pcie_width) + " of x" +
                         std::to_string(g.pcie_width_max) + ".");
  if (g.power_limit_w > 0 && g.power_limit_w < g.power_limit_default_w)
    t.warnings.push_back(name + " is capped at " + std::to_string(static_cast<int>(g.power_limit_w)) + " of " +
                         std::to_string(static_cast<int>(g.power_limit_default_w)) + " W.");
}

}  // namespace

Result<spec::Topology> read_nvidia_smi_xml(std::string_view text) {
  const auto root = parse_xml(text);
  if (!root) return tl::unexpected<Diagnostics>(root.error());
  constexpr size_t kMostGpus = 512;
  spec::Topology t;
  for (const XmlNode& n : root->children) {
    if (n.name != "gpu") continue;
    if (t.gpus.size() == kMostGpus) return fail("", "The document lists more than 512 GPUs; one host has fewer.");
    t.gpus.push_back(gpu_of(n, static_cast<int>(t.gpus.size())));
    warn(t, t.gpus.back());
  }
  const int attached = number(root->text_of({"attached_gpus"}));
  if (attached > static_cast<int>(t.gpus.size()))
    t.warnings.push_back("The driver sees " + std::to_string(attached) + " GPUs, the document lists " +
                         std::to_string(t.gpus.size()) + ".");
  for (int a = 0; a < static_cast<int>(t.gpus.size()); ++a)
    for (int b = a + 1; b < static_cast<int>(t.gpus.size()); ++b)
      t.links.push_back({a, b, spec::LinkKind::kUnknown, 0, "", 0});
  if (t.gpus.size() > 1) t.missing.push_back("links");
  finish(t, name_of(Kind::kNvidiaSmiXml));
  return t;
}

}  // namespace shardplan::captures
