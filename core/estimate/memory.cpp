#include "estimate/memory.h"

#include <algorithm>

#include "base/units.h"
#include "estimate/pipeline.h"
#include "estimate/stages.h"
#include "model/parameters.h"

namespace shardplan::estimate {
namespace {

using spec::Sharding;

constexpr double kGatheredUnits = 2;  // FSDP: the unit in use and the one being fetched

struct StageParameters {
  double dense = 0;
  double experts = 0;
  double of_one_layer = 0;  // of the largest FSDP unit
  double embeddings = 0;    // embedding and head on this stage
};

struct StageKind {
  model::LayerCount layers;
  bool first = false;
  bool last = false;
};

StageKind kind_of(const Context& c, const std::vector<int>& layers, int stage) {
  int begin = 0;
  for (int i = 0; i < stage; ++i) begin += layers[i];
  StageKind k;
  k.first = stage == 0;
  k.last = stage + 1 == static_cast<int>(layers.size());
  const int end = std::min(begin + layers[stage], c.model().num_hidden_layers);
  k.layers = model::layers_between(c.model(), begin, end);
  if (k.last && c.training().mtp_layers > 0)
    (model::is_moe(c.model()) ? k.layers.moe : k.layers.dense) += c.training().mtp_layers;
  return k;
}

StageParameters parameters_of(const Context& c, const spec::Strategy& s, const StageKind& k) {
  const spec::Model& m = c.model();
  const model::LayerParameters p = model::layer_parameters(m, s.tp, s.ep, s.etp);
  const double embedding = model::embedding_parameters(m, s.tp);
  StageParameters out;
  const bool has_own_head = k.last && !(m.tie_word_embeddings && k.first);
  out.embeddings = embedding * ((k.first ? 1 : 0) + (has_own_head ? 1 : 0));
  out.dense = (k.layers.dense + k.layers.moe) * (p.attention + p.norms) + k.layers.dense * p.dense_mlp +
              k.layers.moe * (p.shared_experts + p.router) + out.embeddings;
  out.experts = k.layers.moe * p.experts;
  out.of_one_layer = p.attention + p.norms +
                     std::max(k.layers.dense > 0 ? p.dense_mlp : 0, k.layers.moe > 0 ? p.shared_experts + p.router + p.experts : 0);
  return out;
}

void states(const Context& c, const spec::Strategy& s, const StageParameters& p, StageMemory& out) {
  const spec::StackMemory& memory = c.stack().memory;
  const double all = (p.dense + p.experts) * parameter_copies(s.schedule);
  const ShardRanks ranks = shard_ranks(s);
  const double owned = p.dense / ranks.dense + p.experts / ranks.experts;
  const double optimizer = optimizer_bytes(c.training().optimizer, memory.optimizer_bytes);
  const double gradient = c.training().gradient_bytes > 0 ? c.training().gradient_bytes : memory.gradient_bytes;
  if (c.training().lora) {
    out.parameters = memory.weight_bytes * all;
    return;
  }
  switch (s.sharding) {
    case Sharding::kZero0:
      out.parameters = memory.weight_bytes * all;
      out.gradients = gradient * all;
      out.optimizer = optimizer * all;
      break;
    case Sharding::kZero1:
      out.parameters = memory.weight_bytes * all;
      out.gradients = gradient * all;
      out.optimizer = optimizer * owned;
      break;
    case Sharding::kZero2:
      out.parameters = memory.weight_bytes * all;
      out.gradients = gradient * owned;
      out.optimizer = optimizer * owned;
      break;
    case Sharding::kZero3:
    case Sharding::kFsdp:
    case Sharding::kHsdp: {
      // The shard of the master copy is the parameter itself; units in use are gathered in bf16, their gradients reduced.
      out.parameters = (memory.optimizer_bytes - kAdamWMoments) * owned;
      out.optimizer = optimizer * owned - out.parameters;
      out.gradients = gradient * owned;
      out.buffers += memory.weight_bytes * kGatheredUnits * p.of_one_layer + gradient * p.of_one_layer +
                     (memory.weight_bytes + gradient) * p.embeddings;
      break;
    }
  }
  if (s.offload_optimizer) out.optimizer = 0;
}

}  // namespace

MemoryParts memory_parts(const Context& c, const LayerShape& shape, const spec::Recompute& recompute) {
  return {layer_activations(c, shape, recompute), weight_gradient_dummies(c, shape)};
}

std::vector<int> stage_layers(const Context& c, const spec::Strategy& s) {
  if (!s.layers_per_stage.empty()) return s.layers_per_stage;
  std::vector<int> layers = default_stages(c.model().num_hidden_layers, s.pp, s.vpp);
  if (!layers.empty()) return layers;
  layers.assign(s.pp, c.model().num_hidden_layers / s.pp);
  for (int i = 0; i < c.model().num_hidden_layers % s.pp; ++i) ++layers[i];
  return layers;
}

StageMemory stage_memory(const Context& c, const spec::Strategy& s, const MemoryParts& parts,
                         const std::vector<int>& layers, int stage) {
  const spec::StackMemory& memory = c.stack().memory;
  const LayerActivations& a = parts.activations;
  const StageKind kind = kind_of(c, layers, stage);
  const double dense = kind.layers.dense, moe = kind.layers.moe;
  StageMemory out;
  out.layers = kind.layers.dense + kind.layers.moe;
  states(c, s, parameters_of(c, s, kind), out);

  out.microbatches_in_flight = microbatches_in_flight(s.schedule, s.pp, s.vpp, stage, spec::num_microbatches(s));
  out.activations = (dense * a.dense + moe * a.moe) * out.microbatches_in_flight + (kind.first ? a.embedding_output : 0);
  if (s.recompute.mode == spec::RecomputeMode::kFull && s.recompute.layer_share > 0)
    out.activations += std::max(dense > 0 ? a.dense_whole : 0, moe > 0 ? a.moe_whole : 0);

  const double backward = std::max(dense > 0 ? a.backward_transient_dense : 0, moe > 0 ? a.backward_transient_moe : 0);
  out.buffers += std::max(backward, kind.last ? a.head_transient : 0);
  if (dense > 0 && moe > 0) out.buffers += parts.dummies.dense + parts.dummies.moe - parts.dummies.attention;
  else out.buffers += moe > 0 ? parts.dummies.moe : parts.dummies.dense;
  if (kind.last) out.buffers += parts.dummies.head;

  out.allocated = out.parameters + out.gradients + out.optimizer + out.activations + out.buffers + memory.constant_gib * kGib;
  out.reserved = out.allocated * memory.reserved_over_allocated + memory.context_gib * kGib;
  out.overhead = out.reserved - out.allocated + memory.constant_gib * kGib;
  return out;
}

std::vector<StageMemory> stage_memories(const Context& c, const spec::Strategy& s) {
  const MemoryParts parts = memory_parts(c, layer_shape(s), s.recompute);
  const std::vector<int> layers = stage_layers(c, s);
  std::vector<StageMemory> out;
  for (int i = 0; i < s.pp; ++i) out.push_back(stage_memory(c, s, parts, layers, i));
  return out;
}

int worst_stage(const std::vector<StageMemory>& stages) {
  const auto worst = std::max_element(stages.begin(), stages.end(), [](const StageMemory& a, const StageMemory& b) {
    return a.reserved < b.reserved;
  });
  return static_cast<int>(worst - stages.begin());
}

std::vector<int> candidate_worst_stages(const Context& c, const spec::Strategy& s, const std::vector<int>& layers) {
  std::vector<int> out = {0};
  for (int i = 1; i < s.pp; ++i) {
    const StageKind before = kind_of(c, layers, i - 1), here = kind_of(c, layers, i);
    const bool differs = before.layers.dense != here.layers.dense || before.layers.moe != here.layers.moe;
    if (i == 1 || differs || here.last) out.push_back(i);
  }
  return out;
}

}  // namespace shardplan::estimate
