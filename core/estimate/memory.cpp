#include "estimate/memory.h"

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "estimate/fine_tuning.h"
#include "estimate/optimizer.h"
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

bool uses_gradients_at_once(const Context& c) {
  return c.training().optimizer_in_backward || traits_of(c.training().optimizer).in_backward;
}

// What is gathered of sharded parameters while they are used: units in 16 bits or in the frozen weights' own type, with
// the gradient of one. Embedding and head belong to the unit that stays for the whole step, or are units like the
// layers.
double gathered_bytes(const Context& c, const StageShape& p, double gradient) {
  const double weight = c.stack().memory.weight_bytes, frozen = is_frozen(c) ? frozen_weight_bytes(c) : weight;
  const double layer = weight * p.largest_layer_parameters + (frozen - weight) * p.largest_layer_linears;
  const double layers = kGatheredUnits * layer + gradient * p.largest_layer_parameters;
  const double embedding = (weight + gradient) * p.embedding_parameters;
  if (!c.stack().memory.embedding_units) return layers + embedding;
  return std::max(layers, layer + embedding / (p.first && p.last ? 2 : 1));
}

// Frozen weights, and adapters with their gradients and states.
StageStates frozen_states(const Context& c, const spec::Strategy& s, const StageShape& p) {
  const ShardRanks ranks = shard_ranks(s);
  const double copies = parameter_copies(s.schedule), weight = c.stack().memory.weight_bytes;
  const double linear = frozen_weight_bytes(c);
  const AdapterBytes each = adapter_bytes(c);
  const double all = (p.adapters + p.expert_adapters) * copies;
  const double owned = owned_parameters(ranks, p.adapters, p.expert_adapters);
  const double dense = weight * (p.dense_parameters - p.linear_parameters) + linear * p.linear_parameters;
  const double experts = linear * p.expert_parameters;
  const double optimizer = s.offload_optimizer ? 0 : each.optimizer;
  StageStates out;
  out.parameters = (dense + experts) * copies + each.parameter * all;
  out.gradients = each.gradient * all;
  out.optimizer = optimizer * (s.sharding == Sharding::kZero0 ? all : owned);
  if (s.sharding == Sharding::kZero2) out.gradients = each.gradient * owned;
  if (gathers_per_microbatch(s.sharding)) {
    out.parameters = owned_parameters(ranks, dense, experts) + each.parameter * owned;
    out.gradients = each.gradient * owned;
    out.gathered = gathered_bytes(c, p, 0);
    if (c.stack().memory.eager.unsharded_gradients)
      out.gradients = weight * (p.dense_parameters + p.expert_parameters + p.adapters + p.expert_adapters);
  }
  return out;
}

// DualPipe sends micro-batches in from both ends: a rank holds its stage and the one that mirrors it, so that both have
// the mean of the two twice.
void hold_both_ends(std::vector<StageShape>& stages) {
  for (size_t i = 0, j = stages.size() - 1; i < j; ++i, --j)
    for (double StageShape::*part :
         {&StageShape::dense_parameters, &StageShape::expert_parameters, &StageShape::embedding_parameters})
      stages[i].*part = stages[j].*part = (stages[i].*part + stages[j].*part) / 2;
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
  const bool frozen = is_frozen(c);
  const model::LayerAdapters adapters =
      frozen ? model::layer_adapters(m, c.training().fine_tuning, s.tp, s.ep, s.etp) : model::LayerAdapters{};
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
    if (!frozen) continue;
    const double layers_here = shape.dense_layers + shape.moe_layers;
    shape.linear_parameters =
        layers_here * p.attention + shape.dense_layers * p.dense_mlp + shape.moe_layers * p.shared_experts;
    shape.largest_layer_linears = p.attention + std::max(shape.dense_layers > 0 ? p.dense_mlp : 0,
                                                         shape.moe_layers > 0 ? p.shared_experts + p.experts : 0);
    shape.adapters = layers_here * adapters.attention + shape.dense_layers * adapters.dense_mlp +
                     shape.moe_layers * adapters.shared_experts;
    shape.expert_adapters = shape.moe_layers * adapters.experts;
  }
  if (s.schedule == spec::Schedule::kDualPipe) hold_both_ends(out);
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
  if (is_frozen(c)) return {memory.weight_bytes, 0, 0};
  const double gradient = c.training().gradient_bytes > 0 ? c.training().gradient_bytes : memory.gradient_bytes;
  const double master = master_bytes(memory);
  const double moments = traits_of(c.training().optimizer).paged ? 0 : c.moment_bytes;
  const double optimizer = s.offload_optimizer ? 0 : master + moments;
  const double kept_gradient = uses_gradients_at_once(c) ? 0 : gradient;
  if (!gathers_per_microbatch(s.sharding)) return {memory.weight_bytes, kept_gradient, optimizer};
  // The shard of the master copy is the parameter itself.
  const double own = master > 0 ? master : memory.weight_bytes;
  return {own, kept_gradient, std::max(optimizer - master, 0.0)};
}

StageStates stage_states(const Context& c, const spec::Strategy& s, const StageShape& p) {
  if (is_frozen(c)) {
    StageStates out = frozen_states(c, s, p);
    if (s.offload_parameters) out.parameters = out.gradients = out.optimizer = 0;
    return out;
  }
  const StateBytes bytes = state_bytes(c, s);
  const double all = (p.dense_parameters + p.expert_parameters) * parameter_copies(s.schedule);
  const double owned = owned_parameters(shard_ranks(s), p.dense_parameters, p.expert_parameters);
  // Where gradients are used at once, those of one layer or of the LM head are there at a time.
  const double passing = uses_gradients_at_once(c) ? c.stack().memory.gradient_bytes * p.largest_layer_parameters : 0;
  switch (s.sharding) {
    case Sharding::kZero0: return {bytes.parameter * all, bytes.gradient * all, bytes.optimizer * all, passing};
    case Sharding::kZero1: return {bytes.parameter * all, bytes.gradient * all, bytes.optimizer * owned, passing};
    case Sharding::kZero2: return {bytes.parameter * all, bytes.gradient * owned, bytes.optimizer * owned, passing};
    case Sharding::kZero3:
    case Sharding::kFsdp:
    case Sharding::kHsdp: break;
  }
  const double gradient =
      c.training().gradient_bytes > 0 ? c.training().gradient_bytes : c.stack().memory.gradient_bytes;
  const double gathered = gathered_bytes(c, p, gradient);
  if (s.offload_parameters) return {0, 0, 0, gathered};
  return {bytes.parameter * owned, bytes.gradient * owned, bytes.optimizer * owned, gathered};
}

StageActivations stage_activations(const Context& c, const MemoryParts& parts, const spec::Recompute& recompute,
                                   const StageShape& shape, double in_flight) {
  const LayerActivations& a = parts.activations;
  const WeightGradientDummies& d = parts.dummies;
  const double dense = shape.dense_layers, moe = shape.moe_layers;
  StageActivations out;
  out.kept = (dense * a.dense + moe * a.moe) * in_flight + (shape.first ? a.embedding_output : 0);
  const double rebuilt = recompute.mode == spec::RecomputeMode::kFull
                             ? std::max(dense > 0 ? a.dense_whole : 0, moe > 0 ? a.moe_whole : 0)
                             : 0;
  const double backward = std::max(dense > 0 ? a.backward_transient_dense : 0, moe > 0 ? a.backward_transient_moe : 0);
  const double head = shape.last ? a.head_transient : 0;
  out.working = rebuilt + backward;
  if (c.stack().memory.eager.separate_transients) {
    out.buffers = std::max(out.working, head);
    out.apart = std::min(out.working, head);
  } else {
    out.kept += rebuilt;
    out.buffers = std::max(backward, head);
  }
  if (dense > 0 && moe > 0) out.buffers += d.dense + d.moe - d.attention;
  else out.buffers += moe > 0 ? d.moe : d.dense;
  if (shape.last) out.buffers += d.head;
  return out;
}

double gradients_at_peak(const Context& c, const spec::Strategy& s, const StageStates& states,
                         const StageActivations& a) {
  const bool freed = c.stack().memory.eager.freed_gradients && spec::num_microbatches(s) <= 1;
  return freed ? std::max(0.0, states.gradients + a.working - a.kept - a.buffers) : states.gradients;
}

double stage_bytes(const Context& c, const spec::Strategy& s, const StageStates& states, const StageActivations& a) {
  return states.parameters + states.optimizer + states.gathered + gradients_at_peak(c, s, states, a) + a.kept +
         a.buffers + a.apart;
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
    StageActivations activations = stage_activations(c, parts, s.recompute, shape, m.microbatches_in_flight);
    if (s.offload_activations > 0)
      activations.kept = kept_beside_the_host(c, s, parts.activations, m, activations.kept);
    m.parameters = states.parameters;
    m.gradients = gradients_at_peak(c, s, states, activations);
    m.optimizer = states.optimizer;
    m.activations = activations.kept;
    m.buffers = states.gathered + activations.buffers;
    const double tensors = m.parameters + m.gradients + m.optimizer + m.activations + m.buffers;
    m.allocated = (tensors + c.stack().memory.constant_gib * kGib) * c.problem.adjustment.reserved_memory;
    m.apart = activations.apart;
    m.reserved = reserved_bytes(c, tensors + m.apart);
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
