// How a model is served: number formats, the layout of one replica, what its users send. Plain values.
#pragma once

namespace shardplan::spec {

// Weights of linear layers. kFp8Block has 128-wide blocks; kInt4 is weight-only (AWQ, GPTQ), as is kMxfp4 where the GPU
// has no 4-bit units.
enum class WeightFormat { kBf16, kFp8, kFp8Block, kInt8, kInt4, kNvfp4, kMxfp4 };
enum class KvFormat { kBf16, kFp8 };

// Checkpoints keep some layers wide: NVFP4 ones of latent attention its projections, MXFP4 ones all but the experts.
struct ServingPrecision {
  WeightFormat attention = WeightFormat::kBf16;
  WeightFormat mlp = WeightFormat::kBf16;  // dense MLPs and shared experts
  WeightFormat experts = WeightFormat::kBf16;
  KvFormat kv = KvFormat::kBf16;

  bool operator==(const ServingPrecision&) const = default;
};

// One replica. Attention runs on dp groups of tp ranks, each with sequences of its own (attention data parallelism);
// the experts of a layer are cut over the same tp x dp ranks: ep groups of experts, each expert over etp ranks.
struct ServingLayout {
  int tp = 1;
  int pp = 1;
  int dp = 1;
  int ep = 1;
  int etp = 1;

  bool operator==(const ServingLayout&) const = default;
};
inline int gpus_of(const ServingLayout& l) { return l.tp * l.pp * l.dp; }

// Mean lengths of requests, in tokens. Prompts share `cached_tokens` of their beginning with earlier ones (prefix
// cache).
struct RequestShape {
  double input_tokens = 1024;
  double output_tokens = 256;
  double cached_tokens = 0;

  bool operator==(const RequestShape&) const = default;
};

}  // namespace shardplan::spec
