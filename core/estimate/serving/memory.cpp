#include "estimate/serving/memory.h"

#include <algorithm>

#include "base/units.h"
#include "model/adapters.h"
#include "model/parameters.h"

namespace shardplan::estimate::serving {
namespace {

constexpr double kStateBytes = 4;  // of a number in a recurrent layer's state

// The embeddings and the head are the model's where the draft is trained on them.
double draft_bytes(const Deployment& d, const spec::ServingLayout& layout, const spec::ServingPrecision& p) {
  if (d.draft == nullptr) return 0;
  spec::Model draft = d.draft->model();
  if (d.problem.speculation.own_layers) draft.vocab_size = 0;
  spec::ServingLayout whole = layout;
  whole.pp = 1;
  return weight_bytes_per_gpu(draft, whole, draft_precision(d, p));
}

}  // namespace

double adapter_bytes(const spec::Model& m, const spec::ServingLayout& l, const AdapterLoad& load) {
  constexpr double kAdapterBytes = 2;  // of a weight
  if (load.count == 0) return 0;
  spec::FineTuning f;
  f.method = spec::Method::kLora;
  f.rank = load.rank;
  f.targets = {true, true, true, true, true, true, true, false};
  const model::LayerAdapters each = model::layer_adapters(m, f, l.tp, l.ep, l.etp);
  const model::LayerCount layers = model::all_layers(m);
  const double all =
      m.num_hidden_layers * each.attention + layers.dense * each.dense_mlp + layers.moe * each.shared_experts;
  return load.count * all * kAdapterBytes / l.pp;
}

double weight_bytes_per_gpu(const spec::Model& m, const spec::ServingLayout& l, const spec::ServingPrecision& p) {
  const model::LayerParameters own = model::layer_parameters(m, l.tp, l.ep, l.etp);
  const model::LayerCount layers = model::all_layers(m);
  const double mlps = layers.dense * own.dense_mlp + layers.moe * own.shared_experts;
  const double sixteen_bit = m.num_hidden_layers * own.norms + layers.moe * own.router +
                             (m.tie_word_embeddings ? 1 : 2) * model::embedding_parameters(m, l.tp);
  const double softmax = model::attention_layers(m);
  const model::RecurrentLayer recurrent = model::recurrent_layer(m, l.tp);
  const double mixers =
      softmax * own.attention + (m.num_hidden_layers - softmax) * (recurrent.in + recurrent.out) * m.hidden_size;
  const double bytes = mixers * hardware::weight_bytes(p.attention) + mlps * hardware::weight_bytes(p.mlp) +
                       layers.moe * own.experts * hardware::weight_bytes(p.experts) + 2 * sixteen_bit;
  return bytes / l.pp;
}

double kv_bytes_of_sequence(const spec::Model& m, const spec::ServingLayout& l, spec::KvFormat kv, double tokens) {
  const double element = hardware::kv_bytes(kv), layers = static_cast<double>(m.num_hidden_layers) / l.pp;
  if (model::is_mla(m)) {
    const double indexer = m.index_n_heads > 0 ? m.index_head_dim : 0;  // one 8-bit key per token
    return layers * tokens * ((m.kv_lora_rank + m.qk_rope_head_dim) * element + indexer);
  }
  const double per_token = 2 * std::max(1, m.num_key_value_heads / l.tp) * m.head_dim * element;
  if (m.sliding_window == 0) {
    const double softmax = static_cast<double>(model::attention_layers(m)) / l.pp;
    return softmax * tokens * per_token + (layers - softmax) * model::recurrent_layer(m, l.tp).state * kStateBytes;
  }
  const double full = m.sliding_window_pattern > 0 ? layers / m.sliding_window_pattern : 0;
  return (full * tokens + (layers - full) * std::min<double>(tokens, m.sliding_window)) * per_token;
}

double sequence_bytes(const Deployment& d, const spec::ServingLayout& l, spec::KvFormat kv, double tokens) {
  const double own = kv_bytes_of_sequence(d.model(), l, kv, tokens);
  return d.draft == nullptr ? own : own + kv_bytes_of_sequence(d.draft->model(), {l.tp}, kv, tokens);
}

spec::ServingPrecision draft_precision(const Deployment& d, const spec::ServingPrecision& p) {
  if (d.problem.speculation.own_layers) return p;
  spec::ServingPrecision wide;
  wide.kv = p.kv;
  return wide;
}

Memory memory_of(const Deployment& d, const spec::ServingLayout& layout, const spec::ServingPrecision& precision) {
  const spec::ServingEngine& e = d.engine();
  Memory m;
  m.capacity = d.problem.cluster.accelerator.memory_gib * kGib;
  m.weights = weight_bytes_per_gpu(d.model(), layout, precision) + draft_bytes(d, layout, precision);
  m.adapters = adapter_bytes(d.model(), layout, d.problem.adapters);
  m.activations = e.activations_gb * kGiga;
  const double free = m.capacity - m.weights - m.adapters - m.activations;
  m.kv_room = e.share_of_free ? e.memory_share * free : free - (1 - e.memory_share) * m.capacity;
  m.fits = m.kv_room > 0;
  m.kv_room = std::max(m.kv_room, 0.0);
  m.context = std::max(0.0, free - m.kv_room);
  return m;
}

double most_sequences(const Deployment& d, const spec::ServingLayout& layout, const spec::ServingPrecision& precision,
                      double tokens) {
  return memory_of(d, layout, precision).kv_room / sequence_bytes(d, layout, precision.kv, tokens);
}

}  // namespace shardplan::estimate::serving
