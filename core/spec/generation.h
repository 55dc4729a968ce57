// What the kernels and links of one GPU generation reach in long runs.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "spec/kernel_tables.h"

namespace shardplan::spec {

// Fitted to measured runs: presets/generations, core/estimate/README.md.
struct Generation {
  std::string id;
  // Share of the dense peak that a large GEMM reaches before the fitted efficiency, by type.
  double gemm_reach_bf16 = 0.85;
  double gemm_reach_fp8 = 0.72;
  double gemm_reach_nvfp4 = 0.50;
  // Fitted efficiency against that reach.
  double gemm_efficiency_bf16 = 0.85;
  double gemm_efficiency_fp8 = 0.75;
  double gemm_efficiency_fp8_blockwise = 0.75;
  double gemm_efficiency_mxfp8 = 0.75;
  double gemm_efficiency_nvfp4 = 0.70;
  // Further factor of one accelerator (power envelope); catalog::generation_of resolves it from `accelerators`.
  double gemm_multiplier = 1;
  double attention_reach = 0.6;
  double attention_narrow_heads = 0.72;  // rate with heads of 64 against heads of 128
  double attention_forward = 1.15;       // against the roofline
  double attention_backward = 3.1;       // against the forward pass
  double elementwise = 1.5;              // time against bytes / bandwidth
  double moe_elementwise = 1;            // permutation, router, expert activation; on top of elementwise
  double grouped_gemm_bf16 = 0.3;        // surcharge where a rank holds several experts
  double grouped_gemm_low = 0.3;
  double kernel_gaps_s = 0;  // between the kernels of a layer, forward and backward together
  double nvlink_reach = 0.75;
  double all_reduce_gain = 1;  // in-switch reduction (NVLS) over a whole scale-up domain against a ring
  double nic_reach = 0.85;
  std::vector<std::pair<std::string, std::vector<double>>> accelerators;  // id -> factors of gemm_multiplier
  TileWave tile_wave;
  std::shared_ptr<const GemmTable> gemm_table;  // of the accelerator; filled by catalog::generation_of, null: none
  bool calibrated = false;                      // training runs on this generation took part in the fit
  std::string source;

  bool operator==(const Generation&) const = default;
};

}  // namespace shardplan::spec
