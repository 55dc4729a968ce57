#include "api/hardware_choice.h"

#include <cmath>

#include "base/text.h"

namespace shardplan::api {
namespace {

bool differs(const std::optional<double>& stated, double known) {
  return stated && std::fabs(*stated - known) > 1e-9 * std::fabs(known);
}

}  // namespace

std::string gpu_of(const std::string& system_name) {
  std::string name = lower_case(system_name);
  for (const char* ending : {"_gpu", "_asic"}) {
    const std::string_view end = ending;
    if (name.size() > end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0)
      name.resize(name.size() - end.size());
  }
  return name;
}

HardwareFields hardware_of(const spec::Accelerator& a) {
  HardwareFields f;
  f.gpu = a.id;
  f.name = a.name;
  f.peak_tflops = std::max(a.peak_dense_tflops.bf16, a.peak_dense_tflops.fp16);
  if (a.peak_dense_tflops.fp8 > 0) f.fp8_tflops = a.peak_dense_tflops.fp8;
  if (a.peak_dense_tflops.fp4 > 0) f.fp4_tflops = a.peak_dense_tflops.fp4;
  f.memory_gb = a.memory_gb;
  f.memory_gb_per_s = a.memory_bandwidth_gb_per_s;
  f.scaleup_gb_per_s = a.scaleup_gb_per_s > 0 ? a.scaleup_gb_per_s : a.pcie_gb_per_s;
  f.scaleup_domain = a.scaleup_domain;
  if (a.tdp_w > 0) f.tdp_w = a.tdp_w;
  return f;
}

bool changes(const HardwareFields& f, const spec::Accelerator& a) {
  const HardwareFields own = hardware_of(a);
  return differs(f.peak_tflops, *own.peak_tflops) || differs(f.memory_gb, *own.memory_gb) ||
         differs(f.memory_gb_per_s, *own.memory_gb_per_s) || differs(f.scaleup_gb_per_s, *own.scaleup_gb_per_s) ||
         differs(f.fp8_tflops, a.peak_dense_tflops.fp8) || differs(f.fp4_tflops, a.peak_dense_tflops.fp4);
}

void apply(const HardwareFields& f, spec::Accelerator& a) {
  spec::PeakTflops& peak = a.peak_dense_tflops;
  if (f.peak_tflops) {
    // Figures of a machine that nobody named: what else its units can do is not known.
    if (f.gpu.empty()) peak = {};
    peak.bf16 = peak.fp16 = *f.peak_tflops;
  }
  if (f.fp8_tflops) peak.fp8 = *f.fp8_tflops;
  if (f.fp4_tflops) peak.fp4 = *f.fp4_tflops;
  if (f.memory_gb) {
    a.memory_gib = a.memory_gb > 0 ? *f.memory_gb * a.memory_gib / a.memory_gb : *f.memory_gb / 1.073741824;
    a.memory_gb = *f.memory_gb;
  }
  if (f.memory_gb_per_s) a.memory_bandwidth_gb_per_s = *f.memory_gb_per_s;
  if (f.scaleup_gb_per_s) a.scaleup_gb_per_s = *f.scaleup_gb_per_s;
}

}  // namespace shardplan::api

namespace shardplan::json {

Fields Describe<api::HardwareFields>::fields() {
  using H = api::HardwareFields;
  static constexpr Field table[] = {
      field<&H::gpu>("gpu", "The preset.").omit_default(),
      field<&H::name>("name").omit_default(),
      field<&H::peak_tflops>("peak_tflops", "Dense, 16 bits.").alias("Flops").range(0.01, 1e6),
      field<&H::fp8_tflops>("fp8_tflops", "Dense.").range(0, 1e6),
      field<&H::fp4_tflops>("fp4_tflops", "Dense.").range(0, 1e6),
      field<&H::memory_gb>("memory_gb", "As marketed.").alias("Memory_size").range(0.1, 1e5),
      field<&H::memory_gb_per_s>("memory_gb_per_s").alias("Memory_BW").range(0.1, 1e6),
      field<&H::scaleup_gb_per_s>("scaleup_gb_per_s", "Between GPUs, one direction.").alias("ICN").range(0.01, 1e5),
      field<&H::scaleup_domain>("scaleup_domain", "GPUs on one scale-up switch.").range(1, 100000),
      field<&H::tdp_w>("tdp_w").range(0, 1e6),
      field<&H::usd_per_gpu_hour>("usd_per_gpu_hour", "Price.").range(0, 1e5),
  };
  return table;
}

}  // namespace shardplan::json
