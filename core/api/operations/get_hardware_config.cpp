// Accelerators by their figures, as llm-memory-calculator's other calls take them.
#include "api/fields.h"
#include "api/hardware_choice.h"
#include "api/registry.h"

namespace shardplan::api {

struct HardwareRequest {
  std::string name;
};

struct HardwareResponse {
  std::vector<HardwareFields> hardware;
};

namespace {

Result<HardwareResponse> hardware_config(const HardwareRequest& request) {
  HardwareResponse r;
  if (request.name.empty()) {
    for (const spec::Accelerator& a : presets().accelerators) r.hardware.push_back(hardware_of(a));
    return r;
  }
  const auto found = catalog::find_accelerator(presets(), gpu_of(request.name), "/name");
  if (!found) return tl::unexpected<Diagnostics>(found.error());
  r.hardware.push_back(hardware_of(**found));
  return r;
}

}  // namespace

Operation get_hardware_config_operation() {
  return make_operation<&hardware_config>(
      "get_hardware_config", "Accelerators by their data sheets: one of them, or all.", R"({"name": "A100_80GB"})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::HardwareRequest, "hardware_request");
SHARDPLAN_DESCRIBE(api::HardwareResponse, "hardware_response");

Fields Describe<api::HardwareRequest>::fields() {
  using R = api::HardwareRequest;
  static constexpr Field table[] = {
      field<&R::name>("name", "A preset's name or alias; all without it.").alias("system_name").omit_default(),
  };
  return table;
}

Fields Describe<api::HardwareResponse>::fields() {
  using R = api::HardwareResponse;
  static constexpr Field table[] = {
      field<&R::hardware>("hardware", "Dense peaks without sparsity; bandwidths in 10^9 bytes per second."),
  };
  return table;
}

}  // namespace shardplan::json
