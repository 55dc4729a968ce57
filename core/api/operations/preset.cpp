// One preset in full, with the sources of its numbers.
#include "api/fields.h"
#include "api/operations/preset_kind.h"
#include "api/registry.h"
#include "json/presets.h"

namespace shardplan::api {

struct PresetRequest {
  PresetKind kind = PresetKind::kModels;
  std::string name;
};

struct PresetResponse {
  std::optional<spec::Model> model;
  std::optional<spec::Accelerator> accelerator;
  std::optional<spec::System> system;
  std::optional<spec::Network> network;
  std::optional<spec::Stack> stack;
};

namespace {

const catalog::Catalog& documented() {
  static const catalog::Catalog catalog = [] {
    auto read = json::read_catalog(json::documented_presets());
    return read ? *std::move(read) : catalog::Catalog{};
  }();
  return catalog;
}

template <class T, class Found>
Result<PresetResponse> put(const Found& found, std::optional<T> PresetResponse::*member) {
  if (!found) return tl::unexpected<Diagnostics>(found.error());
  PresetResponse r;
  r.*member = **found;
  return r;
}

Result<PresetResponse> preset(const PresetRequest& request) {
  const catalog::Catalog& all = documented();
  switch (request.kind) {
    case PresetKind::kModels: {
      const auto found = catalog::find_model(all, request.name, "/name");
      if (!found) return tl::unexpected<Diagnostics>(found.error());
      PresetResponse r;
      r.model = *found->model;
      return r;
    }
    case PresetKind::kAccelerators:
      return put(catalog::find_accelerator(all, request.name, "/name"), &PresetResponse::accelerator);
    case PresetKind::kSystems: return put(catalog::find_system(all, request.name, "/name"), &PresetResponse::system);
    case PresetKind::kNetworks: return put(catalog::find_network(all, request.name, "/name"), &PresetResponse::network);
    case PresetKind::kStacks: return put(catalog::find_stack(all, request.name, "/name"), &PresetResponse::stack);
  }
  return PresetResponse{};
}

}  // namespace

Operation preset_operation() {
  return make_operation<&preset>("preset", "One preset in full, with the sources of its numbers.",
                                 R"({"kind": "accelerators", "name": "h100"})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::PresetRequest, "preset_request");
SHARDPLAN_DESCRIBE(api::PresetResponse, "preset_response");

Fields Describe<api::PresetRequest>::fields() {
  using R = api::PresetRequest;
  static constexpr Field table[] = {
      field<&R::kind>("kind").required(),
      field<&R::name>("name", "Id or alias.").required(),
  };
  return table;
}

Fields Describe<api::PresetResponse>::fields() {
  using R = api::PresetResponse;
  static constexpr Field table[] = {
      field<&R::model>("model"),   field<&R::accelerator>("accelerator"),
      field<&R::system>("system"), field<&R::network>("network"),
      field<&R::stack>("stack"),
  };
  return table;
}

}  // namespace shardplan::json
