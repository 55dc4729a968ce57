// What a host looks like: a mock from the data sheet, or a document that a machine gave.
#include "spec/topology.h"
#include "api/fields.h"
#include "api/registry.h"
#include "base/text.h"
#include "catalog/mock_topology.h"

namespace shardplan::api {

struct TopologyRequest {
  std::string gpu;
  std::string system;
  std::optional<int> gpus;
  json::RawJson document;
};

struct TopologyResponse {
  spec::Topology topology;
  std::vector<std::string> assumptions;
};

}  // namespace shardplan::api

namespace shardplan::json {
SHARDPLAN_DESCRIBE_ENUM(spec::LinkKind, "link_kind");
SHARDPLAN_DESCRIBE(spec::TopologyGpu, "topology_gpu");
SHARDPLAN_DESCRIBE(spec::TopologyLink, "topology_link");
SHARDPLAN_DESCRIBE(spec::TopologyNic, "topology_nic");
SHARDPLAN_DESCRIBE(spec::TopologyNuma, "topology_numa");
SHARDPLAN_DESCRIBE(spec::Topology, "topology");
SHARDPLAN_DESCRIBE(api::TopologyRequest, "topology_request");
SHARDPLAN_DESCRIBE(api::TopologyResponse, "topology_response");
}  // namespace shardplan::json

namespace shardplan::api {
namespace {

constexpr size_t kLargestTopologyBytes = 4u << 20;

Diagnostics inconsistencies(const spec::Topology& t) {
  Diagnostics problems;
  const int gpus = static_cast<int>(t.gpus.size());
  for (size_t i = 0; i < t.links.size(); ++i) {
    const spec::TopologyLink& l = t.links[i];
    if (l.a < 0 || l.b < 0 || l.a >= gpus || l.b >= gpus || l.a == l.b)
      problems.push_back({"/document/links/" + std::to_string(i),
                          "A link joins two different GPUs of 0 to " + std::to_string(gpus - 1) + ".", ""});
  }
  return problems;
}

Result<TopologyResponse> from_document(const std::string& text) {
  auto document = json::parse(text, kLargestTopologyBytes);
  if (!document)
    return fail("/document", "The document is not a topology in JSON: " + document.error().front().message,
                "This version reads documents of the format shardplan-topology/1.");
  TopologyResponse r;
  Diagnostics problems = json::read_into(*document, json::type_of<spec::Topology>(), &r.topology);
  for (Diagnostic& d : problems) d.path = "/document" + d.path;
  if (problems.empty()) problems = inconsistencies(r.topology);
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  if (r.topology.gpus.empty()) r.topology.warnings.push_back("The document describes no GPU.");
  return r;
}

Result<TopologyResponse> topology(const TopologyRequest& request) {
  if (!request.document.text.empty()) return from_document(request.document.text);
  TopologyResponse r;
  const bool nothing_named = request.gpu.empty() && request.system.empty();
  const auto host = catalog::find_host(presets(), nothing_named ? "h100-sxm-80" : request.gpu, request.system);
  if (!host) return tl::unexpected<Diagnostics>(host.error());
  const spec::System* system = host->system;
  const spec::Accelerator& accelerator = *host->accelerator;
  if (nothing_named) r.assumptions.push_back("No document and no GPU given: a mock of " + accelerator.name + ".");
  const int gpus = request.gpus.value_or(system != nullptr ? system->gpus_per_node : 8);
  if (!request.gpus && system == nullptr) r.assumptions.push_back("GPUs: " + std::to_string(gpus) + ".");
  r.topology = catalog::mock_topology(accelerator, system, gpus);
  return r;
}

}  // namespace

Operation topology_operation() {
  Operation op = make_operation<&topology>("topology",
                                           "GPUs, links, adapters and NUMA nodes of a host, from a mock or a document.",
                                           R"({"mock": "h100", "mock_gpus": 8})");
  op.document_field = "document";
  return op;
}

}  // namespace shardplan::api

namespace shardplan::json {

using spec::LinkKind;
using spec::Topology;

std::span<const EnumEntry> DescribeEnum<LinkKind>::entries() {
  static constexpr EnumEntry table[] = {{static_cast<int>(LinkKind::kNvlink), "nvlink"},
                                        {static_cast<int>(LinkKind::kNvswitch), "nvswitch"},
                                        {static_cast<int>(LinkKind::kXgmi), "xgmi"},
                                        {static_cast<int>(LinkKind::kPcie), "pcie"},
                                        {static_cast<int>(LinkKind::kOther), "other"}};
  return table;
}

Fields Describe<spec::TopologyGpu>::fields() {
  using G = spec::TopologyGpu;
  static constexpr Field table[] = {
      field<&G::index>("index").range(0, 100000),
      field<&G::name>("name"),
      field<&G::accelerator>("accelerator", "Id of the preset.").omit_default(),
      field<&G::memory_gib>("memory_gib").at_least(0),
      field<&G::numa_node>("numa_node", "-1: unknown."),
  };
  return table;
}

Fields Describe<spec::TopologyLink>::fields() {
  using L = spec::TopologyLink;
  static constexpr Field table[] = {
      field<&L::a>("a", "Index of a GPU."),
      field<&L::b>("b", "Index of another."),
      field<&L::kind>("kind"),
      field<&L::gb_per_s>("gb_per_s", "One direction.").at_least(0),
  };
  return table;
}

Fields Describe<spec::TopologyNic>::fields() {
  using N = spec::TopologyNic;
  static constexpr Field table[] = {
      field<&N::name>("name"),
      field<&N::kind>("kind").omit_default(),
      field<&N::gb_per_s>("gb_per_s", "One direction.").at_least(0),
      field<&N::numa_node>("numa_node"),
      field<&N::nearest_gpus>("nearest_gpus"),
  };
  return table;
}

Fields Describe<spec::TopologyNuma>::fields() {
  static constexpr Field table[] = {field<&spec::TopologyNuma::node>("node"), field<&spec::TopologyNuma::gpus>("gpus")};
  return table;
}

Fields Describe<Topology>::fields() {
  using T = Topology;
  static constexpr Field table[] = {
      field<&T::format>("format"),
      field<&T::host>("host").omit_default(),
      field<&T::gpus>("gpus").required(),
      field<&T::links>("links"),
      field<&T::nics>("nics"),
      field<&T::numa>("numa"),
      field<&T::warnings>("warnings"),
  };
  return table;
}

Fields Describe<api::TopologyRequest>::fields() {
  using R = api::TopologyRequest;
  static constexpr Field table[] = {
      field<&R::gpu>("gpu", "Mock: accelerator, a preset's name or alias.")
          .alias("mock")
          .alias("mock_topology")
          .omit_default(),
      field<&R::system>("system", "Mock: a preset's name or alias.").omit_default(),
      field<&R::gpus>("gpus", "Mock: GPUs of the host.").alias("mock_gpus").range(1, 576).or_text(),
      field<&R::document>("document", "A topology document of a machine.").alias("file").omit_default(),
  };
  return table;
}

Fields Describe<api::TopologyResponse>::fields() {
  static constexpr Field own[] = {
      field<&api::TopologyResponse::assumptions>("assumptions", "Taken as given because the request was silent."),
  };
  static const FieldList table = FieldList().include<&api::TopologyResponse::topology>().add(own);
  return table;
}

}  // namespace shardplan::json
