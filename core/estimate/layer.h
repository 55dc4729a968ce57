// Time of one transformer layer on one rank for one micro-batch, averaged over the model's dense and expert layers, and
// of the LM head. Notation of the formulas: b micro-batch, s sequence, h hidden size, T = b s / cp tokens of a rank's
// group, t tensor parallel, r = t with sequence parallelism else 1. Kernels are in hardware/, links in topology/.
#pragma once

#include "estimate/problem.h"

namespace shardplan::estimate {

// The part of a strategy that a layer's time depends on.
struct LayerShape {
  int tp = 1;
  bool sp = false;
  int cp = 1;
  int ep = 1;
  int etp = 1;
  int mbs = 1;
  spec::Precision precision = spec::Precision::kBf16;
  spec::ContextParallel cp_comm = spec::ContextParallel::kRing;

  bool operator==(const LayerShape&) const = default;
};
LayerShape layer_shape(const spec::Strategy& s);

// Seconds of one pass over a layer. Communication: `total` is all of it, the rest of the struct is what adds to the
// step.
struct Pass {
  double gemm_s = 0;
  double experts_s = 0;
  double attention_s = 0;
  double elementwise_s = 0;  // with casts to narrow types
  double moe_host_s = 0;
  double gaps_s = 0;  // between kernels, while one drains and the next fills
  double tp_s = 0;    // exposed
  double cp_s = 0;
  double ep_s = 0;
  double tp_total_s = 0;
  double cp_total_s = 0;
  double ep_total_s = 0;
  double adapters_s = 0;    // of fine-tuning: products of adapters, weights made 16 bits wide
  double accumulate_s = 0;  // weight gradients into the main buffer; backward only
  double host_s = 0;        // what launching adds where the host is slower than the GPU
  double total_s = 0;

  double compute_s() const { return gemm_s + experts_s + attention_s + elementwise_s + adapters_s + accumulate_s; }
};

struct LayerTime {
  Pass forward;
  Pass backward;                 // without recomputation
  double weight_gradient_s = 0;  // part of backward that zero-bubble schedules may postpone
  // What recomputing a module adds to the backward pass.
  double recompute_attention_s = 0;
  double recompute_mla_up_s = 0;
  double recompute_mlp_s = 0;
  double recompute_moe_act_s = 0;
  double recompute_layernorm_s = 0;
  double recompute_unneeded_s = 0;  // of the forward pass, what full recomputation leaves out
  double head_s = 0;                // LM head and cross-entropy, forward and backward, one micro-batch
};
// Tokens of one micro-batch on one rank of a context-parallel group: b s / cp.
double microbatch_tokens(const Context& context, const LayerShape& shape);

// Share of the layers that are mixtures of experts, multi-token prediction included.
double moe_share(const Context& context);

// Bytes of an all-gathered activation against bf16, where the stack gathers in the type of the product.
double gathered_width(const Context& context, spec::Precision gemm_precision);

inline constexpr double kHostHopPerDomain_s = 20e-6;  // per eight ranks of a tensor-parallel group beyond its domain

// Hidden share of tensor-parallel traffic in this kind of model and type of product.
double tp_overlap(const Context& context, spec::Precision gemm_precision);

// Chunks of rows that a product runs in beside its gather or scatter: one per rank with user buffers. Forward all
// linears are split; backward those that reduce their output are, for their data gradient gathers (TransformerEngine's
// defaults for ring exchange; the others overlap in bulk).
double product_chunks(const Context& context, const LayerShape& shape);

// Tokens of the blocks that attention works on: a ring sees a rank's keys and values at a time.
double attention_block_length(const Context& context, const LayerShape& shape);

LayerTime layer_time(const Context& context, const LayerShape& shape);

// Seconds that a recomputation adds to one layer's backward pass.
double recompute_s(const LayerTime& layer, const spec::Recompute& recompute);

}  // namespace shardplan::estimate
