#include <algorithm>

#include "emit/megatron_parts.h"
#include "model/parameters.h"

namespace shardplan::emit {
namespace {

using spec::Model;

void attention(const Model& m, Arguments& a) {
  a.option("--num-attention-heads", m.num_attention_heads);
  if (model::is_mla(m)) {
    a.flag("--multi-latent-attention");
    if (m.q_lora_rank > 0) a.option("--q-lora-rank", m.q_lora_rank);
    a.option("--kv-lora-rank", m.kv_lora_rank).option("--qk-head-dim", m.qk_nope_head_dim);
    a.option("--qk-pos-emb-head-dim", m.qk_rope_head_dim).option("--v-head-dim", m.v_head_dim);
  } else {
    if (m.num_key_value_heads < m.num_attention_heads)
      a.flag("--group-query-attention").option("--num-query-groups", m.num_key_value_heads);
    a.option("--kv-channels", m.head_dim);
  }
  if (m.qk_norm != spec::QkNorm::kNone) a.flag("--qk-layernorm");
  if (m.sliding_window > 0) {
    a.option("--window-size", std::to_string(m.sliding_window - 1) + ",0");
    if (m.sliding_window_pattern > 1) a.option("--window-attn-skip-freq", m.sliding_window_pattern);
  }
}

void positions(const Model& m, int seq_length, Arguments& a) {
  a.option("--seq-length", seq_length);
  a.option("--max-position-embeddings", std::max(seq_length, m.max_position_embeddings));
  switch (m.position) {
    case spec::Position::kRope: a.option("--position-embedding-type", "rope"); break;
    case spec::Position::kLearned: a.option("--position-embedding-type", "learned_absolute"); break;
    default: a.option("--position-embedding-type", "none"); break;
  }
}

// Which layers have experts, as a Python list: "([0]*3+[1]*58)".
std::string moe_pattern(const Model& m) {
  if (m.first_k_dense_replace == 0 && m.moe_layer_offset == 0) return std::to_string(m.moe_layer_step);
  if (m.moe_layer_step == 1)
    return "([0]*" + std::to_string(m.first_k_dense_replace) + "+[1]*" +
           std::to_string(m.num_hidden_layers - m.first_k_dense_replace) + ")";
  std::string text;
  for (int layer = 0; layer < m.num_hidden_layers; ++layer)
    text += std::string(layer == 0 ? "[" : ",") + (model::layers_between(m, layer, layer + 1).moe > 0 ? "1" : "0");
  return text + "]";
}

void experts(const Model& m, Arguments& a) {
  if (!model::is_moe(m)) return;
  a.option("--num-experts", m.num_experts).option("--moe-router-topk", m.num_experts_per_tok);
  a.option("--moe-ffn-hidden-size", m.moe_intermediate_size).option("--moe-layer-freq", moe_pattern(m));
  if (m.shared_expert_intermediate_size > 0)
    a.option("--moe-shared-expert-intermediate-size", m.shared_expert_intermediate_size);
  if (m.shared_expert_gate) a.flag("--moe-shared-expert-gate");
  if (m.n_group > 1) a.option("--moe-router-num-groups", m.n_group).option("--moe-router-group-topk", m.topk_group);
  if (m.router_bias && !m.expert_bias)
    a.option("--moe-router-score-function", "sigmoid").flag("--moe-router-enable-expert-bias");
  a.flag("--moe-grouped-gemm").option("--moe-token-dispatcher-type", "alltoall");
}

}  // namespace

void megatron_model(const Job& job, Arguments& a) {
  a.flag("--use-mcore-models");
  if (job.context == nullptr) return;
  const Model& m = job.context->model();
  a.option("--num-layers", m.num_hidden_layers).option("--hidden-size", m.hidden_size);
  if (m.intermediate_size > 0) a.option("--ffn-hidden-size", m.intermediate_size);
  attention(m, a);
  positions(m, job.context->training().seq_length, a);
  a.option("--normalization", m.norm == spec::Norm::kRmsNorm ? "RMSNorm" : "LayerNorm");
  if (m.gated_mlp) a.flag("--swiglu");
  if (!m.mlp_bias) a.flag("--disable-bias-linear");
  if (m.attention_bias != spec::AttentionBias::kNone && !m.mlp_bias) a.flag("--add-qkv-bias");
  if (!m.tie_word_embeddings) a.flag("--untie-embeddings-and-output-weights");
  a.option("--attention-dropout", "0.0").option("--hidden-dropout", "0.0");
  a.option("--tokenizer-type", "NullTokenizer").option("--vocab-size", m.vocab_size);
  experts(m, a);
  if (job.context->training().mtp_layers > 0) a.option("--mtp-num-layers", job.context->training().mtp_layers);
}

}  // namespace shardplan::emit
