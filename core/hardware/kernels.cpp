#include "hardware/kernels.h"

#include <algorithm>
#include <cmath>

#include "base/units.h"

namespace shardplan::hardware {
namespace {

using spec::Precision;

constexpr double kLaunchOverhead_s = 2e-6;
constexpr double kReachedBandwidth = 0.8;
constexpr double kExpertRowTile = 128;
constexpr double kMostPadding = 4;
constexpr double kExpertWeightTraffic = 0.7;  // share of the expert weights' read time that the product does not hide
constexpr double kUnfusedReach = 0.55;
constexpr double kUnfusedScoreBytes = 13;

double native_peak_tflops(const spec::Accelerator& a, Precision p) {
  const spec::PeakTflops& peak = a.peak_dense_tflops;
  switch (p) {
    case Precision::kFp32: return peak.tf32 > 0 ? peak.tf32 : peak.fp32;
    case Precision::kBf16: return peak.bf16;
    case Precision::kFp16: return peak.fp16;
    case Precision::kFp8:
    case Precision::kFp8Blockwise:
    case Precision::kMxfp8: return peak.fp8;
    case Precision::kNvfp4: return peak.fp4;
  }
  return 0;
}

double sixteen_bit_tflops(const spec::Accelerator& a) {
  return std::max(a.peak_dense_tflops.bf16, a.peak_dense_tflops.fp16);
}

double reach(const spec::Generation& g, Precision p) {
  switch (p) {
    case Precision::kFp8:
    case Precision::kFp8Blockwise:
    case Precision::kMxfp8: return g.gemm_reach_fp8;
    case Precision::kNvfp4: return g.gemm_reach_nvfp4;
    default: return g.gemm_reach_bf16;
  }
}

double efficiency(const spec::Generation& g, Precision p) {
  switch (p) {
    case Precision::kFp8: return g.gemm_efficiency_fp8;
    case Precision::kFp8Blockwise: return g.gemm_efficiency_fp8_blockwise;
    case Precision::kMxfp8: return g.gemm_efficiency_mxfp8;
    case Precision::kNvfp4: return g.gemm_efficiency_nvfp4;
    default: return g.gemm_efficiency_bf16;
  }
}

double element_bytes(Precision p) {
  switch (p) {
    case Precision::kFp32: return 4;
    case Precision::kNvfp4: return 0.5;
    case Precision::kBf16:
    case Precision::kFp16: return 2;
    default: return 1;
  }
}

const spec::GemmRates& rates_of(const spec::GemmTable& table, Precision p) {
  static const spec::GemmRates kNone;
  switch (p) {
    case Precision::kFp32: return kNone;
    case Precision::kNvfp4: return table.fp4;
    case Precision::kBf16:
    case Precision::kFp16: return table.bf16;
    default: return table.fp8;
  }
}

bool is_narrow_type(Precision p) { return element_bytes(p) < 2; }

}  // namespace

bool runs_narrow(const spec::Accelerator& a, Precision p) { return is_narrow_type(p) && native_peak_tflops(a, p) > 0; }

Precision gemm_precision(const spec::Accelerator& a, Precision asked) {
  return runs_narrow(a, asked) ? asked : Precision::kBf16;
}

bool supports(const spec::Accelerator& a, Precision p) { return native_peak_tflops(a, p) > 0; }

double peak_flops(const spec::Accelerator& a, Precision p) {
  const double native = native_peak_tflops(a, p);
  return (native > 0 ? native : sixteen_bit_tflops(a)) * kTera;
}

Kernels::Kernels(const spec::Accelerator& accelerator, const spec::Generation& generation, double gemm_multiplier)
    : generation_(generation), memory_bytes_per_s_(accelerator.memory_bandwidth_gb_per_s * kGiga) {
  flops_16_bit_ = sixteen_bit_tflops(accelerator) * kTera;
  flops_32_bit_ = accelerator.peak_dense_tflops.fp32 * kTera;
  for (int i = 0; i < 7; ++i)
    rates_[i] = rate_of(accelerator, static_cast<Precision>(i), generation.gemm_multiplier * gemm_multiplier);
  head_ = rate_of(accelerator, Precision::kBf16, 1);
}

Kernels::Rate Kernels::rate_of(const spec::Accelerator& accelerator, Precision asked, double multiplier) const {
  const Precision p = supports(accelerator, asked) ? asked : Precision::kBf16;
  const double peak = peak_flops(accelerator, p);
  Rate r;
  r.flops = reach(generation_, p) * peak;
  r.bytes_per_element = element_bytes(p);
  r.efficiency = efficiency(generation_, p) * multiplier;
  if (const spec::GemmTable* table = generation_.gemm_table.get()) {
    const spec::GemmRates& rates = rates_of(*table, p);
    if (!rates.tflops.empty()) r.table = GemmTime(*table, rates, peak);
  }
  const double against_16_bit = reach(generation_, p) / generation_.gemm_reach_bf16;
  r.tiles = {generation_.tile_wave, peak * against_16_bit, memory_bytes_per_s_,
             static_cast<double>(accelerator.sm_count)};
  return r;
}

double Kernels::kernel_s(const Rate& r, double m, double n, double k) const {
  if (!r.table.empty()) return r.table.seconds(m, n, k);
  if (r.tiles.is_fitted()) return r.tiles.seconds(r.bytes_per_element, m, n, k);
  const double compute = 2 * m * n * k / r.flops;
  const double memory = (r.bytes_per_element * (m * k + n * k) + 2 * m * n) / (kReachedBandwidth * memory_bytes_per_s_);
  return std::max(compute, memory) + kLaunchOverhead_s;
}

double Kernels::gemm_s(Precision precision, double m, double n, double k) const {
  const Rate& r = rate(precision);
  return kernel_s(r, m, n, k) / r.efficiency;
}

double Kernels::head_gemm_s(double m, double n, double k) const { return kernel_s(head_, m, n, k) / head_.efficiency; }

double Kernels::grouped_gemm_s(Precision precision, double rows, double n, double k, double local_experts) const {
  const Rate& r = rate(precision);
  const double rows_each = rows / local_experts;
  const double padding =
      std::min(std::ceil(rows_each / kExpertRowTile) * kExpertRowTile / std::max(rows_each, 1.0), kMostPadding);
  const double weights = local_experts * k * n * (r.bytes_per_element < 2 ? 1 : 2) / memory_bytes_per_s_;
  return (kernel_s(r, rows, n, k) * padding + kExpertWeightTraffic * weights) / r.efficiency;
}

double Kernels::grouped_weight_gradient_s(Precision precision, double rows, double n, double k,
                                          double local_experts) const {
  const Rate& r = rate(precision);
  return kernel_s(r, k, n, rows / local_experts) * local_experts / r.efficiency;
}

double Kernels::grouped_surcharge(Precision precision, double local_experts) const {
  if (local_experts <= 1) return 0;
  return rate(precision).bytes_per_element < 2 ? generation_.grouped_gemm_low : generation_.grouped_gemm_bf16;
}

double Kernels::attention_head_width_factor(double head_dim) const {
  if (head_dim >= 128) return 1;
  if (head_dim <= 64) return generation_.attention_narrow_heads * head_dim / 64;
  return generation_.attention_narrow_heads + (1 - generation_.attention_narrow_heads) * (head_dim - 64) / 64;
}

double Kernels::flash_attention_s(double batch, double seq_length, double heads, double head_dim,
                                  double block_length) const {
  const double reached = generation_.attention_reach * attention_head_width_factor(head_dim) * block_length /
                         (block_length + kFlashHalfRateLength);
  return 2 * batch * heads * head_dim * seq_length * seq_length / (reached * flops_16_bit_);
}

double Kernels::unfused_attention_s(double scores, double head_dim) const {
  const bool on_tensor_cores = static_cast<int64_t>(head_dim) % 8 == 0 || flops_32_bit_ <= 0;
  return 4 * scores * head_dim / (kUnfusedReach * (on_tensor_cores ? flops_16_bit_ : flops_32_bit_)) +
         kUnfusedScoreBytes * scores / (kReachedBandwidth * memory_bytes_per_s_);
}

}  // namespace shardplan::hardware
