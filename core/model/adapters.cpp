#include "model/adapters.h"

#include <algorithm>

namespace shardplan::model {
namespace {

using spec::AdapterTargets;
using spec::FineTuning;
using spec::Model;

std::vector<Adapter> latent_attention_adapters(const Model& m, const AdapterTargets& t, double tp) {
  const double h = m.hidden_size, heads = m.num_attention_heads / tp, query = heads * query_head_dim(m);
  std::vector<Adapter> out;
  if (t.q && m.q_lora_rank > 0) {
    out.push_back({{h, static_cast<double>(m.q_lora_rank)}});
    out.push_back({{static_cast<double>(m.q_lora_rank), query, true}});
  } else if (t.q) {
    out.push_back({{h, query}});
  }
  if (t.k || t.v) {
    out.push_back({{h, static_cast<double>(m.kv_lora_rank + m.qk_rope_head_dim)}});
    out.push_back({{static_cast<double>(m.kv_lora_rank), heads * (m.qk_nope_head_dim + m.v_head_dim), true}});
  }
  if (t.o) out.push_back({{heads * m.v_head_dim, h}, Place::kAttentionOutput});
  return out;
}

}  // namespace

std::vector<Adapter> attention_adapters(const Model& m, const AdapterTargets& t, double tp) {
  if (is_mla(m)) return latent_attention_adapters(m, t, tp);
  const double h = m.hidden_size, query = m.num_attention_heads / tp * m.head_dim;
  const double kv = std::max(m.num_key_value_heads / tp, 1.0) * m.head_dim;
  std::vector<Adapter> out;
  if (t.q) out.push_back({{h, query}});
  if (t.k) out.push_back({{h, kv}});
  if (t.v) out.push_back({{h, kv}});
  if (t.o) out.push_back({{query, h}, Place::kAttentionOutput});
  return out;
}

std::vector<Adapter> mlp_adapters(const Model& m, const AdapterTargets& t, double width, double tp) {
  if (width <= 0) return {};
  const double h = m.hidden_size, f = width / tp;
  std::vector<Adapter> out;
  if (t.gate && m.gated_mlp) out.push_back({{h, f}, Place::kMlpInput});
  if (t.up) out.push_back({{h, f}, Place::kMlpInput});
  if (t.down) out.push_back({{f, h}, Place::kMlpOutput});
  return out;
}

double adapter_parameters(const std::vector<Adapter>& adapters, const FineTuning& f) {
  double n = 0;
  for (const Adapter& a : adapters) {
    n += f.rank * (a.linear.in + a.linear.out);
    if (f.method == spec::Method::kDora) n += a.linear.out;
  }
  return n;
}

LayerAdapters layer_adapters(const Model& m, const FineTuning& f, double tp, double ep, double etp) {
  LayerAdapters out;
  out.attention = adapter_parameters(attention_adapters(m, f.targets, tp), f);
  out.dense_mlp = adapter_parameters(mlp_adapters(m, f.targets, m.intermediate_size, tp), f);
  if (!is_moe(m)) return out;
  out.shared_experts = adapter_parameters(mlp_adapters(m, f.targets, m.shared_expert_intermediate_size, tp), f);
  if (f.targets.experts) {
    constexpr AdapterTargets kAll = {.gate = true, .up = true, .down = true};
    out.experts =
        std::max(m.num_experts / ep, 1.0) * adapter_parameters(mlp_adapters(m, kAll, m.moe_intermediate_size, etp), f);
  }
  return out;
}

double trained_parameters(const Model& m, const FineTuning& f) {
  const LayerAdapters a = layer_adapters(m, f, 1, 1, 1);
  const LayerCount layers = all_layers(m);
  return (layers.dense + layers.moe) * a.attention + layers.dense * a.dense_mlp +
         layers.moe * (a.shared_experts + a.experts);
}

}  // namespace shardplan::model
