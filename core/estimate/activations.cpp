#include "estimate/activations.h"

#include <algorithm>
#include <set>

#include "estimate/fine_tuning.h"
#include "model/parameters.h"

namespace shardplan::estimate {
namespace {

constexpr double kDropoutScores = 5;  // bytes per attention score: softmax output, dropout mask and its output
constexpr double kPlainScores = 2;

double score_bytes(const Context& c) { return c.stack().memory.attention_dropout ? kDropoutScores : kPlainScores; }

double common(const KeptTensors& k) { return k.residual_inputs + k.norm_outputs + k.attention + k.mla_up + k.scores; }

}  // namespace

KeptTensors kept_tensors(const Context& c, const LayerShape& s) {
  const spec::Model& m = c.model();
  const spec::StackMemory& memory = c.stack().memory;
  const bool frozen = is_frozen(c) && adapters_are_stated(c);
  const KeptInputs inputs = frozen ? kept_inputs(c, s, m.intermediate_size) : KeptInputs{};
  const double tokens = microbatch_tokens(c, s);
  const double h = m.hidden_size, split = s.sp ? s.tp : 1;
  const double heads = static_cast<double>(m.num_attention_heads) / s.tp;
  const double kv = std::max(static_cast<double>(m.num_key_value_heads) / s.tp, 1.0);
  const double norm = (memory.eager.norms ? 8 : 4) * tokens * h / split * memory.residual_multiplier;
  KeptTensors k;
  k.residual_inputs = norm;
  k.norm_outputs = frozen ? inputs.attention + inputs.mlp : norm;
  if (model::is_mla(m)) {
    const double qk = model::query_head_dim(m);
    k.attention = 2 * tokens * (2.0 * m.q_lora_rank + 2.0 * m.kv_lora_rank + m.qk_rope_head_dim + heads * m.v_head_dim);
    k.mla_up = 2 * tokens * heads * (3 * qk + m.qk_nope_head_dim + m.v_head_dim);
  } else {
    k.attention =
        2 * tokens * (2 * heads + 2 * (memory.eager.expanded_kv ? heads : kv)) * m.head_dim + 4 * tokens * heads;
  }
  k.attention *= memory.attention_multiplier;
  if (frozen) k.attention += inputs.attention_output;
  if (c.stack().unfused_attention) {
    const double seq = c.training().seq_length;
    k.scores = s.mbs * heads * seq * seq / s.cp * score_bytes(c);
  }
  if (memory.hidden_dropout) k.residual_inputs += 2 * tokens * h / split;
  // Gate, up and what goes into down, or the inputs of the activation and of down; unfused: the activated gate as well.
  const bool unfused = memory.unfused_glu || memory.eager.activations;
  const double widths = (m.gated_mlp ? 2 : 1) + (unfused && m.gated_mlp ? 1 : 0) + (frozen ? 0 : 1);
  k.mlp = (2 * tokens * widths * m.intermediate_size / s.tp + inputs.mlp_output) * memory.mlp_multiplier;
  if (model::is_moe(m)) {
    const double rows = tokens / s.tp * m.num_experts_per_tok * s.etp * c.training().expert_imbalance,
                 width = static_cast<double>(m.moe_intermediate_size) / s.etp;
    const double trained = frozen ? inputs.experts : 1;
    k.experts_in = 2 * rows * (trained * h + 2 * width) + 8 * tokens / s.tp * m.num_experts;
    k.expert_activation = 2 * rows * width * trained;
    k.shared = 6 * tokens * m.shared_expert_intermediate_size / s.tp;
    for (double* tensors : {&k.experts_in, &k.expert_activation, &k.shared}) *tensors *= memory.expert_multiplier;
  }
  return k;
}

LayerActivations layer_activations(const Context& c, const LayerShape& s, const spec::Recompute& r) {
  const spec::Model& m = c.model();
  const KeptTensors kept = kept_tensors(c, s);
  const double tokens = microbatch_tokens(c, s);
  const double h = m.hidden_size;
  LayerActivations a;
  a.dense_whole = common(kept) + kept.mlp;
  a.moe_whole = common(kept) + kept.experts_in + kept.expert_activation + kept.shared;
  a.dense = a.dense_whole;
  a.moe = a.moe_whole;
  if (r.mode == spec::RecomputeMode::kSelective) {
    const double dropped =
        (r.layernorm ? kept.norm_outputs : 0) + (r.core_attn ? kept.scores : 0) + (r.mla_up_proj ? kept.mla_up : 0);
    a.dense -= dropped + (r.mlp ? kept.mlp : 0);
    a.moe -= dropped + (r.moe_act ? kept.expert_activation : 0);
  }
  a.checkpoint = 2 * tokens * h / (s.sp ? s.tp : 1);
  if (r.mode == spec::RecomputeMode::kFull) {
    a.dense = (1 - r.layer_share) * a.dense + r.layer_share * a.checkpoint;
    a.moe = (1 - r.layer_share) * a.moe + r.layer_share * a.checkpoint;
  }
  a.backward_transient_dense = 2 * tokens * ((m.gated_mlp ? 3.0 : 2.0) * m.intermediate_size / s.tp + 2 * h);
  // Unfused attention: gradients of the scores before and after the softmax.
  const double scores = c.stack().unfused_attention ? kept.scores / score_bytes(c) : 0;
  a.backward_transient_dense = std::max(a.backward_transient_dense, 2 * kPlainScores * scores);
  if (model::is_moe(m)) {
    const double width = static_cast<double>(m.moe_intermediate_size) / s.etp;
    a.backward_transient_moe =
        2 * tokens / s.tp * m.num_experts_per_tok * s.etp * c.training().expert_imbalance * (2 * h + 3 * width);
  }
  if (is_frozen(c) && c.training().fine_tuning.base != spec::BaseWeights::k16Bit)
    a.backward_transient_dense += 2.0 * h * m.intermediate_size / s.tp;  // a weight in 16 bits
  a.embedding_output = 2 * tokens * h * c.stack().memory.embedding_multiplier;
  a.head_transient = c.stack().memory.logit_bytes * tokens * m.vocab_size / s.tp + 4 * tokens * h;
  // Each chunk's weight gradient beside their sum.
  if (c.stack().memory.eager.chunked_head && !is_frozen(c))
    a.head_transient += 2 * c.stack().memory.gradient_bytes * model::embedding_parameters(m, s.tp);
  return a;
}

WeightGradientDummies weight_gradient_dummies(const Context& c, const LayerShape& s) {
  WeightGradientDummies d;
  if (!c.stack().memory.keeps_weight_gradient_dummies) return d;
  const spec::Model& m = c.model();
  using Shapes = std::set<std::pair<double, double>>;
  const auto add = [](Shapes& shapes, const std::vector<model::Linear>& linears) {
    for (const model::Linear& l : linears) shapes.insert({l.in, l.out});
  };
  const auto bytes = [](const Shapes& shapes) {
    double total = 0;
    for (const auto& [in, out] : shapes) total += 2 * in * out;
    return total;
  };
  Shapes attention, dense, moe;
  add(attention, model::attention_linears(m, s.tp));
  dense = moe = attention;
  add(dense, model::mlp_linears(m, m.intermediate_size, s.tp));
  if (model::is_moe(m)) {
    add(moe, model::mlp_linears(m, m.moe_intermediate_size, s.etp));
    if (m.shared_expert_intermediate_size > 0) add(moe, model::mlp_linears(m, m.shared_expert_intermediate_size, s.tp));
  }
  d.attention = bytes(attention);
  d.dense = bytes(dense);
  d.moe = bytes(moe);
  d.head = 2 * model::embedding_parameters(m, s.tp);
  return d;
}

}  // namespace shardplan::estimate
