// NCCL settings for a fabric.
#include "api/fields.h"
#include "api/nccl_fields.h"
#include "api/registry.h"

namespace shardplan::api {

struct NcclRequest {
  int num_nodes = 1;
  std::optional<int> gpus_per_node;
  std::optional<emit::Fabric> network_type;
  std::string nccl_version;
  std::string gpu;
  std::string system;
  std::optional<double> nic_gb_per_s;
  std::vector<std::pair<std::string, std::string>> environment;
};

struct NcclResponse {
  std::string nccl_version;
  emit::NcclSettings nccl;
  std::vector<emit::Judgement> environment;
  std::string script;
  std::vector<std::string> assumptions;
};

namespace {

std::string script_of(const emit::NcclSettings& settings) {
  std::string text;
  for (const emit::Variable& v : settings.settings)
    text += "export " + v.name + "='" + v.value + "'  # " + v.reason + "\n";
  for (const emit::SiteVariable& v : settings.site)
    text += "# export " + v.name + "='" + v.example + "'  # " + v.when + "\n";
  return text;
}

Result<NcclResponse> nccl(const NcclRequest& request) {
  NcclResponse r;
  Diagnostics problems;
  const auto host = catalog::find_host(presets(), request.gpu, request.system);
  if (!host) problems = host.error();
  const auto version = asked_version(request.nccl_version, "/nccl_version", r.assumptions, r.nccl.warnings);
  if (!version) problems.insert(problems.end(), version.error().begin(), version.error().end());
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));

  emit::NcclQuestion q;
  q.num_nodes = request.num_nodes;
  q.version = *version;
  const spec::System* system = host->system;
  const spec::Accelerator* gpu = host->accelerator;
  q.gpus_per_node = request.gpus_per_node.value_or(system != nullptr ? system->gpus_per_node : 8);
  if (!request.gpus_per_node && system == nullptr) r.assumptions.push_back("GPUs of a node: 8.");
  const int domain = system != nullptr && system->scaleup_domain > 0 ? system->scaleup_domain
                     : gpu != nullptr                                ? gpu->scaleup_domain
                                                                     : 0;
  q.nvlink_spans_nodes = domain > q.gpus_per_node && q.num_nodes > 1;
  if (gpu != nullptr) q.has_nvlink = gpu->scaleup_link.find("NVLink") != std::string::npos;
  else r.assumptions.push_back("GPUs of NVIDIA with NVLink inside a node.");
  q.nic_gb_per_s = request.nic_gb_per_s.value_or(0);
  if (request.network_type) q.fabric = *request.network_type;
  else r.assumptions.push_back("No network between nodes named.");

  auto warnings = std::move(r.nccl.warnings);
  r.nccl = emit::nccl_settings(q, nccl_releases().variables);
  r.nccl.warnings.insert(r.nccl.warnings.begin(), warnings.begin(), warnings.end());
  if (gpu != nullptr && gpu->vendor == "AMD")
    r.nccl.warnings.push_back(
        "RCCL reads most of NCCL's variables, under its own release numbers: compare with its documentation.");
  for (const auto& [name, value] : request.environment)
    r.environment.push_back(emit::judge(q, nccl_releases().variables, name, value));
  r.nccl_version = emit::version_text(q.version);
  r.script = script_of(r.nccl);
  return r;
}

}  // namespace

Operation nccl_operation() {
  return make_operation<&nccl>(
      "nccl", "NCCL settings for a network and a version, each with its reason.",
      R"({"num_nodes": 16, "gpus_per_node": 8, "network_type": "roce", "nccl_version": "2.27.7",
        "environment": {"NCCL_ALGO": "Ring", "NCCL_TREE_THRESHOLD": "0"}})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(emit::SiteVariable, "site_variable");
SHARDPLAN_DESCRIBE(emit::Default, "nccl_default");
SHARDPLAN_DESCRIBE(emit::NcclSettings, "nccl_settings");
SHARDPLAN_DESCRIBE(emit::Judgement, "judgement");
SHARDPLAN_DESCRIBE(api::NcclRequest, "nccl_request");
SHARDPLAN_DESCRIBE(api::NcclResponse, "nccl_response");

Fields Describe<emit::SiteVariable>::fields() {
  using V = emit::SiteVariable;
  static constexpr Field table[] = {
      field<&V::name>("name"),
      field<&V::example>("example"),
      field<&V::when>("when", "When it is needed."),
      field<&V::how>("how", "How to find its value."),
  };
  return table;
}

Fields Describe<emit::Default>::fields() {
  using D = emit::Default;
  static constexpr Field table[] = {
      field<&D::what>("what"),
      field<&D::reason>("reason", "Why it need not be set."),
  };
  return table;
}

Fields Describe<emit::NcclSettings>::fields() {
  using S = emit::NcclSettings;
  static constexpr Field table[] = {
      field<&S::settings>("settings", "To set."),
      field<&S::site>("site", "Values that only the site knows."),
      field<&S::measure>("measure", "May help: compare nccl-tests with and without."),
      field<&S::defaults>("defaults", "What NCCL does already."),
      field<&S::debug>("debug", "To find a fault with, not to leave on."),
      field<&S::verify>("verify", "How to see that the fabric is used."),
      field<&S::warnings>("warnings"),
  };
  return table;
}

Fields Describe<emit::Judgement>::fields() {
  using J = emit::Judgement;
  static constexpr Field table[] = {
      field<&J::name>("name"),
      field<&J::is_problem>("is_problem", "It does harm, or nothing."),
      field<&J::verdict>("verdict"),
  };
  return table;
}

Fields Describe<api::NcclRequest>::fields() {
  using R = api::NcclRequest;
  static constexpr Field table[] = {
      field<&R::num_nodes>("num_nodes", "Nodes of the job.").alias("nodes").range(1, 100000),
      field<&R::gpus_per_node>("gpus_per_node", "GPUs of one node.").range(1, 1024),
      field<&R::network_type>("network_type", "What joins the nodes.").alias("network"),
      field<&R::nccl_version>("nccl_version", "Release, such as 2.27.7.").omit_default(),
      field<&R::gpu>("gpu", "Accelerator: a preset's name or alias.").omit_default(),
      field<&R::system>("system", "Node, rack or cloud instance: a preset's name or alias.").omit_default(),
      field<&R::nic_gb_per_s>("nic_gb_per_s", "Network of one GPU, one direction, 10^9 bytes per second.")
          .range(0.01, 10000),
      field<&R::environment>("environment", "Variables that are set today, to be judged.").omit_default(),
  };
  return table;
}

Fields Describe<api::NcclResponse>::fields() {
  using R = api::NcclResponse;
  static constexpr Field head[] = {field<&R::nccl_version>("nccl_version")};
  static constexpr Field rest[] = {
      field<&R::environment>("environment", "The request's variables, judged.").omit_default(),
      field<&R::script>("script", "The settings as a shell script; the site's are commented out."),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
  };
  static const FieldList table = FieldList().add(head).include<&R::nccl>().add(rest);
  return table;
}

}  // namespace shardplan::json
