// What a layer keeps for its backward pass, per micro-batch and rank, in bytes. T = b s / cp tokens, r = tp with
// sequence parallelism else 1, a and k query and KV heads, d their width, f MLP width, g = 2 gated or 1. Formulas:
// Korthikanti et al. 2022 (arXiv 2205.05198), section 4, with flash attention and one tensor per name below.
#pragma once

#include "estimate/layer.h"
#include "estimate/problem.h"

namespace shardplan::estimate {

// The tensors of one layer by name, nothing recomputed.
struct KeptTensors {
  double residual_inputs = 0;
  double norm_outputs = 0;
  double attention = 0;
  double mla_up = 0;
  double scores = 0;
  double mlp = 0;
  double experts_in = 0;
  double expert_activation = 0;  // what moe_act recomputation drops
  double shared = 0;
};

KeptTensors kept_tensors(const Context& context, const LayerShape& shape);

struct LayerActivations {
  // residual   4 T h/r (two residual inputs) + 4 T h/r (two norm outputs)
  // attention  2 T (2a + 2k) d/tp + 4 T a/tp (log-sum-exp); MLA keeps latents instead
  // mlp        2 T (g + 1) f/tp
  double dense = 0;        // bytes kept by a dense layer, recomputation applied
  double moe = 0;          // by an expert layer
  double dense_whole = 0;  // without recomputation: what full recomputation rebuilds, a layer at a time
  double moe_whole = 0;
  double checkpoint = 0;  // input of a fully recomputed layer
  double backward_transient_dense = 0;
  double backward_transient_moe = 0;
  double embedding_output = 0;
  double head_transient = 0;  // logits and their gradient on the last stage
};
LayerActivations layer_activations(const Context& context, const LayerShape& shape, const spec::Recompute& recompute);

// bf16 weight-gradient tensors that TransformerEngine 2 keeps: one per distinct shape of a rank's linears.
struct WeightGradientDummies {
  double dense = 0;  // attention and dense MLP
  double moe = 0;    // what expert layers add; attention included where a stage has no dense layer
  double attention = 0;
  double head = 0;
};
WeightGradientDummies weight_gradient_dummies(const Context& context, const LayerShape& shape);

}  // namespace shardplan::estimate
