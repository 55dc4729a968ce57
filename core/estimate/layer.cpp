#include "estimate/layer.h"

#include <algorithm>
#include <cmath>

#include "base/math.h"
#include "base/units.h"
#include "estimate/fine_tuning.h"
#include "model/parameters.h"

namespace shardplan::estimate {
namespace {

using spec::Precision;

// Not told apart from other terms by the measured runs, so they stay at physical values (core/estimate/README.md).
constexpr double kCastTime = 0.7;  // against bytes / bandwidth
constexpr double kFusedAccumulate = 0.8;
constexpr double kFusedAccumulateBytes = 8;  // fp32 main gradient read and written
constexpr double kUnfusedAccumulateBytes = 14;
constexpr double kExpertsInDomain = 0.8;  // all-to-all inside a domain against the bulk rate
constexpr double kUnfusedBackward = 2;    // against the forward pass

// One value for a dense and one for an expert layer, mixed by their share in the model.
struct Mix {
  double dense = 1;
  double moe = 0;
  double of(double in_dense, double in_moe) const { return dense * in_dense + moe * in_moe; }
};

struct Both {
  double forward = 0;
  double backward = 0;
  Both operator+(const Both& o) const { return {forward + o.forward, backward + o.backward}; }
  Both operator*(double f) const { return {forward * f, backward * f}; }
};

// Forward, data gradient and weight gradient of linears.
struct Gemms {
  double forward = 0;
  double data_gradient = 0;
  double weight_gradient = 0;
  Gemms& operator+=(const Gemms& o) {
    forward += o.forward;
    data_gradient += o.data_gradient;
    weight_gradient += o.weight_gradient;
    return *this;
  }
  Gemms operator*(double f) const { return {forward * f, data_gradient * f, weight_gradient * f}; }
};

double cast_bytes_per_element(Precision p) {
  switch (p) {
    case Precision::kMxfp8:
    case Precision::kNvfp4:
    case Precision::kFp8Blockwise: return 4;
    default: return 6;  // per-tensor scaling reads once more to find the maximum
  }
}

class LayerTimer {
 public:
  LayerTimer(const Context& c, const LayerShape& shape)
      : c_(c), m_(c.model()), stack_(c.stack()), shape_(shape), links_(c.links) {
    tokens_ = microbatch_tokens(c, shape);
    sequence_split_ = shape.sp ? shape.tp : 1;
    heads_ = static_cast<double>(m_.num_attention_heads) / shape.tp;
    kv_heads_ = std::max(static_cast<double>(m_.num_key_value_heads) / shape.tp, 1.0);
    precision_ = hardware::gemm_precision(c.problem.cluster.accelerator, shape.precision);
    narrow_ = precision_ != Precision::kBf16;
    chunks_ = product_chunks(c, shape);
    const double moe = moe_share(c);
    mix_ = {1 - moe, moe};
    if (mix_.moe > 0) {
      expert_rows_ = tokens_ / shape.tp * m_.num_experts_per_tok * shape.etp * c.training().expert_imbalance;
      local_experts_ = std::max(static_cast<double>(m_.num_experts) / shape.ep, 1.0);
      expert_width_ = static_cast<double>(m_.moe_intermediate_size) / shape.etp;
    }
  }

  LayerTime run() {
    linears();
    attention();
    elementwise();
    casts();
    tensor_parallel();
    context_parallel();
    expert_parallel();
    accumulate();
    adapters();
    host();
    head();
    return out_;
  }

 private:
  const Context& c_;
  const spec::Model& m_;
  const spec::Stack& stack_;
  const LayerShape& shape_;
  const topology::Links& links_;
  double tokens_ = 0, sequence_split_ = 1, heads_ = 0, kv_heads_ = 0;
  Precision precision_ = Precision::kBf16;
  bool narrow_ = false;
  double chunks_ = 1;
  Mix mix_;
  double expert_rows_ = 0, local_experts_ = 1, expert_width_ = 0;
  LayerTime out_;

  // The fused path exists for MXFP8 inside whole-iteration graphs.
  double fused_moe() const {
    const bool fused = precision_ == Precision::kMxfp8 && stack_.cuda_graphs == spec::CudaGraphs::kFullIteration;
    return fused ? stack_.fused_moe_multiplier : 1;
  }

  Gemms gemms(const std::vector<model::Linear>& linears) const {
    Gemms g;
    for (const model::Linear& l : linears) g += gemm3(l, &l == &linears.back());
    return g;
  }
  // `reduces`: the last linear of a block, whose output is summed over the ranks.
  Gemms gemm3(const model::Linear& l, bool reduces) const {
    const auto& k = c_.kernels;
    const double gradient_chunks = reduces ? chunks_ : 1;
    return {chunks_ * k.gemm_s(precision_, tokens_ / chunks_, l.out, l.in),
            gradient_chunks * k.gemm_s(precision_, tokens_ / gradient_chunks, l.in, l.out),
            k.gemm_s(precision_, l.in, l.out, tokens_)};
  }
  // Frozen weights (LoRA) have no weight gradient.
  double trained(double weight_gradient) const { return is_frozen(c_) ? 0 : weight_gradient; }

  void linears() {
    const auto attention_block = model::attention_linears(m_, shape_.tp);
    const Gemms attention = gemms(attention_block);
    for (const model::Linear& l : attention_block)
      if (l.is_up_projection) out_.recompute_mla_up_s += gemm3(l, false).forward;
    Gemms mlp, shared;
    if (mix_.dense > 0) {
      const auto block = model::mlp_linears(m_, m_.intermediate_size, shape_.tp);
      mlp = gemms(block);
      // No gradient needs the output of a layer's last product (torch.utils.checkpoint, set_checkpoint_early_stop).
      if (stack_.recompute_stops_early) out_.recompute_unneeded_s = mix_.dense * gemm3(block.back(), true).forward;
    }
    if (mix_.moe > 0 && m_.shared_expert_intermediate_size > 0)
      shared = gemms(model::mlp_linears(m_, m_.shared_expert_intermediate_size, shape_.tp));
    Gemms all = attention;
    all += mlp * mix_.dense;
    all += shared * mix_.moe;
    out_.forward.gemm_s = all.forward;
    out_.backward.gemm_s = all.data_gradient + trained(all.weight_gradient);
    out_.weight_gradient_s = trained(all.weight_gradient);
    out_.recompute_mlp_s = mix_.dense * mlp.forward;
    if (mix_.moe > 0) experts();
  }

  void experts() {
    Gemms all;
    for (const model::Linear& l : model::mlp_linears(m_, m_.moe_intermediate_size, shape_.etp)) {
      all.forward += c_.kernels.grouped_gemm_s(precision_, expert_rows_, l.out, l.in, local_experts_);
      all.data_gradient += c_.kernels.grouped_gemm_s(precision_, expert_rows_, l.in, l.out, local_experts_);
      all.weight_gradient +=
          c_.kernels.grouped_weight_gradient_s(precision_, expert_rows_, l.out, l.in, local_experts_);
    }
    all = all * (mix_.moe * (1 + c_.kernels.grouped_surcharge(precision_, local_experts_)) * fused_moe());
    out_.forward.experts_s = all.forward;
    out_.backward.experts_s = all.data_gradient + trained(all.weight_gradient);
    out_.weight_gradient_s += trained(all.weight_gradient);
  }

  // Share of the full attention that windows leave: a window of w in s tokens costs about 2w/s of causal attention.
  double window_share() const {
    if (m_.sliding_window <= 0) return 1;
    const double windowed = m_.sliding_window_pattern > 0 ? 1 - 1.0 / m_.sliding_window_pattern : 1;
    return 1 - windowed + windowed * std::min(1.0, 2.0 * m_.sliding_window / c_.training().seq_length);
  }

  void attention() {
    const double seq = c_.training().seq_length;
    if (stack_.unfused_attention) {
      const double forward = c_.kernels.unfused_attention_s(shape_.mbs * heads_ * seq * seq / shape_.cp, m_.head_dim);
      out_.forward.attention_s = forward;
      out_.backward.attention_s = forward * kUnfusedBackward;
      out_.recompute_attention_s = forward;
      return;
    }
    const int width = model::is_mla(m_) ? m_.v_head_dim : m_.head_dim;
    double roofline = c_.kernels.flash_attention_s(shape_.mbs, seq, heads_, width, attention_block_length(c_, shape_)) /
                      shape_.cp * window_share();
    if (model::is_mla(m_))
      roofline *= static_cast<double>(model::query_head_dim(m_) + m_.v_head_dim) / (2 * m_.v_head_dim);
    const double kernel = roofline * spec::of_generation(stack_.attention_multiplier, c_.problem.generation.id);
    out_.forward.attention_s = kernel * c_.kernels.attention_forward();
    out_.backward.attention_s = out_.forward.attention_s * c_.kernels.attention_backward();
    out_.recompute_attention_s = kernel;
  }

  // SwiGLU reads two and writes one tensor forward, reads three and writes two backward; plain GELU one and one, two
  // and one.
  Both activation_bytes(double width, bool gated) const {
    return Both{gated ? 6.0 : 4.0, gated ? 10.0 : 6.0} * (width * tokens_);
  }

  void elementwise() {
    const double h = m_.hidden_size;
    const double rope_width = model::is_mla(m_)
                                  ? 1.5 * heads_ * (m_.qk_rope_head_dim + m_.qk_nope_head_dim + m_.v_head_dim)
                                  : (heads_ + 2 * kv_heads_) * m_.head_dim;
    Both bytes = Both{20, 24} * (h * tokens_ / sequence_split_) + Both{4, 4} * (rope_width * tokens_);
    if (mix_.dense > 0) {
      const Both mlp = activation_bytes(static_cast<double>(m_.intermediate_size) / shape_.tp, m_.gated_mlp);
      bytes = bytes + mlp * mix_.dense;
      out_.recompute_mlp_s += c_.kernels.elementwise_s(mix_.dense * mlp.forward);
    }
    if (mix_.moe > 0 && m_.shared_expert_intermediate_size > 0)
      bytes = bytes +
              activation_bytes(static_cast<double>(m_.shared_expert_intermediate_size) / shape_.tp, true) * mix_.moe;
    out_.forward.elementwise_s = c_.kernels.elementwise_s(bytes.forward);
    out_.backward.elementwise_s = c_.kernels.elementwise_s(bytes.backward);
    out_.recompute_layernorm_s = c_.kernels.elementwise_s(8 * h * tokens_ / sequence_split_);
    if (mix_.moe > 0) expert_elementwise();
  }

  // Expert activation, permutation and its inverse, router.
  void expert_elementwise() {
    const double h = m_.hidden_size, experts = m_.num_experts, own_tokens = tokens_ / shape_.tp;
    const Both activation = Both{6, 10} * (expert_rows_ * expert_width_);
    const double permute = 8 * h * expert_rows_ + 4 * h * own_tokens * m_.num_experts_per_tok;
    const Both router = Both{2 * h + 12 * experts, 4 * h + 16 * experts} * own_tokens;
    const double factor = mix_.moe * fused_moe();
    out_.forward.elementwise_s +=
        c_.kernels.moe_elementwise_s(factor * (activation.forward + permute + router.forward));
    out_.backward.elementwise_s +=
        c_.kernels.moe_elementwise_s(factor * (activation.backward + permute + router.backward));
    out_.recompute_moe_act_s = c_.kernels.elementwise_s(mix_.moe * activation.forward);
  }

  // Casting the inputs of forward products and the output gradients of backward ones to a narrow type.
  void casts() {
    if (!narrow_) return;
    Both width;
    const auto add = [&](const std::vector<model::Linear>& linears, double rows) {
      for (const model::Linear& l : linears) width = width + Both{l.in, l.out} * rows;
    };
    add(model::attention_linears(m_, shape_.tp), tokens_);
    if (mix_.dense > 0) {
      const auto mlp = model::mlp_linears(m_, m_.intermediate_size, shape_.tp);
      add(mlp, tokens_ * mix_.dense);
      for (const model::Linear& l : mlp)
        out_.recompute_mlp_s += c_.kernels.elementwise_s(cast_bytes(l.in * tokens_ * mix_.dense));
    }
    if (mix_.moe > 0) {
      if (m_.shared_expert_intermediate_size > 0)
        add(model::mlp_linears(m_, m_.shared_expert_intermediate_size, shape_.tp), tokens_ * mix_.moe);
      add(model::mlp_linears(m_, m_.moe_intermediate_size, shape_.etp), expert_rows_ * mix_.moe);
    }
    const double per_element_s = cast_bytes(1) / c_.kernels.memory_bytes_per_s() * kCastTime;
    out_.forward.elementwise_s += width.forward * per_element_s;
    out_.backward.elementwise_s += width.backward * per_element_s;
  }
  double cast_bytes(double elements) const { return cast_bytes_per_element(precision_) * elements; }

  // Two blocks in a dense layer, one in an expert layer. With sequence parallelism all-gather and reduce-scatter each
  // way, and the input once more for the weight gradient; without, one all-reduce each way.
  void tensor_parallel() {
    if (shape_.tp <= 1) return;
    const double bytes = 2 * tokens_ * m_.hidden_size, n = shape_.tp;
    Both block;
    if (n > links_.domain) {
      const double once = bytes * (n - 1) / n / (links_.nic * links_.domain) + kHostHopPerDomain_s * n / 8;
      block = shape_.sp ? Both{2 * once, 3 * once} : Both{2 * once, 2 * once};
    } else if (shape_.sp) {
      const double width = gathered_width(c_, precision_);
      const double gather = topology::in_domain_s(links_, topology::Collective::kAllGather, n, bytes * width);
      const double scatter = topology::in_domain_s(links_, topology::Collective::kReduceScatter, n, bytes);
      block = {gather + scatter, 2 * gather + scatter};
    } else {
      const double reduce = topology::in_domain_s(links_, topology::Collective::kAllReduce, n, bytes);
      block = {reduce, reduce};
    }
    const Both layer = block * (1 + mix_.dense);
    const double exposed = 1 - tp_overlap(c_, precision_);
    out_.forward.tp_total_s = layer.forward;
    out_.backward.tp_total_s = layer.backward;
    out_.forward.tp_s = layer.forward * exposed;
    out_.backward.tp_s = layer.backward * exposed;
  }

  void context_parallel() {
    if (shape_.cp <= 1) return;
    const double n = shape_.cp;
    const double kv_width =
        model::is_mla(m_) ? heads_ * (m_.qk_nope_head_dim + m_.v_head_dim) : kv_heads_ * m_.head_dim;
    const double kv_bytes = 4 * tokens_ * kv_width;
    const double rate = topology::point_to_point_bytes_per_s(links_, static_cast<double>(shape_.tp) * n);
    Both layer;
    if (shape_.cp_comm == spec::ContextParallel::kAllToAll) {
      const double query_and_output = 4 * tokens_ * heads_ * m_.head_dim;
      const double once = (query_and_output + kv_bytes) * (n - 1) / n / rate;
      layer = {once, once};
    } else {
      layer = Both{1, 2} * ((n - 1) * kv_bytes / rate);
    }
    // Only the ring moves keys and values while attention runs.
    const double exposed = shape_.cp_comm == spec::ContextParallel::kRing ? 1 - stack_.cp_overlap : 1;
    out_.forward.cp_total_s = layer.forward;
    out_.backward.cp_total_s = layer.backward;
    out_.forward.cp_s = layer.forward * exposed;
    out_.backward.cp_s = layer.backward * exposed;
  }

  // Dispatch and combine. Inside the domain every visited expert gets its copy; beyond it one copy per remote node,
  // which is then spread inside that node. Expected number of nodes met by K experts over n nodes: n (1 - (1 - 1/n)^K).
  void expert_parallel() {
    if (mix_.moe <= 0 || shape_.ep * shape_.etp <= 1) return;
    const double span = static_cast<double>(shape_.ep) * shape_.etp, domain = links_.domain;
    const double own_tokens = tokens_ / shape_.tp, token_bytes = 2.0 * m_.hidden_size;
    const double sent = own_tokens * m_.num_experts_per_tok * token_bytes * c_.training().expert_imbalance;
    double inside = 0, outside = 0;
    if (span <= domain) {
      inside = sent * (1 - 1.0 / shape_.ep) / topology::group_reached(links_, span);
    } else {
      const double nodes = span / domain;
      double missed = 1;
      for (int k = 0; k < m_.num_experts_per_tok; ++k) missed *= 1 - 1 / nodes;
      // Group-limited routing keeps a token to so many groups, and so to no more nodes (arXiv 2412.19437,
      // section 2.1.2).
      const double met = nodes * (1 - missed);
      const double limited = m_.n_group > m_.topk_group && m_.topk_group > 0 ? std::min(met, 1.0 * m_.topk_group) : met;
      const double remote = limited * (1 - 1 / nodes);
      outside = std::min(sent * (1 - domain / span), own_tokens * token_bytes * remote) / links_.nic;
      inside = sent * (1 - 1.0 / domain) / topology::group_reached(links_, domain);
    }
    if (shape_.etp > 1)
      inside += topology::in_domain_s(links_, topology::Collective::kAllGather, shape_.etp, expert_rows_ * token_bytes);
    // Tokens may leave in the type of the products; what comes back is summed in 16 bits.
    const double width = narrow_ ? (stack_.ep_dispatch_bytes + 2) / 4 : 1;
    const double total =
        2 * width * mix_.moe * (kExpertsInDomain * inside + topology::kInterNode * outside) * stack_.ep_multiplier;
    for (Pass* pass : {&out_.forward, &out_.backward}) expose(*pass, total);
  }

  // Compute hides no more than it lasts, and goes slower while the traffic beside it holds multiprocessors.
  void expose(Pass& pass, double total) const {
    const double exposed = std::max(total * (1 - stack_.ep_overlap), total - pass.compute_s());
    const double held = stack_.communication_sms / std::max(c_.problem.cluster.accelerator.sm_count, 1);
    pass.ep_total_s = total;
    pass.ep_s = exposed + (total - exposed) * held;
  }

  void accumulate() {
    if (is_frozen(c_)) return;
    const model::LayerParameters p = model::layer_parameters(m_, shape_.tp, shape_.ep, shape_.etp);
    const double parameters = p.attention + mix_.of(p.dense_mlp, p.shared_experts + p.experts);
    const double bytes =
        stack_.fused_weight_gradient ? kFusedAccumulateBytes * kFusedAccumulate : kUnfusedAccumulateBytes;
    out_.backward.accumulate_s = parameters * bytes / c_.kernels.memory_bytes_per_s();
    out_.weight_gradient_s += out_.backward.accumulate_s;
  }

  void adapters() {
    if (!is_frozen(c_)) return;
    const AdapterTime t = adapter_time(c_, shape_);
    out_.forward.adapters_s = t.forward_s;
    out_.backward.adapters_s = t.backward_s;
  }

  // The host may be slower than the GPU; CUDA graphs take its work away.
  void host() {
    const bool graphs = stack_.cuda_graphs != spec::CudaGraphs::kNone;
    if (mix_.moe > 0 && stack_.cuda_graphs != spec::CudaGraphs::kFullIteration) {
      const double moe_host = mix_.moe * stack_.moe_layer_s;
      out_.forward.moe_host_s = out_.backward.moe_host_s = moe_host;
    }
    if (stack_.cuda_graphs != spec::CudaGraphs::kFullIteration) {
      out_.forward.gaps_s = c_.problem.generation.kernel_gaps_s / 3;
      out_.backward.gaps_s = 2 * out_.forward.gaps_s;
    }
    const double with_tp = shape_.tp > 1 ? stack_.launch_per_layer_tp_s + shape_.tp * stack_.launch_per_tp_rank_s : 0;
    const double launch = graphs ? 0 : stack_.launch_per_layer_s + with_tp;
    const auto finish = [](Pass& p, double floor_s) {
      const double device_s = p.compute_s() + p.moe_host_s + p.gaps_s + p.tp_s + p.cp_s + p.ep_s;
      p.total_s = smooth_max(device_s, floor_s);
      p.host_s = p.total_s - device_s;
    };
    finish(out_.forward, launch);
    finish(out_.backward, 2 * launch);
  }

  void head() {
    const double vocab = static_cast<double>(m_.vocab_size) / shape_.tp, h = m_.hidden_size;
    const auto& k = c_.kernels;
    const double products =
        k.head_gemm_s(tokens_, vocab, h) + k.head_gemm_s(tokens_, h, vocab) + trained(k.head_gemm_s(h, vocab, tokens_));
    out_.head_s =
        (products + k.elementwise_s(tokens_ * vocab * stack_.logit_traffic_bytes)) * (1 + c_.training().mtp_layers);
  }
};

}  // namespace

LayerShape layer_shape(const spec::Strategy& s) {
  return {s.tp, s.sp, s.cp, s.ep, s.etp, s.mbs, s.precision, s.cp_comm};
}

double microbatch_tokens(const Context& context, const LayerShape& shape) {
  return static_cast<double>(shape.mbs) * context.training().seq_length / shape.cp;
}

double moe_share(const Context& context) {
  const spec::Model& m = context.model();
  const double mtp = context.training().mtp_layers;
  return (model::all_layers(m).moe + (model::is_moe(m) ? mtp : 0)) / (m.num_hidden_layers + mtp);
}

double gathered_width(const Context& context, Precision gemm_precision) {
  if (!context.stack().low_precision_all_gather) return 1;
  switch (gemm_precision) {
    case Precision::kFp8:
    case Precision::kFp8Blockwise: return 0.5;
    case Precision::kMxfp8: return 0.53;  // one scale byte per 32
    case Precision::kNvfp4: return 0.28;  // one scale byte per 16 and two per tensor row
    default: return 1;
  }
}

double tp_overlap(const Context& context, Precision gemm_precision) {
  const spec::Stack& stack = context.stack();
  if (moe_share(context) > 0) return stack.tp_overlap_moe;
  return gemm_precision == Precision::kNvfp4 ? stack.tp_overlap_nvfp4 : stack.tp_overlap;
}

double product_chunks(const Context& context, const LayerShape& shape) {
  const Precision precision = hardware::gemm_precision(context.problem.cluster.accelerator, shape.precision);
  return context.stack().tp_overlap_splits_products && tp_overlap(context, precision) > 0 ? shape.tp : 1;
}

double attention_block_length(const Context& context, const LayerShape& shape) {
  const double seq = context.training().seq_length;
  return shape.cp_comm == spec::ContextParallel::kRing ? seq / shape.cp : seq;
}

LayerTime layer_time(const Context& context, const LayerShape& shape) { return LayerTimer(context, shape).run(); }

double recompute_s(const LayerTime& layer, const spec::Recompute& r) {
  switch (r.mode) {
    case spec::RecomputeMode::kNone: return 0;
    case spec::RecomputeMode::kFull: return r.layer_share * (layer.forward.total_s - layer.recompute_unneeded_s);
    case spec::RecomputeMode::kSelective:
      return (r.core_attn ? layer.recompute_attention_s : 0) + (r.mla_up_proj ? layer.recompute_mla_up_s : 0) +
             (r.mlp ? layer.recompute_mlp_s : 0) + (r.moe_act ? layer.recompute_moe_act_s : 0) +
             (r.layernorm ? layer.recompute_layernorm_s : 0);
  }
  return 0;
}

}  // namespace shardplan::estimate
