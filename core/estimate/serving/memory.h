// What a replica keeps in each GPU's memory, and how many requests that leaves room for.
#pragma once

#include "estimate/serving/deployment.h"

namespace shardplan::estimate::serving {

// Of the GPU that holds most, in bytes.
struct Memory {
  double weights = 0;
  double adapters = 0;     // LoRA adapters in use
  double activations = 0;  // activations, CUDA graphs, workspaces
  double context = 0;      // what the driver and the share that the engine leaves alone take
  double kv_room = 0;      // left for keys and values; 0 where the weights do not fit
  double capacity = 0;
  bool fits = false;
};

Memory memory_of(const Deployment& deployment, const spec::ServingLayout& layout,
                 const spec::ServingPrecision& precision);

double weight_bytes_per_gpu(const spec::Model& model, const spec::ServingLayout& layout,
                            const spec::ServingPrecision& precision);

// Adapters of all linear layers but the routed experts', on each GPU.
double adapter_bytes(const spec::Model& model, const spec::ServingLayout& layout, const AdapterLoad& load);

// Keys and values of one sequence on each of its GPUs. Layers with a window keep that many tokens.
double kv_bytes_of_sequence(const spec::Model& model, const spec::ServingLayout& layout, spec::KvFormat kv,
                            double tokens);

// The same with what a model that drafts keeps of it.
double sequence_bytes(const Deployment& deployment, const spec::ServingLayout& layout, spec::KvFormat kv,
                      double tokens);

// Number formats of the model that drafts.
spec::ServingPrecision draft_precision(const Deployment& deployment, const spec::ServingPrecision& precision);

// Sequences of `tokens` (at their longest) that one attention group holds at once.
double most_sequences(const Deployment& deployment, const spec::ServingLayout& layout,
                      const spec::ServingPrecision& precision, double tokens);

}  // namespace shardplan::estimate::serving
