#include "model/parameters.h"

#include <algorithm>

namespace shardplan::model {
namespace {

using spec::AttentionBias;
using spec::Model;

double sum(const std::vector<Linear>& linears) {
  double total = 0;
  for (const Linear& l : linears) total += l.in * l.out;
  return total;
}

double norm_width(const Model& m) { return m.norm == spec::Norm::kLayerNorm ? 2.0 : 1.0; }

double mlp_matrices(const Model& m) { return m.gated_mlp ? 3.0 : 2.0; }

double qk_norm_parameters(const Model& m) {
  switch (m.qk_norm) {
    case spec::QkNorm::kNone: return 0;
    case spec::QkNorm::kPerHead: return 2.0 * m.head_dim * norm_width(m);
    case spec::QkNorm::kFull: return static_cast<double>(m.num_attention_heads + m.num_key_value_heads) * m.head_dim;
  }
  return 0;
}

double attention_biases(const Model& m) {
  const double kv_out = static_cast<double>(m.num_attention_heads + 2 * m.num_key_value_heads) * m.head_dim;
  switch (m.attention_bias) {
    case AttentionBias::kNone: return 0;
    case AttentionBias::kQkv: return kv_out;
    case AttentionBias::kAll: return kv_out + m.hidden_size;
  }
  return 0;
}

// One attention block with its small tensors.
double attention_exact(const Model& m) {
  double n = sum(attention_linears(m, 1)) + attention_biases(m) + qk_norm_parameters(m);
  if (is_mla(m)) n += m.q_lora_rank + m.kv_lora_rank;  // norms of the latents
  if (m.attention_sinks) n += m.num_attention_heads;
  if (m.index_n_heads > 0) {
    // DeepSeek sparse attention's indexer: queries from the latent, one key per token with its norm, head weights.
    n += static_cast<double>(m.q_lora_rank) * m.index_n_heads * m.index_head_dim +
         static_cast<double>(m.hidden_size) * m.index_head_dim + 2.0 * m.index_head_dim +
         static_cast<double>(m.hidden_size) * m.index_n_heads;
  }
  return n;
}

// Mamba block of Jamba (Lieber et al. 2024, arXiv 2403.19887): in, convolution, x, dt, A, D, out, and three norms.
double mamba_exact(const Model& m) {
  const double h = m.hidden_size, inner = static_cast<double>(m.mamba_expand) * h, n = m.mamba_d_state,
               r = m.mamba_dt_rank;
  return h * 2 * inner + inner * m.mamba_d_conv + inner + inner * (r + 2 * n) + r * inner + inner + inner * n + inner +
         inner * h + r + 2 * n;
}

// Lightning attention of MiniMax-Text-01: q, k, v, output and its gate on all heads, one norm.
double lightning_exact(const Model& m) {
  const double h = m.hidden_size, width = static_cast<double>(m.num_attention_heads) * m.head_dim;
  return 5 * h * width + width;
}

// Gated delta rule (Yang et al. 2024, arXiv 2412.06464) as Qwen3-Next has it: queries, keys, values and their gate from
// one product, decay and step size from another, a convolution, per-head constants, a norm, output.
double delta_exact(const Model& m) {
  const double h = m.hidden_size, keys = static_cast<double>(m.linear_num_key_heads) * m.linear_head_dim,
               values = static_cast<double>(m.linear_num_value_heads) * m.linear_head_dim;
  return h * (2 * keys + 2 * values) + 2 * h * m.linear_num_value_heads +
         (2 * keys + values) * m.linear_conv_kernel_dim + 2.0 * m.linear_num_value_heads + m.linear_head_dim +
         values * h;
}

double mixers_exact(const Model& m) {
  const int softmax = attention_layers(m);
  const double other = m.num_hidden_layers - softmax;
  double n = softmax * attention_exact(m);
  if (m.mixer == spec::Mixer::kMambaHybrid) n += other * mamba_exact(m);
  if (m.mixer == spec::Mixer::kLightningHybrid) n += other * lightning_exact(m);
  if (m.mixer == spec::Mixer::kDeltaHybrid) n += other * delta_exact(m);
  return n;
}

double mlp_exact(const Model& m, double width) {
  const double h = m.hidden_size;
  return mlp_matrices(m) * h * width + (m.mlp_bias ? (m.gated_mlp ? 2 : 1) * width + h : 0);
}

double one_expert_exact(const Model& m) {
  const double h = m.hidden_size, f = m.moe_intermediate_size;
  return mlp_matrices(m) * h * f + (m.expert_bias ? (m.gated_mlp ? 2 : 1) * f + h : 0);
}

double moe_layer_shared_exact(const Model& m) {
  const double h = m.hidden_size;
  double n = h * m.num_experts + (m.router_bias ? m.num_experts : 0);
  if (m.shared_expert_intermediate_size > 0) n += mlp_exact(m, m.shared_expert_intermediate_size);
  if (m.shared_expert_gate) n += h;
  return n;
}

}  // namespace

bool is_moe(const Model& m) { return m.num_experts > 0; }
bool is_mla(const Model& m) { return m.kv_lora_rank > 0; }
bool is_hybrid(const Model& m) {
  return m.mixer == spec::Mixer::kMambaHybrid || m.mixer == spec::Mixer::kLightningHybrid ||
         m.mixer == spec::Mixer::kDeltaHybrid;
}

int attention_layers(const Model& m) {
  return m.attention_layer_period > 0 ? m.num_hidden_layers / m.attention_layer_period : m.num_hidden_layers;
}

RecurrentLayer recurrent_layer(const Model& m, double tp) {
  if (m.mixer == spec::Mixer::kMambaHybrid) {
    const double inner = static_cast<double>(m.mamba_expand) * m.hidden_size / tp;
    return {2 * inner, inner, inner * m.mamba_d_state};
  }
  if (m.mixer == spec::Mixer::kLightningHybrid) {
    const double width = static_cast<double>(m.num_attention_heads) * m.head_dim / tp;
    return {4 * width, width, width * m.head_dim};
  }
  if (m.mixer == spec::Mixer::kDeltaHybrid) {
    const double keys = m.linear_num_key_heads * m.linear_head_dim / tp,
                 values = m.linear_num_value_heads * m.linear_head_dim / tp;
    return {2 * keys + 2 * values, values, values * m.linear_head_dim};
  }
  return {};
}

int query_head_dim(const Model& m) { return is_mla(m) ? m.qk_nope_head_dim + m.qk_rope_head_dim : m.head_dim; }
int value_head_dim(const Model& m) { return is_mla(m) ? m.v_head_dim : m.head_dim; }

LayerCount layers_between(const Model& m, int begin, int end) {
  LayerCount count;
  for (int layer = begin; layer < end; ++layer) {
    const int sparse_index = layer - m.first_k_dense_replace;
    const bool moe = is_moe(m) && sparse_index >= 0 && sparse_index % m.moe_layer_step == m.moe_layer_offset;
    ++(moe ? count.moe : count.dense);
  }
  return count;
}

LayerCount all_layers(const Model& m) { return layers_between(m, 0, m.num_hidden_layers); }

std::vector<Linear> attention_linears(const Model& m, double tp) {
  const double h = m.hidden_size, heads = m.num_attention_heads / tp;
  if (!is_mla(m)) {
    const double kv_heads = std::max(m.num_key_value_heads / tp, 1.0);
    const double queries = m.attention_output_gate ? 2 * heads : heads;
    return {{h, m.head_dim * (queries + 2 * kv_heads)}, {m.head_dim * heads, h}};
  }
  const double query = heads * query_head_dim(m);
  std::vector<Linear> linears;
  if (m.q_lora_rank > 0) {
    linears = {{h, static_cast<double>(m.q_lora_rank)}, {static_cast<double>(m.q_lora_rank), query, true}};
  } else {
    linears = {{h, query}};
  }
  linears.push_back({h, static_cast<double>(m.kv_lora_rank + m.qk_rope_head_dim)});
  linears.push_back({static_cast<double>(m.kv_lora_rank), heads * (m.qk_nope_head_dim + m.v_head_dim), true});
  linears.push_back({heads * m.v_head_dim, h});
  return linears;
}

std::vector<Linear> mlp_linears(const Model& m, double width, double tp) {
  const double h = m.hidden_size, f = width / tp;
  return {{h, m.gated_mlp ? 2 * f : f}, {f, h}};
}

LayerParameters layer_parameters(const Model& m, double tp, double ep, double etp) {
  LayerParameters p;
  const double h = m.hidden_size;
  p.attention = sum(attention_linears(m, tp));
  p.norms = 2 * h;
  p.dense_mlp = sum(mlp_linears(m, m.intermediate_size, tp));
  if (is_moe(m)) {
    p.shared_experts = sum(mlp_linears(m, m.shared_expert_intermediate_size, tp));
    p.router = h * m.num_experts;
    p.experts = std::max(m.num_experts / ep, 1.0) * sum(mlp_linears(m, m.moe_intermediate_size, etp));
  }
  return p;
}

double embedding_parameters(const Model& m, double tp) {
  return static_cast<double>(m.vocab_size) * m.hidden_size / tp;
}

ParameterTotals total_parameters(const Model& m) {
  const double h = m.hidden_size;
  const LayerCount layers = all_layers(m);
  ParameterTotals t;
  t.embedding_and_head = static_cast<double>(m.vocab_size) * h * (m.tie_word_embeddings ? 1 : 2);
  double shared = t.embedding_and_head + mixers_exact(m) + layers.dense * mlp_exact(m, m.intermediate_size) +
                  layers.moe * (is_moe(m) ? moe_layer_shared_exact(m) : 0) +
                  m.num_hidden_layers * (m.norms_per_layer * h * norm_width(m)) + h * norm_width(m);
  if (m.position == spec::Position::kLearned)
    shared += static_cast<double>(m.max_position_embeddings + m.position_offset) * h;
  if (m.embedding_norm) shared += h * norm_width(m);
  if (m.lm_head_bias) shared += m.vocab_size;
  const double expert = is_moe(m) ? layers.moe * one_expert_exact(m) : 0;
  t.total = shared + expert * m.num_experts;
  t.active = shared + expert * m.num_experts_per_tok;
  return t;
}

double flops_per_token(const Model& m, double seq_length, bool causal) {
  const LayerCount layers = all_layers(m);
  const double h = m.hidden_size, matrices = mlp_matrices(m);
  const double matmul =
      m.num_hidden_layers * sum(attention_linears(m, 1)) + layers.dense * matrices * h * m.intermediate_size +
      layers.moe * matrices * h *
          (static_cast<double>(m.num_experts_per_tok) * m.moe_intermediate_size + m.shared_expert_intermediate_size) +
      static_cast<double>(m.vocab_size) * h;
  const double head_dim = (query_head_dim(m) + value_head_dim(m)) / 2.0;
  return 6 * matmul + (causal ? 6 : 12) * seq_length * m.num_attention_heads * head_dim * m.num_hidden_layers;
}

double kv_bytes_per_token(const Model& m, double bytes_per_element) {
  const double per_layer = is_mla(m) ? m.kv_lora_rank + m.qk_rope_head_dim : 2.0 * m.num_key_value_heads * m.head_dim;
  return per_layer * attention_layers(m) * bytes_per_element;
}

}  // namespace shardplan::model
