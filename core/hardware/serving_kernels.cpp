#include "hardware/serving_kernels.h"

#include <algorithm>

#include "base/math.h"
#include "base/units.h"

namespace shardplan::hardware {
namespace {

using spec::WeightFormat;

constexpr double kGemmOverhead_s = 1.5e-6;
constexpr double kExpertOverhead_s = 6e-6;
constexpr double kAttentionOverhead_s = 5e-6;
constexpr double kDecodeReach = 0.75;  // of the bandwidth
constexpr double kPromptReach = 0.5;   // of the 16-bit peak
constexpr double kElementwiseReach = 0.7;
constexpr double kWeightOnlyReach = 0.6;        // of the 16-bit peak: weights are taken apart first
constexpr double kUnmeasuredSlowdown = 1.3333;  // roofline / 0.75
constexpr double kUnmeasuredExperts = 1.5385;   // roofline / 0.65

double sixteen_bit(const spec::PeakTflops& p) { return std::max(p.bf16, p.fp16); }

// 0 where the accelerator computes the format in 16 bits.
double native_tflops(const spec::PeakTflops& p, WeightFormat f) {
  switch (f) {
    case WeightFormat::kBf16: return sixteen_bit(p);
    case WeightFormat::kFp8:
    case WeightFormat::kFp8Block: return p.fp8;
    case WeightFormat::kInt8: return p.int8;
    case WeightFormat::kNvfp4:
    case WeightFormat::kMxfp4: return p.fp4;
    case WeightFormat::kInt4: return 0;
  }
  return 0;
}

// Which of the four measured types is nearest.
size_t measured_type(WeightFormat f) {
  switch (f) {
    case WeightFormat::kFp8: return 1;
    case WeightFormat::kFp8Block: return 2;
    case WeightFormat::kNvfp4:
    case WeightFormat::kMxfp4: return 3;
    default: return 0;
  }
}

}  // namespace

double weight_bytes(WeightFormat format) {
  switch (format) {
    case WeightFormat::kBf16: return 2;
    case WeightFormat::kFp8:
    case WeightFormat::kFp8Block:
    case WeightFormat::kInt8: return 1;
    case WeightFormat::kInt4:  // groups of 128 with a 16-bit scale and zero point, or of 32 with a scale
    case WeightFormat::kNvfp4: return 0.5625;  // one 8-bit scale for 16 weights
    case WeightFormat::kMxfp4: return 0.53125;
  }
  return 2;
}

double kv_bytes(spec::KvFormat format) { return format == spec::KvFormat::kFp8 ? 1 : 2; }

ServingKernels::ServingKernels(const spec::Accelerator& accelerator,
                               std::shared_ptr<const spec::ServingKernelTable> table)
    : bandwidth_(accelerator.memory_bandwidth_gb_per_s * kGiga),
      flops_16_bit_(sixteen_bit(accelerator.peak_dense_tflops) * kTera),
      table_(std::move(table)) {
  if (table_) take_table(*table_);
  for (size_t i = 0; i < rates_.size(); ++i) {
    const auto format = static_cast<WeightFormat>(i);
    const double native = native_tflops(accelerator.peak_dense_tflops, format);
    Rate& r = rates_[i];
    r.weight_bytes = weight_bytes(format);
    const bool weight_only = native <= 0;
    r.flops = weight_only ? kWeightOnlyReach * flops_16_bit_ : native * kTera;
    r.activation_bytes = weight_only ? 2 : r.weight_bytes;
    // Types that were not measured take the next wider one that was.
    for (size_t type : {weight_only ? size_t{0} : measured_type(format), size_t{1}, size_t{0}}) {
      if (weight_only && type != 0) continue;
      if (r.gemm == nullptr && !gemm_slowdowns_[type].empty()) r.gemm = &gemm_slowdowns_[type];
      if (r.experts == nullptr && !expert_slowdowns_[type].empty()) r.experts = &expert_slowdowns_[type];
    }
  }
}

void ServingKernels::take_table(const spec::ServingKernelTable& t) {
  const spec::ServingGemms& g = t.gemm;
  const spec::ServingExperts& e = t.experts;
  const std::array<const std::vector<double>*, 4> gemms = {&g.bf16, &g.fp8, &g.fp8_block, &g.nvfp4};
  const std::array<const std::vector<double>*, 4> experts = {&e.bf16, &e.fp8, &e.fp8_block, &e.nvfp4};
  for (size_t i = 0; i < 4; ++i) {
    gemm_slowdowns_[i] = logs_of(*gemms[i], 0.01);
    expert_slowdowns_[i] = logs_of(*experts[i], 0.01);
  }
  m_ = LogAxis::of(g.m);
  n_ = LogAxis::of(g.n);
  k_ = LogAxis::of(g.k);
  rows_ = LogAxis(e.rows_log2);
  experts_ = LogAxis(e.experts_log2);
  weights_ = LogAxis(e.weights_log2);
}

double ServingKernels::gemm_s(WeightFormat format, double m, double n, double k) const {
  if (m <= 0) return 0;
  const Rate& r = rate(format);
  const double compute = 2 * m * n * k / r.flops;
  const double roof =
      std::max(compute, (n * k * r.weight_bytes + m * k * r.activation_bytes + 2 * m * n) / bandwidth_) +
      kGemmOverhead_s;
  double slowdown = kUnmeasuredSlowdown;
  if (r.gemm != nullptr)
    slowdown = exp2(interpolate(*r.gemm, {&m_, &n_, &k_}, {log2(std::max(m, 1.0)), log2(n), log2(k)}));
  return std::max({roof * slowdown, compute, n * k * r.weight_bytes / bandwidth_});
}

double ServingKernels::experts_s(WeightFormat format, const ExpertShape& s, double tokens) const {
  if (tokens <= 0) return 0;
  const Rate& r = rate(format);
  const double rows = tokens * s.top_k * s.local_experts / s.experts;
  const double missed = s.top_k >= s.experts ? 0 : pow(1 - s.top_k / s.experts, tokens);
  const double used = std::max(s.local_experts * (1 - missed), 1e-9);
  const double weights = used * 3 * s.hidden * s.width * r.weight_bytes;
  const double bytes = weights + rows * (2 * s.hidden + 3 * s.width) * 2;
  const double compute = 6 * s.hidden * s.width * rows / r.flops;
  const double roof = std::max(bytes / bandwidth_, compute) + kExpertOverhead_s;
  double slowdown = kUnmeasuredExperts;
  if (r.experts != nullptr)
    slowdown = exp2(interpolate(*r.experts, {&rows_, &experts_, &weights_},
                                {log2(rows / used), log2(used), log2(s.hidden * s.width)}));
  return std::max({roof * slowdown, compute, weights / bandwidth_});
}

double ServingKernels::attention_decode_s(double sequences, double context, double kv_heads, double head_dim,
                                          double kv_bytes) const {
  if (sequences <= 0) return 0;
  return 2 * sequences * context * kv_heads * head_dim * kv_bytes / (kDecodeReach * bandwidth_) + kAttentionOverhead_s;
}

double ServingKernels::attention_prompt_s(double fresh, double cached, double heads, double head_dim) const {
  if (fresh <= 0) return 0;
  return 4 * heads * head_dim * (fresh * cached + fresh * fresh / 2) / (kPromptReach * flops_16_bit_) +
         kAttentionOverhead_s;
}

double ServingKernels::latent_decode_s(double sequences, double context, double heads, double latent, double rope,
                                       spec::KvFormat kv) const {
  if (sequences <= 0) return 0;
  const double read = sequences * context;
  const double memory = read * (latent + rope) * kv_bytes(kv) / bandwidth_;
  const double compute = 2 * heads * read * (2 * latent + rope) / flops_16_bit_;
  double overhead_s = 10e-6, memory_reach = 0.6, compute_reach = 0.5;
  if (table_) {
    const spec::ByCache& fit = table_->latent_attention.decode;
    const std::vector<double>& f = kv == spec::KvFormat::kFp8 ? fit.fp8 : fit.bf16;
    if (f.size() == 3) overhead_s = f[0] * kMicro, memory_reach = f[1], compute_reach = f[2];
  }
  return overhead_s + std::max(memory / memory_reach, compute / compute_reach);
}

double ServingKernels::latent_prompt_s(double fresh, double cached, double heads, double head_dims,
                                       spec::KvFormat kv) const {
  if (fresh <= 0) return 0;
  double overhead_s = 10e-6, linear_bytes = 0, reach = 0.5;
  if (table_) {
    const spec::ByCache& fit = table_->latent_attention.prefill;
    const std::vector<double>& f = kv == spec::KvFormat::kFp8 ? fit.fp8 : fit.bf16;
    if (f.size() == 3) overhead_s = f[0] * kMicro, linear_bytes = f[1], reach = f[2];
  }
  return overhead_s + linear_bytes * fresh * heads / bandwidth_ +
         2 * heads * head_dims * (fresh * cached + fresh * fresh / 2) / (reach * flops_16_bit_);
}

double ServingKernels::elementwise_s(double bytes) const { return bytes / (kElementwiseReach * bandwidth_); }

}  // namespace shardplan::hardware
