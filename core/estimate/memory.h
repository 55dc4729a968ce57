// Peak memory of every pipeline stage; a job needs what its worst rank needs.
#pragma once

#include <vector>

#include "estimate/activations.h"
#include "estimate/data_parallel.h"
#include "estimate/stages.h"

namespace shardplan::estimate {

inline constexpr double kGatheredUnits = 2;  // FSDP: the unit in use and the one being fetched

// One stage, bytes. The parts sum to `reserved`.
struct StageMemory {
  int layers = 0;
  double parameters = 0;  // compute copies
  double gradients = 0;
  double optimizer = 0;    // master copies and moments
  double activations = 0;  // kept for the backward pass, all micro-batches in flight
  double buffers = 0;      // transients: logits, backward temporaries, gathered parameters, weight-gradient dummies
  double overhead = 0;     // constant, fragmentation, device context and communicators
  double apart = 0;  // part of overhead: blocks that hold nothing at the peak but cannot be used for anything else
  double microbatches_in_flight = 0;
  double allocated = 0;  // what the framework's allocator hands out at its peak
  double reserved = 0;   // what the device loses: fragmentation and context included
};

// What a stage holds, whatever is sharded how.
struct StageShape {
  int stage = 0;
  int dense_layers = 0;
  int moe_layers = 0;  // with those of multi-token prediction, on the last stage
  bool first = false;
  bool last = false;  // holds the LM head
  // Parameters of one rank.
  double dense_parameters = 0;  // everything outside routed experts, embedding and head included
  double expert_parameters = 0;
  double embedding_parameters = 0;
  double largest_layer_parameters = 0;  // the unit that FSDP gathers
  // Of a frozen base: weights of linears outside routed experts, in all layers and in the largest; and the adapters.
  double linear_parameters = 0;
  double largest_layer_linears = 0;
  double adapters = 0;
  double expert_adapters = 0;
};
std::vector<StageShape> stage_shapes(const Context& context, const spec::Strategy& s);

// The stages of which one is the worst: the first two, the last, and where the number or kind of layers changes. Any
// other stage holds as much as the one before it and no more micro-batches.
std::vector<StageShape> candidate_worst_stages(const std::vector<StageShape>& all);

// Bytes of one trained parameter's compute copy (of its sharded master copy under FSDP and ZeRO-3), gradient and
// optimizer states.
struct StateBytes {
  double parameter = 0;
  double gradient = 0;
  double optimizer = 0;
};
StateBytes state_bytes(const Context& context, const spec::Strategy& s);

// Parameters, gradients, optimizer states and what sharding gathers; bytes.
struct StageStates {
  double parameters = 0;
  double gradients = 0;
  double optimizer = 0;
  double gathered = 0;
};
StageStates stage_states(const Context& context, const spec::Strategy& s, const StageShape& shape);

// What a stage holds for so many micro-batches in flight.
struct StageActivations {
  double kept = 0;
  double buffers = 0;
  double working = 0;  // of the layer in its backward pass
  double apart = 0;    // free when the tensors are at their peak, but in blocks that nothing else can use
};
struct MemoryParts {
  LayerActivations activations;
  WeightGradientDummies dummies;
};
MemoryParts memory_parts(const Context& context, const LayerShape& shape, const spec::Recompute& recompute);
StageActivations stage_activations(const Context& context, const MemoryParts& parts, const spec::Recompute& recompute,
                                   const StageShape& shape, double microbatches_in_flight);

// Gradients that exist when the tensors are at their peak: where a step frees them, they grow as activations go.
double gradients_at_peak(const Context& context, const spec::Strategy& s, const StageStates& states,
                         const StageActivations& activations);

// Bytes that the allocator needs for all of it.
double stage_bytes(const Context& context, const spec::Strategy& s, const StageStates& states,
                   const StageActivations& activations);

// Bytes that one micro-batch of one layer sends to the host where its activations are offloaded: the larger kind of
// layer.
double offloaded_layer_bytes(const Context& context, const LayerActivations& activations);

// Bytes that the device loses for so many bytes of tensors: constant, fragmentation, context.
double reserved_bytes(const Context& context, double tensors);

// All stages.
std::vector<StageMemory> stage_memories(const Context& context, const spec::Strategy& s);

// Index of the stage with the largest `reserved`.
int worst_stage(const std::vector<StageMemory>& stages);

// Bytes that a plan may use: the accelerator's memory.
double capacity_bytes(const spec::Cluster& cluster);

}  // namespace shardplan::estimate
