// Time of one kernel of an inference engine: measured slowdowns against the roofline of the data sheet, the plain
// roofline where nothing was measured. Below: spec/, log_grid.h. Above: estimate/serving adds kernels to a step.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "hardware/log_grid.h"
#include "spec/cluster.h"
#include "spec/serving.h"
#include "spec/serving_calibration.h"

namespace shardplan::hardware {

// Bytes of a weight with its scales.
double weight_bytes(spec::WeightFormat format);
double kv_bytes(spec::KvFormat format);

// One rank's part of a layer's gated experts.
struct ExpertShape {
  double hidden = 0;
  double width = 0;  // of one expert on one rank
  double local_experts = 0;
  double experts = 0;  // of the layer, on all ranks
  double top_k = 0;
};

class ServingKernels {
 public:
  // `table`: of the accelerator or of its generation.
  ServingKernels(const spec::Accelerator& accelerator, std::shared_ptr<const spec::ServingKernelTable> table);

  double memory_bytes_per_s() const { return bandwidth_; }
  // Dense peak of the products; weight-only formats compute in 16 bits and pay for taking the weights apart.
  double peak_flops(spec::WeightFormat format) const { return rate(format).flops; }

  // C[m,n] = A[m,k] B[k,n]: slowdown x (max(2mnk/F, (w nk + a mk + 2mn)/BW) + 1.5 us), never below the roofline alone.
  double gemm_s(spec::WeightFormat format, double m, double n, double k) const;

  // Both grouped products of a layer's experts for `tokens` tokens of the whole expert-parallel group, loaded evenly:
  // each expert is met with probability 1 - (1 - k/E)^tokens.
  double experts_s(spec::WeightFormat format, const ExpertShape& shape, double tokens) const;

  // Flash decoding: keys and values of all sequences at 3/4 of the bandwidth, and 5 us.
  double attention_decode_s(double sequences, double context, double kv_heads, double head_dim, double kv_bytes) const;
  // One prompt's causal attention of `fresh` tokens behind `cached` ones: half of the 16-bit peak, and 5 us.
  double attention_prompt_s(double fresh, double cached, double heads, double head_dim) const;

  // Latent attention on absorbed projections, and of a prompt.
  double latent_decode_s(double sequences, double context, double heads, double latent, double rope,
                         spec::KvFormat kv) const;
  double latent_prompt_s(double fresh, double cached, double heads, double head_dims, spec::KvFormat kv) const;

  // Norms, residuals, activations, quantisation: 0.7 of the bandwidth.
  double elementwise_s(double bytes) const;

 private:
  struct Rate {
    double flops = 0;
    double weight_bytes = 2;
    double activation_bytes = 2;
    const std::vector<double>* gemm = nullptr;     // logarithms of slowdowns; null: not measured
    const std::vector<double>* experts = nullptr;  // same
  };
  const Rate& rate(spec::WeightFormat format) const { return rates_[static_cast<size_t>(format)]; }
  void take_table(const spec::ServingKernelTable& table);

  double bandwidth_ = 0;
  double flops_16_bit_ = 0;
  std::array<Rate, 7> rates_;
  std::array<std::vector<double>, 4> gemm_slowdowns_, expert_slowdowns_;  // bf16, fp8, fp8 in blocks, nvfp4
  LogAxis m_, n_, k_, rows_, experts_, weights_;
  std::shared_ptr<const spec::ServingKernelTable> table_;
};

}  // namespace shardplan::hardware
