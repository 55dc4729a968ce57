// What the training software does: what it overlaps, in which type it moves data, what it keeps, how long the host
// needs. Every number comes from presets/stacks, most of them fitted to measured runs (core/estimate/README.md lists
// them).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "spec/strategy.h"

namespace shardplan::spec {

enum class CudaGraphs { kNone, kPartial, kFullIteration };

// A multiplier that depends on the GPU generation.
struct ByGeneration {
  double ampere = 1;
  double hopper = 1;
  double blackwell = 1;
  double other = 1;

  bool operator==(const ByGeneration&) const = default;
};
inline double of_generation(const ByGeneration& m, const std::string& generation) {
  if (generation == "ampere") return m.ampere;
  if (generation == "hopper") return m.hopper;
  if (generation == "blackwell") return m.blackwell;
  return m.other;
}

// What PyTorch's autograd and allocator do in code that no compiler or fused kernel has touched, and what some
// fine-tuning libraries do beside it. Counted from their code, not fitted.
struct EagerHabits {
  bool norms = false;                // 32-bit copies of norm inputs, and normalised values where the scale trains
  bool activations = false;          // the output of the activation function beside its input
  bool expanded_kv = false;          // keys and values repeated for every query head
  bool freed_gradients = false;      // gradients exist only from a backward pass to its step
  bool separate_transients = false;  // blocks of the LM head and of a layer's backward pass are not shared
  bool chunked_head = false;         // the LM head in chunks, each with a weight gradient that is added up
  bool fused_qkv = false;            // adapters of q, k and v share one input
  bool adapter_outputs = false;      // outputs of the adapters of q, k and v are kept
  bool quantized_inputs = false;     // inputs of frozen quantised linears are kept
  bool unsharded_gradients = false;  // FSDP accumulates whole gradients, of frozen weights too

  bool operator==(const EagerHabits&) const = default;
};

// How the stack spends memory; multipliers are against the tensors that estimate/activations.h names.
struct StackMemory {
  double weight_bytes = 2;      // per parameter, compute copy
  double gradient_bytes = 4;    // per parameter, accumulation buffer
  double optimizer_bytes = 12;  // per parameter with AdamW: master copy and two moments
  double moment_bytes = 4;      // of one of these moments
  double adapter_bytes = 2;     // per parameter of an adapter; from 4 on there is no master copy
  double residual_multiplier = 1;
  double attention_multiplier = 1;
  double mlp_multiplier = 1;
  double expert_multiplier = 1;
  double embedding_multiplier = 1;
  double logit_bytes = 3;                      // per logit at the peak of the last stage
  bool keeps_weight_gradient_dummies = false;  // TransformerEngine >= 2.0
  bool unfused_glu = false;                    // gated MLPs keep the activated gate as well
  bool embedding_units = false;  // FSDP gathers embedding and LM head on their own, not for the whole step
  bool hidden_dropout = false;
  bool attention_dropout = false;
  EagerHabits eager;
  double constant_gib = 0.15;
  double reserved_over_allocated = 1.04;
  double context_gib = 1.0;  // CUDA context and communicators, outside the allocator

  bool operator==(const StackMemory&) const = default;
};

struct Stack {
  std::string id;
  std::string name;
  std::string extends;
  std::string framework;  // which launcher emits its command
  std::vector<std::string> aliases;

  // Kernels
  double gemm_multiplier = 1;                  // rate against the generation's ...
  ByGeneration gemm_multiplier_by_generation;  // ... and how well it knew each generation
  bool unfused_attention = false;
  ByGeneration attention_multiplier;  // time of its attention kernel against flash attention
  double attention_narrow_heads = 0;  // rate of its kernel with heads of 64 against 128; 0: the generation's
  double logit_traffic_bytes = 20;    // per logit, element-wise work of the LM head and cross-entropy
  bool fused_weight_gradient = true;  // accumulates into main gradients inside the GEMM
  double fused_moe_multiplier = 1;    // on expert GEMMs and permutation

  // Host
  CudaGraphs cuda_graphs = CudaGraphs::kNone;
  double launch_per_layer_s = 0;
  double launch_per_layer_tp_s = 0;  // added where tp > 1
  double launch_per_tp_rank_s = 0;   // added per rank where tp > 1: a collective waits for the slowest of its hosts
  double moe_layer_s = 0;            // per mixture-of-experts layer and pass
  double step_s = 0;

  // Communication: hidden shares and multipliers
  double tp_overlap = 0;
  double tp_overlap_moe = 0;  // in models with experts
  double tp_overlap_nvfp4 = 0;
  bool tp_overlap_splits_products = false;  // user buffers: a product waits for, or sends, one rank's rows at a time
  double cp_overlap = 0.7;
  double ep_overlap = 0;
  double ep_multiplier = 1;
  double ep_dispatch_bytes = 2;  // of an element on its way to the experts, where products are narrower than 16 bits
  double communication_sms = 0;  // multiprocessors that the all-to-all holds while it runs beside compute
  double pp_exposed = 0.3;
  double dp_overlap = 0;             // gradients and parameters of a distributed optimizer
  double dp_overlap_replicated = 0;  // all-reduce of gradients
  double zero1_reduce_scatter_multiplier = 1;
  double fsdp_contention = 0;
  bool fsdp_prefetch = true;              // gathers the next layer's parameters beside this one's compute
  bool low_precision_all_gather = false;  // TP gathers activations in the type of the GEMM
  double gradient_bytes = 4;              // on the wire
  double parameter_bytes = 2;
  double parameter_bytes_fp8 = 2;  // with per-tensor or blockwise FP8 weights
  double fsdp_gradient_bytes = 2;

  bool recompute_stops_early = false;      // full recomputation ends with the last tensor that backward needs
  bool stages_by_cumulative_work = false;  // lays stages out as nanotron does, else as Megatron: estimate/stages.h

  StackMemory memory;

  // What a plan may use
  std::vector<Schedule> schedules;
  std::vector<Sharding> shardings;
  bool tensor_parallel = true;
  bool pipeline_parallel = true;
  bool context_parallel = true;
  bool expert_parallel = true;
  bool expert_tensor_parallel = true;
  bool selective_recompute = true;
  bool fsdp_with_pipeline = false;
  bool quantized_base = false;  // fine-tunes on top of 8- and 4-bit weights

  std::string interval_class;  // key into presets/calibration/intervals
  std::string source;

  bool operator==(const Stack&) const = default;
};

}  // namespace shardplan::spec
