// Peak memory of every pipeline stage; a job needs what its worst rank needs.
#pragma once

#include <vector>

#include "estimate/activations.h"
#include "estimate/data_parallel.h"

namespace shardplan::estimate {

// One stage, bytes. The parts sum to `reserved`.
struct StageMemory {
  int layers = 0;
  double parameters = 0;    // compute copies
  double gradients = 0;
  double optimizer = 0;     // master copies and moments
  double activations = 0;   // kept for the backward pass, all micro-batches in flight
  double buffers = 0;       // transients: logits, backward temporaries, gathered parameters, weight-gradient dummies
  double overhead = 0;      // constant, fragmentation, device context and communicators
  double microbatches_in_flight = 0;
  double allocated = 0;     // what the framework's allocator hands out at its peak
  double reserved = 0;      // what the device loses: fragmentation and context included
};

// The parts of a memory estimate that many strategies share.
struct MemoryParts {
  LayerActivations activations;
  WeightGradientDummies dummies;
};
MemoryParts memory_parts(const Context& context, const LayerShape& shape, const spec::Recompute& recompute);

// Layers of each stage; from the strategy or by default_stages. MTP layers go to the last stage.
// Where the default layout is impossible the layers are spread as evenly as whole layers allow.
std::vector<int> stage_layers(const Context& context, const spec::Strategy& s);

StageMemory stage_memory(const Context& context, const spec::Strategy& s, const MemoryParts& parts,
                         const std::vector<int>& layers, int stage);

// All stages.
std::vector<StageMemory> stage_memories(const Context& context, const spec::Strategy& s);

// Index of the stage with the largest `reserved`.
int worst_stage(const std::vector<StageMemory>& stages);

// The stages of which one is the worst: the first, the last, and where the number or kind of layers changes. The memory of
// every other stage is at most that of one of these, because micro-batches in flight fall along the pipeline.
std::vector<int> candidate_worst_stages(const Context& context, const spec::Strategy& s, const std::vector<int>& layers);

}  // namespace shardplan::estimate
