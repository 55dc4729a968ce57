// What the planner knows by name, in short; `preset` shows one of them in full.
#include <algorithm>

#include "api/fields.h"
#include "api/operations/preset_kind.h"
#include "api/registry.h"
#include "base/text.h"
#include "model/parameters.h"

namespace shardplan::api {

struct PresetsRequest {
  std::optional<PresetKind> kind;
};

struct ModelSummary {
  std::string id, name, hf_id, family;
  std::vector<std::string> aliases;
  double parameters_total = 0, parameters_active = 0;
  int num_hidden_layers = 0, hidden_size = 0, num_attention_heads = 0, num_key_value_heads = 0, num_experts = 0,
      max_position_embeddings = 0;
};

struct StackSummary {
  std::string id, name, framework, interval_class;
  std::vector<std::string> aliases;
  std::vector<spec::Schedule> schedules;
  std::vector<spec::Sharding> shardings;
};

struct PresetsResponse {
  std::vector<ModelSummary> models;
  std::vector<spec::Accelerator> accelerators;
  std::vector<spec::System> systems;
  std::vector<spec::Network> networks;
  std::vector<StackSummary> stacks;
};

namespace {

ModelSummary summary_of(const spec::Model& m) {
  const model::ParameterTotals t = model::total_parameters(m);
  return {m.id,
          m.name,
          m.hf_id,
          m.family,
          m.aliases,
          t.total,
          t.active,
          m.num_hidden_layers,
          m.hidden_size,
          m.num_attention_heads,
          m.num_key_value_heads,
          m.num_experts,
          m.max_position_embeddings};
}

StackSummary summary_of(const spec::Stack& s) {
  return {s.id, s.name, s.framework, s.interval_class, s.aliases, s.schedules, s.shardings};
}

Result<PresetsResponse> list_presets(const PresetsRequest& request) {
  PresetsResponse r;
  const catalog::Catalog& all = presets();
  const auto wants = [&](PresetKind k) { return !request.kind || *request.kind == k; };
  if (wants(PresetKind::kModels))
    for (const spec::Model& m : all.models) r.models.push_back(summary_of(m));
  if (wants(PresetKind::kAccelerators)) r.accelerators = all.accelerators;
  if (wants(PresetKind::kSystems)) r.systems = all.systems;
  if (wants(PresetKind::kNetworks)) r.networks = all.networks;
  if (wants(PresetKind::kStacks))
    for (const spec::Stack& s : all.stacks) r.stacks.push_back(summary_of(s));
  return r;
}

}  // namespace

Operation presets_operation() {
  return make_operation<&list_presets>("presets", "List models, accelerators, systems, networks and software stacks.",
                                       R"({"kind": "accelerators"})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::PresetsRequest, "presets_request");
SHARDPLAN_DESCRIBE(api::ModelSummary, "model_summary");
SHARDPLAN_DESCRIBE(api::StackSummary, "stack_summary");
SHARDPLAN_DESCRIBE(api::PresetsResponse, "presets_response");

Fields Describe<api::PresetsRequest>::fields() {
  static constexpr Field table[] = {
      field<&api::PresetsRequest::kind>("kind", "Only these."),
  };
  return table;
}

Fields Describe<api::ModelSummary>::fields() {
  using M = api::ModelSummary;
  static constexpr Field table[] = {
      field<&M::id>("id"),
      field<&M::name>("name"),
      field<&M::hf_id>("hf_id").omit_default(),
      field<&M::family>("family").omit_default(),
      field<&M::aliases>("aliases").omit_default(),
      field<&M::parameters_total>("parameters_total"),
      field<&M::parameters_active>("parameters_active"),
      field<&M::num_hidden_layers>("num_hidden_layers"),
      field<&M::hidden_size>("hidden_size"),
      field<&M::num_attention_heads>("num_attention_heads"),
      field<&M::num_key_value_heads>("num_key_value_heads"),
      field<&M::num_experts>("num_experts").omit_default(),
      field<&M::max_position_embeddings>("max_position_embeddings").omit_default(),
  };
  return table;
}

Fields Describe<api::StackSummary>::fields() {
  using S = api::StackSummary;
  static constexpr Field table[] = {
      field<&S::id>("id"),
      field<&S::name>("name"),
      field<&S::framework>("framework").omit_default(),
      field<&S::interval_class>("interval_class"),
      field<&S::aliases>("aliases").omit_default(),
      field<&S::schedules>("schedules"),
      field<&S::shardings>("shardings"),
  };
  return table;
}

Fields Describe<api::PresetsResponse>::fields() {
  using R = api::PresetsResponse;
  static constexpr Field table[] = {
      field<&R::models>("models").omit_default(),   field<&R::accelerators>("accelerators").omit_default(),
      field<&R::systems>("systems").omit_default(), field<&R::networks>("networks").omit_default(),
      field<&R::stacks>("stacks").omit_default(),
  };
  return table;
}

}  // namespace shardplan::json
