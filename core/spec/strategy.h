// How a model is cut over GPUs. Degrees use the field's names; mbs and gbs are in sequences.
#pragma once

#include <string>
#include <vector>

#include "spec/workload.h"

namespace shardplan::spec {

// What data-parallel ranks share of parameters, gradients and optimizer states.
// ZeRO stages as in Rajbhandari et al. 2020 (arXiv 1910.02054); kZero1 is Megatron's distributed optimizer.
// kFsdp gathers parameters layer by layer over all data-parallel ranks, kHsdp over groups of `shard_size`.
enum class Sharding { kZero0, kZero1, kZero2, kZero3, kFsdp, kHsdp };

// Order of the micro-batches in the pipeline.
enum class Schedule {
  kGpipe,
  kOneForwardOneBackward,
  kInterleaved,
  kZeroBubbleH1,
  kZeroBubbleH2,
  kZeroBubbleV,
  kDualPipe,
  kDualPipeV
};

// Context parallelism's way of moving keys and values.
enum class ContextParallel { kRing, kAllGather, kAllToAll };

enum class RecomputeMode { kNone, kSelective, kFull };

// What the backward pass computes again instead of keeping.
struct Recompute {
  RecomputeMode mode = RecomputeMode::kNone;
  // kSelective: modules by Megatron-Core's names.
  bool core_attn = false;
  bool layernorm = false;
  bool mlp = false;      // the dense MLP
  bool moe_act = false;  // activation of the experts
  bool mla_up_proj = false;
  // kFull: of the layers of a stage, this share is recomputed (Megatron's block method); 1 for all.
  double layer_share = 1.0;

  bool operator==(const Recompute&) const = default;
};

struct Strategy {
  int tp = 1;
  bool sp = false;  // sequence parallelism of the tensor-parallel group
  int pp = 1;
  int vpp = 1;
  int dp = 1;
  int cp = 1;
  int ep = 1;
  int etp = 1;
  Sharding sharding = Sharding::kZero1;
  int shard_size = 0;  // kHsdp: ranks that share one copy; 0 elsewhere
  int mbs = 1;
  int gbs = 1;
  Schedule schedule = Schedule::kOneForwardOneBackward;
  Recompute recompute;
  Precision precision = Precision::kBf16;
  ContextParallel cp_comm = ContextParallel::kRing;
  bool offload_optimizer = false;   // optimizer states and step on the host
  bool offload_parameters = false;  // sharded parameters wait on the host, optimizer states with them
  double offload_activations = 0;   // share of the layers whose activations wait on the host
  // Layers of each stage; empty: as even as the stack splits them.
  std::vector<int> layers_per_stage;

  bool operator==(const Strategy&) const = default;
};

inline int world_size(const Strategy& s) { return s.tp * s.pp * s.dp * s.cp; }

// Micro-batches of a step on each pipeline. Not whole where gbs does not divide (measured rows only).
inline double num_microbatches(const Strategy& s) {
  return static_cast<double>(s.gbs) / (static_cast<double>(s.dp) * s.mbs);
}

}  // namespace shardplan::spec
