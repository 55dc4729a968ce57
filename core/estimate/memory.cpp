#include "estimate/memory.h"

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "estimate/pipeline.h"
#include "model/parameters.h"

namespace shardplan::estimate {

using spec::Sharding;

namespace {

// Activations that stay where a share of the layers sends its own to the host: one layer's leave and one's come back.
double kept_beside_the_host(const Context& c, const spec::Strategy& s, const LayerActivations& a, const StageMemory& m,
                            double kept) {
  const double on_the_way = std::min(2.0, m.layers * m.microbatches_in_flight) * offloaded_layer_bytes(c, a);
  return std::min(kept, kept * (1 - s.offload_activations) + on_the_way);
}

}  // namespace

MemoryParts memory_parts(const Context& c, const LayerShape& shape, const spec::Recompute& recompute) {
  return {layer_activations(c, shape, recompute), weight_gradient_dummies(c, shape)};
}

std::vector<StageShape> stage_shapes(const Context& c, const spec::Strategy& s) {
  const Stages stages = stages_of(c, s);
  const std::vector<int>& layers = stages.layers;
  const spec::Model& m = c.model();
  const model::LayerParameters p = model::layer_parameters(m, s.tp, s.ep, s.etp);
  const double embedding = model::embedding_parameters(m, s.tp);
  std::vector<StageShape> out(layers.size());
  int begin = 0;
  for (size_t i = 0; i < layers.size(); ++i) {
    StageShape& shape = out[i];
    const int end = std::min(begin + layers[i], m.num_hidden_layers);
    const model::LayerCount count = model::layers_between(m, begin, end);
    begin = end;
    shape.stage = static_cast<int>(i);
    shape.first = i == 0;
    shape.last = static_cast<int>(i) == stages.head;
    shape.dense_layers = count.dense;
    shape.moe_layers = count.moe;
    if (shape.last) (model::is_moe(m) ? shape.moe_layers : shape.dense_layers) += c.training().mtp_layers;
    const bool own_head = shape.last && !(m.tie_word_embeddings && shape.first);
    shape.embedding_parameters = embedding * ((shape.first ? 1 : 0) + (own_head ? 1 : 0));
    shape.dense_parameters = (shape.dense_layers + shape.moe_layers) * (p.attention + p.norms) +
                             shape.dense_layers * p.dense_mlp + shape.moe_layers * (p.shared_experts + p.router) +
                             shape.embedding_parameters;
    shape.expert_parameters = shape.moe_layers * p.experts;
    shape.largest_layer_parameters = p.attention + p.norms +
                                     std::max(shape.dense_layers > 0 ? p.dense_mlp : 0,
                                              shape.moe_layers > 0 ? p.shared_experts + p.router + p.experts : 0);
  }
  return out;
}

std::vector<StageShape> candidate_worst_stages(const std::vector<StageShape>& all) {
  std::vector<StageShape> out;
  for (const StageShape& here : all) {
    const bool differs = here.stage < 2 || here.last || here.dense_layers != all[here.stage - 1].dense_layers ||
                         here.moe_layers != all[here.stage - 1].moe_layers;
    if (differs) out.push_back(here);
  }
  return out;
}

StateBytes state_bytes(const Context& c, const spec::Strategy& s) {
  const spec::StackMemory& memory = c.stack().memory;
  if (c.training().lora) return {memory.weight_bytes, 0, 0};
  const double gradient = c.training().gradient_bytes > 0 ? c.training().gradient_bytes : memory.gradient_bytes;
  const double optimizer = s.offload_optimizer ? 0 : optimizer_bytes(c.training().optimizer, memory.optimizer_bytes);
  if (!gathers_per_microbatch(s.sharding)) return {memory.weight_bytes, gradient, optimizer};
  // The shard of the master copy is the parameter itself.
  const double master = memory.optimizer_bytes - kAdamWMoments;
  return {master, gradient, std::max(optimizer - master, 0.0)};
}

StageStates stage_states(const Context& c, const spec::Strategy& s, const StageShape& p) {
  const StateBytes bytes = state_bytes(c, s);
  const double all = (p.dense_parameters + p.expert_parameters) * parameter_copies(s.schedule);
  const double owned = owned_parameters(shard_ranks(s), p.dense_parameters, p.expert_parameters);
  if (c.training().lora) return {bytes.parameter * all, 0, 0, 0};
  switch (s.sharding) {
    case Sharding::kZero0: return {bytes.parameter * all, bytes.gradient * all, bytes.optimizer * all, 0};
    case Sharding::kZero1: return {bytes.parameter * all, bytes.gradient * all, bytes.optimizer * owned, 0};
    case Sharding::kZero2: return {bytes.parameter * all, bytes.gradient * owned, bytes.optimizer * owned, 0};
    case Sharding::kZero3:
    case Sharding::kFsdp:
    case Sharding::kHsdp: break;
  }
  // Units in use are gathered in 16 bits, their gradients reduced.
  const double weight = c.stack().memory.weight_bytes;
  const double gathered = (kGatheredUnits * weight + bytes.gradient) * p.largest_layer_parameters +
                          (weight + bytes.gradient) * p.embedding_parameters;
  return {bytes.parameter * owned, bytes.gradient * owned, bytes.optimizer * owned, gathered};
}

StageActivations stage_activations(const MemoryParts& parts, const spec::Recompute& recompute, const StageShape& shape,
                                   double in_flight) {
  const LayerActivations& a = parts.activations;
  const WeightGradientDummies& d = parts.dummies;
  const double dense = shape.dense_layers, moe = shape.moe_layers;
  StageActivations out;
  out.kept = (dense * a.dense + moe * a.moe) * in_flight + (shape.first ? a.embedding_output : 0);
  if (recompute.mode == spec::RecomputeMode::kFull)
    out.kept += std::max(dense > 0 ? a.dense_whole : 0, moe > 0 ? a.moe_whole : 0);
  const double backward = std::max(dense > 0 ? a.backward_transient_dense : 0, moe > 0 ? a.backward_transient_moe : 0);
  out.buffers = std::max(backward, shape.last ? a.head_transient : 0);
  if (dense > 0 && moe > 0) out.buffers += d.dense + d.moe - d.attention;
  else out.buffers += moe > 0 ? d.moe : d.dense;
  if (shape.last) out.buffers += d.head;
  return out;
}

double offloaded_layer_bytes(const Context& c, const LayerActivations& a) {
  return model::is_moe(c.model()) ? std::max(a.dense, a.moe) : a.dense;
}

double reserved_bytes(const Context& c, double tensors) {
  const spec::StackMemory& memory = c.stack().memory;
  const double plain =
      (tensors + memory.constant_gib * kGib) * memory.reserved_over_allocated + memory.context_gib * kGib;
  // In whole bytes: the same sum in another order must not make one of two equal plans the smaller.
  return std::round(plain * c.problem.adjustment.reserved_memory);
}

std::vector<StageMemory> stage_memories(const Context& c, const spec::Strategy& s) {
  const MemoryParts parts = memory_parts(c, layer_shape(s), s.recompute);
  std::vector<StageMemory> out;
  for (const StageShape& shape : stage_shapes(c, s)) {
    StageMemory m;
    m.layers = shape.dense_layers + shape.moe_layers;
    m.microbatches_in_flight = microbatches_in_flight(s.schedule, s.pp, s.vpp, shape.stage, spec::num_microbatches(s));
    const StageStates states = stage_states(c, s, shape);
    const StageActivations activations = stage_activations(parts, s.recompute, shape, m.microbatches_in_flight);
    m.parameters = states.parameters;
    m.gradients = states.gradients;
    m.optimizer = states.optimizer;
    m.activations = activations.kept;
    if (s.offload_activations > 0) m.activations = kept_beside_the_host(c, s, parts.activations, m, activations.kept);
    m.buffers = states.gathered + activations.buffers;
    const double tensors = m.parameters + m.gradients + m.optimizer + m.activations + m.buffers;
    m.allocated = (tensors + c.stack().memory.constant_gib * kGib) * c.problem.adjustment.reserved_memory;
    m.reserved = reserved_bytes(c, tensors);
    m.overhead = m.reserved - tensors;
    out.push_back(m);
  }
  return out;
}

int worst_stage(const std::vector<StageMemory>& stages) {
  const auto worst = std::max_element(
      stages.begin(), stages.end(), [](const StageMemory& a, const StageMemory& b) { return a.reserved < b.reserved; });
  return static_cast<int>(worst - stages.begin());
}

double capacity_bytes(const spec::Cluster& cluster) { return cluster.accelerator.memory_gib * kGib; }

}  // namespace shardplan::estimate
