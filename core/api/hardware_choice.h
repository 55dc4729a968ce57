// A machine as llm-memory-calculator's calls take it: a name, or the figures that get_hardware_config answers.
#pragma once

#include <optional>
#include <string>

#include "json/spec_fields.h"

namespace shardplan::api {

struct HardwareFields {
  std::string gpu, name;
  std::optional<double> peak_tflops, memory_gb, memory_gb_per_s, scaleup_gb_per_s;
  std::optional<double> fp8_tflops, fp4_tflops, tdp_w, usd_per_gpu_hour;
  std::optional<int> scaleup_domain;
};

struct HardwareChoice {
  using is_text_or_object = void;
  std::string name;
  std::optional<HardwareFields> definition;
};

// "A100_80GB_GPU", "H100_GPU" as that library spells them; ours otherwise.
std::string gpu_of(const std::string& system_name);

HardwareFields hardware_of(const spec::Accelerator& accelerator);

// Figures that the fields state, where they differ from the preset's.
bool changes(const HardwareFields& fields, const spec::Accelerator& accelerator);
void apply(const HardwareFields& fields, spec::Accelerator& accelerator);

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::HardwareFields, "hardware");

}  // namespace shardplan::json
