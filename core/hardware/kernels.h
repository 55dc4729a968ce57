// How long one kernel takes on one accelerator in a long run. GEMM: measured rates where the accelerator has a table
// (presets/kernels), tiles and waves where its generation has such a fit, a roofline on the data sheet otherwise; then
// one fitted efficiency per type (presets/generations) for what a run loses against a single kernel: clocks under
// power, gaps. Below: spec/. Above: estimate/ sums kernels into layers.
#pragma once

#include "hardware/gemm_table.h"
#include "hardware/tile_wave.h"
#include "spec/cluster.h"
#include "spec/generation.h"
#include "spec/stack.h"
#include "spec/workload.h"

namespace shardplan::hardware {

// Whether a type is narrower than 16 bits on this accelerator; where it has no such units the product runs in 16 bits.
bool runs_narrow(const spec::Accelerator&, spec::Precision);

// The type that the linears' products run in: 16 bits where the accelerator has no units for a narrower one.
spec::Precision gemm_precision(const spec::Accelerator&, spec::Precision asked);

// Whether the accelerator has units for the type at all (fp32 always runs).
bool supports(const spec::Accelerator&, spec::Precision);

// Dense peak in FLOP/s of the units that the type runs on; that of 16 bits where the accelerator lacks them.
double peak_flops(const spec::Accelerator&, spec::Precision);

inline constexpr double kFlashHalfRateLength = 1024;  // at this sequence flash attention runs at half its reach

class Kernels {
 public:
  // `gemm_multiplier`: the software stack's rate against the generation's.
  Kernels(const spec::Accelerator& accelerator, const spec::Generation& generation, double gemm_multiplier);

  double memory_bytes_per_s() const { return memory_bytes_per_s_; }
  double flops_16_bit() const { return flops_16_bit_; }  // dense peak

  // Seconds of C[m,n] = A[m,k] B[k,n]. The roofline, where nothing was measured, is
  //   max(2mnk / (reach peak), (w(mk + kn) + 2mn) / (0.8 bandwidth)) + 2 us.
  double gemm_s(spec::Precision precision, double m, double n, double k) const;
  // The same in 16 bits at the generation's own efficiency: the LM head stays in bf16 in every recipe.
  double head_gemm_s(double m, double n, double k) const;

  // Grouped product of `local_experts` experts over `rows` rows in total, each padded to 128 rows, reading all local
  // weights: forward or data gradient, and weight gradient.
  double grouped_gemm_s(spec::Precision precision, double rows, double n, double k, double local_experts) const;
  double grouped_weight_gradient_s(spec::Precision precision, double rows, double n, double k,
                                   double local_experts) const;
  // Surcharge on both where a rank holds more than one expert.
  double grouped_surcharge(spec::Precision precision, double local_experts) const;

  // Forward seconds of causal flash attention: 2 b a d s^2 FLOPs at reach x q / (q + 1024) of the 16-bit peak, q the
  // length of the blocks that it works on: the sequence, or a rank's part of it in a ring. Less where heads are
  // narrower than 128: the exponentials take as long, the products do not.
  double attention_head_width_factor(double head_dim) const;
  double flash_attention_s(double batch, double seq_length, double heads, double head_dim, double block_length) const;
  double attention_forward() const { return generation_.attention_forward; }
  double attention_backward() const { return generation_.attention_backward; }

  // Attention before flash attention: two products at 0.55 of the peak (of the 32-bit units' where the head width is
  // not a multiple of 8, which tensor cores need) and 13 bytes of softmax, mask and dropout traffic per score.
  double unfused_attention_s(double scores, double head_dim) const;

  // Seconds of element-wise kernels that move so many bytes.
  double elementwise_s(double bytes) const { return bytes / memory_bytes_per_s_ * generation_.elementwise; }
  double moe_elementwise_s(double bytes) const { return elementwise_s(bytes) * generation_.moe_elementwise; }

 private:
  struct Rate {
    double flops = 0;  // reach x peak
    double bytes_per_element = 2;
    double efficiency = 1;  // fitted, with the stack's multiplier
    GemmTime table;
    TileWaveTime tiles;
  };
  Rate rate_of(const spec::Accelerator&, spec::Precision, double multiplier) const;
  const Rate& rate(spec::Precision precision) const { return rates_[static_cast<int>(precision)]; }
  double kernel_s(const Rate& r, double m, double n, double k) const;

  spec::Generation generation_;
  double memory_bytes_per_s_ = 0;
  double flops_16_bit_ = 0;
  double flops_32_bit_ = 0;  // outside the tensor cores
  Rate rates_[7];
  Rate head_;
};

}  // namespace shardplan::hardware
