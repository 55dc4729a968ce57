// What changes where the base is frozen and only adapters train: bytes of states, tensors kept for the backward pass,
// and the products that an adapter adds. estimate/memory and estimate/layer build on it.
#pragma once

#include "estimate/layer.h"
#include "estimate/problem.h"
#include "model/adapters.h"

namespace shardplan::estimate {

inline bool is_frozen(const Context& c) { return spec::is_frozen(c.training().fine_tuning); }

// Measured runs that do not state rank and targets: their adapters send and compute nothing, and as much is kept as if
// everything trained.
inline bool adapters_are_stated(const Context& c) { return c.training().fine_tuning.rank > 0; }

// Forward and backward FLOPs per token, as model::flops_per_token counts them, less the weight gradients of a frozen
// base; the adapters' own are below a hundredth.
double model_flops_per_token(const Context& c);

// Bytes of a frozen weight of a linear layer; embedding, LM head, norms and routers stay in 16 bits. A block of 64 has
// a 32-bit scale; double quantisation keeps it in 8 bits and one 32-bit scale per 256 of them (arXiv 2305.14314,
// section 3).
double frozen_weight_bytes(const Context& c);

// Of an adapter's parameter.
struct AdapterBytes {
  double parameter = 0;
  double gradient = 0;
  double optimizer = 0;
};
AdapterBytes adapter_bytes(const Context& c);

// Bytes of the inputs that adapters, and old quantised products, keep of one layer for one micro-batch. A shared input
// is kept once; dropout makes a copy of each and a mask of one byte per value.
struct KeptInputs {
  double attention = 0;  // inputs of q, k and v
  double attention_output =
      0;                  // of o, beyond what attention itself keeps; outputs of adapters where a stack keeps them
  double mlp = 0;         // of gate and up
  double mlp_output = 0;  // of down
  double experts = 0;     // of the routed experts' linears, where they have adapters: a share of a full layer's
};
KeptInputs kept_inputs(const Context& c, const LayerShape& s, double mlp_width);

// Parameters of the adapters of one rank of a layer, dense and expert layers weighted by their share.
struct AdapterShare {
  double dense = 0;
  double experts = 0;
};
AdapterShare mean_layer_adapters(const Context& c, double tp, double ep, double etp);

// Seconds that adapters, dequantisation and DoRA's norms add to one layer's passes.
struct AdapterTime {
  double forward_s = 0;
  double backward_s = 0;
};
AdapterTime adapter_time(const Context& c, const LayerShape& s);

}  // namespace shardplan::estimate
