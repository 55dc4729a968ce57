// What hosts look like: a mock from the data sheet, a document that a machine gave, or several hosts' as one cluster.
#include "api/fields.h"
#include "api/registry.h"
#include "api/topology_document.h"
#include "catalog/mock_topology.h"

namespace shardplan::api {

struct TopologyRequest {
  std::string gpu;
  std::string system;
  std::optional<int> gpus;
  std::vector<json::RawJson> document;
  bool merge = false;
};

struct TopologyResponse {
  spec::Topology topology;
  std::vector<std::string> assumptions;
};

}  // namespace shardplan::api

namespace shardplan::json {
SHARDPLAN_DESCRIBE(api::TopologyRequest, "topology_request");
SHARDPLAN_DESCRIBE(api::TopologyResponse, "topology_response");
}  // namespace shardplan::json

namespace shardplan::api {
namespace {

constexpr size_t kMostHosts = 4096;

Result<TopologyResponse> from_documents(const TopologyRequest& request) {
  if (request.document.size() > kMostHosts)
    return fail("/document", "More than " + std::to_string(kMostHosts) + " documents are given.",
                "Merge groups of them first.");
  std::vector<spec::Topology> hosts;
  Diagnostics problems;
  for (size_t i = 0; i < request.document.size(); ++i) {
    const std::string path = request.document.size() == 1 ? "/document" : "/document/" + std::to_string(i);
    auto t = read_topology(presets(), request.document[i].text, request.gpu, path);
    if (t) hosts.push_back(*std::move(t));
    else problems.insert(problems.end(), t.error().begin(), t.error().end());
  }
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  TopologyResponse r;
  r.topology = request.merge || hosts.size() > 1 ? merged(std::move(hosts)) : std::move(hosts.front());
  return r;
}

Result<TopologyResponse> topology(const TopologyRequest& request) {
  if (!request.document.empty()) return from_documents(request);
  if (request.merge)
    return fail("/merge", "There is no document to merge.", "Give each host's: --file FILE, once for each.");
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
  Operation op =
      make_operation<&topology>("topology", "GPUs, links, adapters and NUMA nodes of hosts, from a mock or documents.",
                                R"({"mock": "h100", "mock_gpus": 8})");
  op.document_field = "document";
  return op;
}

}  // namespace shardplan::api

namespace shardplan::json {

Fields Describe<api::TopologyRequest>::fields() {
  using R = api::TopologyRequest;
  static constexpr Field table[] = {
      field<&R::gpu>("gpu", "Accelerator, a preset's name or alias: of a mock, or of a document that names none.")
          .alias("mock")
          .alias("mock_topology")
          .omit_default(),
      field<&R::system>("system", "Mock: a preset's name or alias.").omit_default(),
      field<&R::gpus>("gpus", "Mock: GPUs of the host.").alias("mock_gpus").range(1, 576).or_text(),
      field<&R::document>("document",
                          "What a machine gave: our own document, nvidia-smi topo -m or -q -x, NCCL or hwloc XML, "
                          "rocm-smi; of several hosts a list.")
          .alias("file")
          .scalar_or_list()
          .omit_default(),
      field<&R::merge>("merge", "Answer one cluster with groups of equal hosts, for one document as well.")
          .omit_default(),
  };
  return table;
}

Fields Describe<api::TopologyResponse>::fields() {
  using R = api::TopologyResponse;
  static constexpr Field own[] = {
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
  };
  static const FieldList table = FieldList().include<&R::topology>().add(own);
  return table;
}

}  // namespace shardplan::json
