// How a pretrained model is adapted: which weights train, and in what type the frozen ones are kept.
#pragma once

namespace shardplan::spec {

// LoRA: Hu et al. 2021 (arXiv 2106.09685); DoRA adds a trained magnitude per output: Liu et al. 2024 (arXiv
// 2402.09353). QLoRA (Dettmers et al. 2023, arXiv 2305.14314) is LoRA on a base of 4-bit weights.
enum class Method { kFull, kLora, kDora };

// Type of frozen weights. kNf4: 4 bits with a 32-bit scale per 64; kNf4Double: those scales in 8 bits per 256.
enum class BaseWeights { k16Bit, kInt8, kNf4, kNf4Double };

// Linears that get an adapter, by Hugging Face's names; MLA's latents count with q, k and v. gate, up and down are
// those of dense layers and shared experts, `experts` those of every routed expert.
struct AdapterTargets {
  bool q = false;
  bool k = false;
  bool v = false;
  bool o = false;
  bool gate = false;
  bool up = false;
  bool down = false;
  bool experts = false;

  bool operator==(const AdapterTargets&) const = default;
};

struct FineTuning {
  Method method = Method::kFull;
  int rank = 0;  // 0: not stated; the adapters then count for nothing
  AdapterTargets targets;
  bool dropout = false;  // on the inputs of the adapters
  BaseWeights base = BaseWeights::k16Bit;

  bool operator==(const FineTuning&) const = default;
};

// Only adapters train.
inline bool is_frozen(const FineTuning& f) { return f.method != Method::kFull; }

}  // namespace shardplan::spec
