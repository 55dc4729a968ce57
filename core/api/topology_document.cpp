#include "api/topology_document.h"

#include "captures/capture.h"
#include "catalog/named_topology.h"
#include "json/document.h"

namespace shardplan::api {
namespace {

constexpr const char* kFormat = "shardplan-topology/1";

Diagnostics inconsistencies(const spec::Topology& t) {
  Diagnostics problems;
  const int gpus = static_cast<int>(t.gpus.size());
  if (t.format != kFormat)
    problems.push_back({"/format", "The document is of the format '" + t.format + "'.",
                        std::string("This version reads ") + kFormat + "."});
  for (size_t i = 0; i < t.links.size(); ++i) {
    const spec::TopologyLink& l = t.links[i];
    if (l.a < 0 || l.b < 0 || l.a >= gpus || l.b >= gpus || l.a == l.b)
      problems.push_back({"/links/" + std::to_string(i),
                          "A link joins two different GPUs of 0 to " + std::to_string(gpus - 1) + ".", ""});
  }
  return problems;
}

Result<spec::Topology> from_json(const std::string& text) {
  auto document = json::parse(text, captures::kLargestCaptureBytes);
  if (!document)
    return fail("", "The document is not a topology in JSON: " + document.error().front().message,
                "This version reads documents of the format shardplan-topology/1.");
  spec::Topology t;
  Diagnostics problems = json::read_into(*document, json::type_of<spec::Topology>(), &t);
  if (problems.empty()) problems = inconsistencies(t);
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  if (t.gpus.empty()) t.warnings.push_back("The document describes no GPU.");
  return t;
}

}  // namespace

Result<spec::Topology> read_topology(const catalog::Catalog& catalog, const std::string& text, const std::string& gpu,
                                     const std::string& path) {
  const bool ours = captures::kind_of(text) == captures::Kind::kTopologyDocument;
  auto t = ours ? from_json(text) : captures::read(text);
  if (!t) {
    for (Diagnostic& d : t.error()) d.path = path + d.path;
    return t;
  }
  Diagnostics problems = catalog::name_accelerators(catalog, gpu, *t);
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  return t;
}

}  // namespace shardplan::api

namespace shardplan::json {

using spec::LinkKind;
using spec::Topology;

std::span<const EnumEntry> DescribeEnum<LinkKind>::entries() {
  static constexpr EnumEntry table[] = {
      {static_cast<int>(LinkKind::kNvlink), "nvlink"}, {static_cast<int>(LinkKind::kNvswitch), "nvswitch"},
      {static_cast<int>(LinkKind::kXgmi), "xgmi"},     {static_cast<int>(LinkKind::kPcie), "pcie"},
      {static_cast<int>(LinkKind::kOther), "other"},   {static_cast<int>(LinkKind::kUnknown), "unknown"}};
  return table;
}

Fields Describe<spec::TopologyGpu>::fields() {
  using G = spec::TopologyGpu;
  static constexpr Field table[] = {
      field<&G::index>("index").range(0, 100000),
      field<&G::name>("name"),
      field<&G::accelerator>("accelerator", "Id of the preset.").omit_default(),
      field<&G::memory_gib>("memory_gib", "Left out where it is not known.").at_least(0).omit_default(),
      field<&G::numa_node>("numa_node", "-1: unknown."),
      field<&G::pci>("pci", "Address on the bus.").omit_default(),
      field<&G::uuid>("uuid").omit_default(),
      field<&G::compute_capability>("compute_capability").omit_default(),
      field<&G::pcie_gen>("pcie_gen", "Of the link now; an idle GPU shows 1.").omit_default(),
      field<&G::pcie_gen_max>("pcie_gen_max").omit_default(),
      field<&G::pcie_width>("pcie_width", "Lanes of the link now.").omit_default(),
      field<&G::pcie_width_max>("pcie_width_max").omit_default(),
      field<&G::power_limit_w>("power_limit_w").omit_default(),
      field<&G::power_limit_default_w>("power_limit_default_w").omit_default(),
      field<&G::mig>("mig", "Cut into instances.").omit_default(),
  };
  return table;
}

Fields Describe<spec::TopologyLink>::fields() {
  using L = spec::TopologyLink;
  static constexpr Field table[] = {
      field<&L::a>("a", "Index of a GPU."),
      field<&L::b>("b", "Index of another."),
      field<&L::kind>("kind"),
      field<&L::path>("class", "As nvidia-smi calls it: NV18, PIX, PXB, PHB, NODE, SYS; XGMI.").omit_default(),
      field<&L::count>("count", "NVLinks or xGMI links that are bonded.").omit_default(),
      field<&L::gb_per_s>("gb_per_s", "One direction; left out where it is not known. What is given is believed.")
          .at_least(0)
          .omit_default(),
  };
  return table;
}

Fields Describe<spec::TopologyNic>::fields() {
  using N = spec::TopologyNic;
  static constexpr Field table[] = {
      field<&N::name>("name"),
      field<&N::kind>("kind").omit_default(),
      field<&N::gb_per_s>("gb_per_s", "One direction; left out where it is not known.").at_least(0).omit_default(),
      field<&N::numa_node>("numa_node", "-1: unknown."),
      field<&N::nearest_gpus>("nearest_gpus", "Those on its PCIe switch."),
      field<&N::paths>("paths", "Class of the way to each GPU.").omit_default(),
  };
  return table;
}

Fields Describe<spec::TopologyNuma>::fields() {
  static constexpr Field table[] = {field<&spec::TopologyNuma::node>("node"), field<&spec::TopologyNuma::gpus>("gpus")};
  return table;
}

Fields Describe<spec::TopologyGroup>::fields() {
  using G = spec::TopologyGroup;
  static constexpr Field table[] = {
      field<&G::hosts>("hosts"), field<&G::gpus>("gpus", "Of each host."),
      field<&G::links>("links"), field<&G::nics>("nics"),
      field<&G::numa>("numa"),   field<&G::differences>("differences", "Against the first group."),
  };
  return table;
}

Fields Describe<Topology>::fields() {
  using T = Topology;
  static constexpr Field table[] = {
      field<&T::format>("format"),
      field<&T::host>("host").omit_default(),
      field<&T::source>("source", "What printed it.").omit_default(),
      field<&T::cpu>("cpu", "Processor of the host.").omit_default(),
      field<&T::socket_gb_per_s>("socket_gb_per_s", "Between processor sockets, one direction.")
          .at_least(0)
          .omit_default(),
      field<&T::gpus>("gpus").required(),
      field<&T::links>("links"),
      field<&T::nics>("nics"),
      field<&T::numa>("numa"),
      field<&T::groups>("groups", "Of several hosts: those that are equal; the first group's host is the one above.")
          .omit_default(),
      field<&T::missing>("missing", "What the source does not say and a plan needs: 'gpu', 'links'.").omit_default(),
      field<&T::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
