#include "estimate/fine_tuning.h"

#include <algorithm>

#include "estimate/optimizer.h"

namespace shardplan::estimate {

using model::Adapter;
using model::Place;
using spec::BaseWeights;
using spec::FineTuning;
using spec::Precision;

namespace {

constexpr double kDropoutBytes = 3;  // a copy in 16 bits and a mask
constexpr double kAddBytes = 6;      // output += scale x adapter's: two read, one written
// A 4-bit weight is read, and its 16-bit copy written for every product.
constexpr double kDequantizedBytes = 2;

double rows_of(const std::vector<Adapter>& adapters, Place place) {
  double n = 0;
  for (const Adapter& a : adapters) n += a.place == place ? 1 : 0;
  return n;
}

// Bytes kept of an input of the given width that so many adapters read.
double kept_input(const Context& c, double adapters, double values, bool shared) {
  const FineTuning& f = c.training().fine_tuning;
  const bool quantized = f.base != BaseWeights::k16Bit && c.stack().memory.eager.quantized_inputs;
  double bytes = 0;
  if (adapters > 0) bytes = f.dropout ? kDropoutBytes * (shared ? 1 : adapters) : 2;
  if (quantized && (adapters == 0 || f.dropout)) bytes += 2;
  return bytes * values;
}

}  // namespace

double model_flops_per_token(const Context& c) {
  const double all = model::flops_per_token(c.model(), c.training().seq_length);
  return is_frozen(c) ? all - model::flops_per_token(c.model(), 0) / 3 : all;
}

double frozen_weight_bytes(const Context& c) {
  switch (c.training().fine_tuning.base) {
    case BaseWeights::k16Bit: return c.stack().memory.weight_bytes;
    case BaseWeights::kInt8: return 1;
    case BaseWeights::kNf4: return 0.5 + 4.0 / 64;
    case BaseWeights::kNf4Double: return 0.5 + 1.0 / 64 + 4.0 / (64 * 256);
  }
  return 2;
}

AdapterBytes adapter_bytes(const Context& c) {
  const spec::StackMemory& memory = c.stack().memory;
  const spec::Training& t = c.training();
  const double gradient = t.gradient_bytes > 0 ? t.gradient_bytes : memory.gradient_bytes;
  const double master = memory.adapter_bytes >= 4 ? 0 : master_bytes(memory);
  const double moments = traits_of(t.optimizer).paged ? 0 : matrix_moment_bytes(t.optimizer, memory);
  return {memory.adapter_bytes, gradient, master + moments};
}

KeptInputs kept_inputs(const Context& c, const LayerShape& s, double mlp_width) {
  const spec::Model& m = c.model();
  const FineTuning& f = c.training().fine_tuning;
  const spec::EagerHabits& eager = c.stack().memory.eager;
  const double tokens = microbatch_tokens(c, s), split = s.sp ? s.tp : 1;
  const auto attention = model::attention_adapters(m, f.targets, s.tp);
  const auto mlp = model::mlp_adapters(m, f.targets, mlp_width, s.tp);
  KeptInputs k;
  k.attention =
      kept_input(c, rows_of(attention, Place::kAttentionInput), tokens * m.hidden_size / split, eager.fused_qkv);
  k.mlp = kept_input(c, rows_of(mlp, Place::kMlpInput), tokens * m.hidden_size / split, false);
  k.mlp_output = kept_input(c, rows_of(mlp, Place::kMlpOutput), tokens * mlp_width / s.tp, false);
  for (const Adapter& a : attention) {
    if (a.place == Place::kAttentionOutput && f.dropout) k.attention_output += kDropoutBytes * tokens * a.linear.in;
    if (a.place == Place::kAttentionInput && eager.adapter_outputs) k.attention_output += 2 * tokens * a.linear.out;
  }
  k.experts = f.targets.experts ? 1 : 0;
  return k;
}

AdapterShare mean_layer_adapters(const Context& c, double tp, double ep, double etp) {
  const model::LayerAdapters a = model::layer_adapters(c.model(), c.training().fine_tuning, tp, ep, etp);
  const double moe = moe_share(c);
  return {a.attention + (1 - moe) * a.dense_mlp + moe * a.shared_experts, moe * a.experts};
}

namespace {

// Products of adapters beside the linears of a layer, and what is done to the frozen weights before they are used.
class AdapterTimer {
 public:
  AdapterTimer(const Context& c, const LayerShape& s)
      : c_(c), f_(c.training().fine_tuning), tokens_(microbatch_tokens(c, s)), shape_(s) {}

  AdapterTime run() {
    const spec::Model& m = c_.model();
    const double moe = moe_share(c_);
    add(model::attention_adapters(m, f_.targets, shape_.tp), 1);
    add(model::mlp_adapters(m, f_.targets, m.intermediate_size, shape_.tp), 1 - moe);
    if (moe > 0) add(model::mlp_adapters(m, f_.targets, m.shared_expert_intermediate_size, shape_.tp), moe);
    if (f_.base != BaseWeights::k16Bit) dequantize(moe);
    return out_;
  }

 private:
  const Context& c_;
  const FineTuning& f_;
  const double tokens_;
  const LayerShape& shape_;
  AdapterTime out_;

  double product(double m, double n, double k) const { return c_.kernels.gemm_s(Precision::kBf16, m, n, k); }

  // Forward: x A, (x A) B, added to the frozen output. Backward: both data gradients and both weight gradients.
  void add(const std::vector<Adapter>& adapters, double share) {
    if (f_.rank <= 0) return;
    for (const Adapter& a : adapters) {
      const double in = a.linear.in, out = a.linear.out, r = f_.rank;
      const double added = c_.kernels.elementwise_s(kAddBytes * tokens_ * out);
      out_.forward_s += share * (product(tokens_, r, in) + product(tokens_, out, r) + added);
      out_.backward_s += share * (product(tokens_, r, out) + product(r, out, tokens_) + product(tokens_, in, r) +
                                  product(in, r, tokens_) + added);
      if (f_.method == spec::Method::kDora) weight_norm(in, out, share);
    }
  }

  // DoRA divides by the norm of every row of W + B A: the product, and the sum read once more. It takes no part in the
  // gradient (arXiv 2402.09353, section 4.3).
  void weight_norm(double in, double out, double share) {
    const double bytes = 4 * 2 * in * out;
    out_.forward_s += share * (product(in, out, f_.rank) + c_.kernels.elementwise_s(bytes));
  }

  void dequantize(double moe) {
    const model::LayerParameters p = model::layer_parameters(c_.model(), shape_.tp, shape_.ep, shape_.etp);
    const double weights = p.attention + (1 - moe) * p.dense_mlp + moe * (p.shared_experts + p.experts);
    const double seconds = c_.kernels.elementwise_s(weights * (frozen_weight_bytes(c_) + kDequantizedBytes));
    out_.forward_s += seconds;
    out_.backward_s += seconds;
  }
};

}  // namespace

AdapterTime adapter_time(const Context& c, const LayerShape& s) { return AdapterTimer(c, s).run(); }

}  // namespace shardplan::estimate
