#include "estimate/serving/step.h"

#include <algorithm>

#include "estimate/serving/memory.h"
#include "model/parameters.h"

namespace shardplan::estimate::serving {
namespace {

using spec::Model;
using spec::WeightFormat;

constexpr double kAbsorbedOverhead_s = 6e-6;  // two batched products of the absorbed projections
constexpr double kIndexerReach = 0.5;         // of the bandwidth, reading the indexer's keys
constexpr double kIndexerOverhead_s = 30e-6;  // scores and selection
constexpr double kLogitBytes = 12;            // per logit: fp32 written, read, reduced
constexpr double kStatesPerLayer = 12;        // bytes per element of the residual stream and around it
constexpr double kActivationBytes = 6;        // per element of the MLP's inner width
// Recurrent layers have no kernel table.
constexpr double kStateBytes = 4;
constexpr double kStateReach = 0.6;        // of the bandwidth
constexpr double kRecurrenceFlops = 8;     // per token and number of the state
constexpr double kRecurrenceReach = 0.15;  // of the bf16 peak
constexpr double kRecurrenceOverhead_s = 15e-6;
constexpr double kIndexerTopTokens = 2048;  // DeepSeek-V3.2's and GLM-5's index_topk

class StepCost {
 public:
  StepCost(const Deployment& d, const spec::ServingLayout& layout, const spec::ServingPrecision& precision,
           const StepBatch& batch)
      : d_(d),
        m_(d.model()),
        l_(layout),
        p_(precision),
        b_(batch),
        layers_(model::all_layers(m_)),
        softmax_(model::attention_layers(m_)) {
    for (const Chunk& c : b_.chunks) {
      prompt_tokens_ += c.fresh * c.prompts;
      prompts_ += c.prompts;
    }
    decoded_ = b_.sequences * b_.tokens_per_sequence;
    tokens_ = decoded_ + prompt_tokens_;
  }

  KernelTimes run() const {
    KernelTimes t;
    const double all = m_.num_hidden_layers, stage = 1.0 / l_.pp;
    t.gemm_s = stage * (softmax_ * attention_gemms_s() + (all - softmax_) * recurrent_gemms_s() +
                        layers_.dense * mlp_s(m_.intermediate_size) +
                        layers_.moe * (mlp_s(m_.shared_expert_intermediate_size) + router_s()));
    t.attention_s = stage * (model::is_mla(m_) ? all * latent_attention_s() : attention_s());
    if (layers_.moe > 0) t.experts_s = stage * layers_.moe * experts_s();
    t.communication_s =
        stage * communication_s() + (l_.pp > 1 ? d_.collectives.send_s(l_.tp * l_.dp + 1.0, message()) : 0);
    t.gemm_s += adapters_s();
    t.elementwise_s = stage * all * elementwise_s();
    t.head_s = head_s();
    return t;
  }

 private:
  const Deployment& d_;
  const Model& m_;
  const spec::ServingLayout& l_;
  const spec::ServingPrecision& p_;
  const StepBatch& b_;
  const model::LayerCount layers_;
  const double softmax_;  // layers with softmax attention
  double prompt_tokens_ = 0, prompts_ = 0, decoded_ = 0, tokens_ = 0;

  double heads() const { return std::max(1, m_.num_attention_heads / l_.tp); }
  double kv_heads() const { return std::max(1, m_.num_key_value_heads / l_.tp); }
  double message() const { return tokens_ * m_.hidden_size * 2; }
  double gemm_s(WeightFormat f, double m, double n, double k) const { return d_.kernels.gemm_s(f, m, n, k); }

  double attention_gemms_s() const {
    const double h = m_.hidden_size;
    if (!model::is_mla(m_))
      return gemm_s(p_.attention, tokens_,
                    ((m_.attention_output_gate ? 2 : 1) * heads() + 2 * kv_heads()) * m_.head_dim, h) +
             gemm_s(p_.attention, tokens_, h, heads() * m_.head_dim);
    // The query's and the cache's latents come from one product.
    const double latents = m_.kv_lora_rank + m_.qk_rope_head_dim, query = heads() * model::query_head_dim(m_);
    double s = m_.q_lora_rank > 0 ? gemm_s(p_.attention, tokens_, m_.q_lora_rank + latents, h) +
                                        gemm_s(p_.attention, tokens_, query, m_.q_lora_rank)
                                  : gemm_s(p_.attention, tokens_, query + latents, h);
    s += gemm_s(p_.attention, tokens_, h, heads() * m_.v_head_dim);
    if (decoded_ > 0) {
      const double products = 2 * heads() * m_.qk_nope_head_dim * m_.kv_lora_rank;
      s += 2 * std::max(products * decoded_ / d_.kernels.peak_flops(WeightFormat::kBf16),
                        products / d_.kernels.memory_bytes_per_s()) +
           kAbsorbedOverhead_s;
    }
    if (prompt_tokens_ > 0)
      s += gemm_s(p_.attention, prompt_tokens_, heads() * (m_.qk_nope_head_dim + m_.v_head_dim), m_.kv_lora_rank);
    return s;
  }

  double latent_attention_s() const {
    const bool sparse = m_.index_n_heads > 0;
    const double read = sparse ? std::min(b_.context, kIndexerTopTokens) : b_.context;
    double s = d_.kernels.latent_decode_s(decoded_, read, heads(), m_.kv_lora_rank, m_.qk_rope_head_dim, p_.kv);
    if (sparse && b_.sequences > 0)
      s += b_.sequences * b_.context * m_.index_head_dim / (kIndexerReach * d_.kernels.memory_bytes_per_s()) +
           kIndexerOverhead_s;
    for (const Chunk& c : b_.chunks)
      s += c.prompts *
           d_.kernels.latent_prompt_s(c.fresh, c.cached, heads(), model::query_head_dim(m_) + m_.v_head_dim, p_.kv);
    return s;
  }

  // Softmax attention of all layers, some of which see a window only.
  double attention_s() const {
    const double all = m_.num_hidden_layers;
    if (m_.sliding_window == 0)
      return softmax_ * full_attention_s() + (softmax_ < all ? (all - softmax_) * recurrence_s() : 0);
    const double full = m_.sliding_window_pattern > 0 ? all / m_.sliding_window_pattern : 0;
    return (full > 0 ? full * full_attention_s() : 0) + (all - full) * window_attention_s(m_.sliding_window);
  }

  double decode_attention_s(double context) const {
    return d_.kernels.attention_decode_s(b_.sequences, context, kv_heads(), m_.head_dim, hardware::kv_bytes(p_.kv));
  }

  double full_attention_s() const {
    double s = decode_attention_s(b_.context);
    for (const Chunk& c : b_.chunks)
      s += c.prompts * d_.kernels.attention_prompt_s(c.fresh, c.cached, heads(), m_.head_dim);
    return s;
  }

  double recurrent_gemms_s() const {
    const model::RecurrentLayer r = model::recurrent_layer(m_, l_.tp);
    return r.in > 0 ? gemm_s(p_.attention, tokens_, r.in, m_.hidden_size) +
                          gemm_s(p_.attention, tokens_, m_.hidden_size, r.out)
                    : 0;
  }

  // States are read and written in fp32; prompts are worked through in blocks of matrix products.
  double recurrence_s() const {
    const double state = model::recurrent_layer(m_, l_.tp).state;
    return 2 * b_.sequences * state * kStateBytes / (kStateReach * d_.kernels.memory_bytes_per_s()) +
           kRecurrenceOverhead_s +
           prompt_tokens_ * state * kRecurrenceFlops / (kRecurrenceReach * d_.kernels.peak_flops(WeightFormat::kBf16));
  }

  // Each token of a prompt meets at most the window before it.
  double window_attention_s(double window) const {
    double s = decode_attention_s(std::min(b_.context, window));
    for (const Chunk& c : b_.chunks) {
      const double seen = std::min(c.cached, window);
      const double block = std::min(c.fresh, window);
      const double further = std::max(0.0, c.fresh - window);  // tokens whose window is full
      s += c.prompts *
           (d_.kernels.attention_prompt_s(block, seen * block / std::max(c.fresh, 1.0), heads(), m_.head_dim) +
            (further > 0 ? further / window *
                               (d_.kernels.attention_prompt_s(window, window / 2, heads(), m_.head_dim) -
                                d_.kernels.attention_prompt_s(1, 0, heads(), m_.head_dim))
                         : 0));
    }
    return s;
  }

  double mlp_s(double width) const {
    if (width <= 0) return 0;
    const double f = width / l_.tp;
    return gemm_s(p_.mlp, tokens_, m_.gated_mlp ? 2 * f : f, m_.hidden_size) +
           gemm_s(p_.mlp, tokens_, m_.hidden_size, f);
  }

  double router_s() const { return gemm_s(WeightFormat::kBf16, tokens_, m_.num_experts, m_.hidden_size); }

  double experts_s() const {
    hardware::ExpertShape s;
    s.hidden = m_.hidden_size;
    s.width = static_cast<double>(m_.moe_intermediate_size) / l_.etp;
    s.experts = m_.num_experts;
    s.local_experts = s.experts / l_.ep;
    s.top_k = m_.num_experts_per_tok;
    return d_.kernels.experts_s(p_.experts, s, tokens_ * l_.dp);
  }

  double communication_s() const {
    double s = 0;
    if (l_.tp > 1) s += 2.0 * m_.num_hidden_layers * d_.collectives.all_reduce_s(l_.tp, message());
    if (l_.dp > 1 && layers_.moe > 0)
      s += layers_.moe * d_.collectives.expert_exchange_s(
                             l_.dp * l_.tp, tokens_, m_.hidden_size, m_.num_experts_per_tok,
                             p_.attention == WeightFormat::kBf16 && p_.experts == WeightFormat::kBf16 ? 2 : 1);
    return s;
  }

  // Each adapter in use is read once; its products are small beside that. What their launches take is not known.
  double adapters_s() const {
    const AdapterLoad& load = d_.problem.adapters;
    if (load.count == 0) return 0;
    const double used = std::min<double>(load.count, std::max(1.0, b_.sequences + prompts_));
    const double bytes = adapter_bytes(m_, l_, {1, load.rank});
    return used * bytes / d_.kernels.memory_bytes_per_s() +
           tokens_ * bytes / d_.kernels.peak_flops(WeightFormat::kBf16);
  }

  double elementwise_s() const {
    const double inner = layers_.moe > 0 ? static_cast<double>(m_.moe_intermediate_size) * m_.num_experts_per_tok
                                         : static_cast<double>(m_.intermediate_size);
    return d_.kernels.elementwise_s(tokens_ * (kStatesPerLayer * m_.hidden_size + kActivationBytes * inner / l_.tp));
  }

  double head_s() const {
    const double rows = decoded_ + prompts_;
    return gemm_s(WeightFormat::kBf16, rows, static_cast<double>(m_.vocab_size) / l_.tp, m_.hidden_size) +
           rows * m_.vocab_size * kLogitBytes / d_.kernels.memory_bytes_per_s();
  }
};

}  // namespace

KernelTimes& KernelTimes::operator+=(const KernelTimes& o) {
  gemm_s += o.gemm_s;
  attention_s += o.attention_s;
  experts_s += o.experts_s;
  communication_s += o.communication_s;
  elementwise_s += o.elementwise_s;
  head_s += o.head_s;
  return *this;
}

KernelTimes operator-(const KernelTimes& a, const KernelTimes& b) {
  const auto above = [](double x) { return std::max(0.0, x); };
  return {above(a.gemm_s - b.gemm_s),
          above(a.attention_s - b.attention_s),
          above(a.experts_s - b.experts_s),
          above(a.communication_s - b.communication_s),
          above(a.elementwise_s - b.elementwise_s),
          above(a.head_s - b.head_s)};
}

KernelTimes operator*(double f, const KernelTimes& t) {
  return {f * t.gemm_s, f * t.attention_s, f * t.experts_s, f * t.communication_s, f * t.elementwise_s, f * t.head_s};
}

// a, and what b has beyond it.
KernelTimes larger(const KernelTimes& a, const KernelTimes& b) {
  KernelTimes out = a;
  out += b - a;
  return out;
}

KernelTimes kernel_times(const Deployment& deployment, const spec::ServingLayout& layout,
                         const spec::ServingPrecision& precision, const StepBatch& batch) {
  return StepCost(deployment, layout, precision, batch).run();
}

std::vector<Chunk> chunks_of(double fresh, double cached, double chunk_tokens) {
  std::vector<Chunk> out;
  for (double done = 0; done < fresh - 0.5;) {
    const double n = std::min(chunk_tokens, fresh - done);
    out.push_back({n, cached + done, 1});
    done += n;
  }
  return out;
}

}  // namespace shardplan::estimate::serving
