#include "estimate/layer.h"

#include <algorithm>

#include "base/text.h"
#include "base/units.h"
#include "explain/explanation.h"
#include "model/parameters.h"

namespace shardplan::explain {
namespace {

using estimate::Context;
using estimate::LayerTime;
using estimate::Pass;
using spec::Strategy;

constexpr const char* kFitted = "presets/stacks, fitted";

// Linears of a layer as products [tokens, in] x [in, out], in the order in which they run.
struct Product {
  std::string name;
  model::Linear linear;
  double share = 1;      // of the model's layers
  bool reduces = false;  // its output is summed over the tensor-parallel ranks
};

std::vector<Product> products(const Context& c, const Strategy& s) {
  const spec::Model& m = c.model();
  std::vector<Product> out;
  const auto attention = model::attention_linears(m, s.tp);
  for (const model::Linear& l : attention)
    out.push_back({&l == &attention.back() ? "attention output"
                   : model::is_mla(m)      ? "latent projection"
                                           : "query, key, value",
                   l, 1, &l == &attention.back()});
  const double moe = estimate::moe_share(c);
  const auto add_mlp = [&](const char* name, double width, double share) {
    const auto mlp = model::mlp_linears(m, width, s.tp);
    out.push_back({std::string(name) + (m.gated_mlp ? " gate and up" : " up"), mlp[0], share});
    out.push_back({std::string(name) + " down", mlp[1], share, true});
  };
  if (moe < 1) add_mlp("MLP", m.intermediate_size, 1 - moe);
  if (moe > 0 && m.shared_expert_intermediate_size > 0)
    add_mlp("shared expert", m.shared_expert_intermediate_size, moe);
  return out;
}

class LayerExplainer {
 public:
  LayerExplainer(const Context& c, const Strategy& s, Explanation& out)
      : c_(c), s_(s), t_(estimate::layer_time(c, estimate::layer_shape(s))), out_(out) {
    tokens_ = estimate::microbatch_tokens(c, estimate::layer_shape(s));
    precision_ = hardware::gemm_precision(c.problem.cluster.accelerator, s.precision);
  }

  void run() {
    pass("layer_forward_s", "One layer, forward", t_.forward, "forward");
    pass("layer_backward_s", "One layer, backward", t_.backward, "backward");
    gemms();
    attention();
    tensor_parallel();
    head();
  }

 private:
  const Context& c_;
  const Strategy& s_;
  const LayerTime t_;
  Explanation& out_;
  double tokens_ = 0;
  spec::Precision precision_;

  bool frozen() const { return spec::is_frozen(c_.training().fine_tuning); }

  void pass(const char* id, const char* title, const Pass& p, const std::string& way) {
    const auto with = [&](const char* name) { return std::string(name) + "_" + way + "_s"; };
    const bool tp = s_.tp > 1;
    Quantity q = {
        id,
        title,
        "s",
        p.total_s,
        "gemm + experts + attention + elementwise + accumulate + moe_host + gaps + tp + cp + ep + host",
        {{"gemm", p.gemm_s, "s", "dense products", with("gemm")},
         {"experts", p.experts_s, "s", "grouped products of the experts, weighted by their share of the layers", ""},
         {"attention", p.attention_s, "s", "attention", with("attention")},
         {"elementwise", p.elementwise_s, "s", "norms, activation, rotary embedding, permutation, casts", ""},
         {"accumulate", p.accumulate_s, "s", "weight gradients into the main buffer", ""},
         {"moe_host", p.moe_host_s, "s", "host work of an expert layer", ""},
         {"gaps", p.gaps_s, "s", "between kernels, while one drains and the next fills", ""},
         {"tp", p.tp_s, "s", "exposed tensor-parallel traffic", tp ? with("tp") : ""},
         {"cp", p.cp_s, "s", "exposed context-parallel traffic", ""},
         {"ep", p.ep_s, "s", "exposed dispatch and combine", ""},
         {"host", p.host_s, "s", "launching that the GPU waits for: smooth_max(all the rest, launch) - all the rest",
          ""}},
        "presets/generations and presets/stacks for rates and shares"};
    if (p.adapters_s > 0) {
      q.formula += " + adapters";
      q.terms.push_back({"adapters", p.adapters_s, "s",
                         "products of the adapters, frozen weights made 16 bits wide, norms of DoRA", ""});
    }
    out_.push_back(std::move(q));
  }

  const char* rate_source() const {
    const spec::Generation& g = c_.problem.generation;
    if (g.gemm_table)
      return "rates measured kernel by kernel: presets/kernels; then one fitted efficiency, presets/generations";
    if (g.tile_wave.overhead_us > 0) return "tiles and waves, fitted to measured kernels: presets/generations";
    return "roofline on the data sheet and one efficiency: presets/generations";
  }

  // `chunks` of the m rows.
  Term product(std::string symbol, const char* what, const Product& p, double m, double n, double k,
               double chunks = 1) const {
    const double seconds = p.share * chunks * c_.kernels.gemm_s(precision_, m / chunks, n, k);
    const double tflops = p.share * 2 * m * n * k / seconds / kTera;
    return {std::move(symbol), seconds, "s",
            p.name + what + ": " + number_text(m) + " x " + number_text(n) + " x " + number_text(k) + " at " +
                number_text(tflops, 4) + " TFLOP/s" +
                (chunks > 1 ? " in " + number_text(chunks) + " chunks beside their transfers" : "") +
                (p.share < 1 ? ", share of layers " + number_text(p.share, 3) : ""),
            ""};
  }

  void gemms() {
    Quantity forward{"gemm_forward_s", "Dense products, forward", "s", t_.forward.gemm_s, "", {}, rate_source()};
    Quantity backward{"gemm_backward_s", "Dense products, backward", "s", t_.backward.gemm_s, "", {}, rate_source()};
    const auto add = [](Quantity& q, Term t) {
      q.formula += (q.formula.empty() ? "" : " + ") + t.symbol;
      q.terms.push_back(std::move(t));
    };
    const double chunks = estimate::product_chunks(c_, estimate::layer_shape(s_));
    int i = 0;
    for (const Product& p : products(c_, s_)) {
      const std::string n = std::to_string(++i);
      const double in = p.linear.in, out = p.linear.out;
      add(forward, product("f" + n, "", p, tokens_, out, in, chunks));
      add(backward, product("d" + n, ", data gradient", p, tokens_, in, out, p.reduces ? chunks : 1));
      if (!frozen()) add(backward, product("w" + n, ", weight gradient", p, in, out, tokens_));
    }
    out_.push_back(std::move(forward));
    out_.push_back(std::move(backward));
  }

  void attention() {
    const spec::Model& m = c_.model();
    const double seq = c_.training().seq_length, heads = static_cast<double>(m.num_attention_heads) / s_.tp;
    const bool flash = !c_.stack().unfused_attention;
    const int width = model::is_mla(m) ? m.v_head_dim : m.head_dim;
    const double block = estimate::attention_block_length(c_, estimate::layer_shape(s_));
    const double plain = flash ? c_.kernels.flash_attention_s(s_.mbs, seq, heads, width, block) / s_.cp : 0;
    const double reach = c_.problem.generation.attention_reach * c_.kernels.attention_head_width_factor(width);
    Quantity q{"attention_forward_s",
               "Attention, forward",
               "s",
               t_.forward.attention_s,
               "2 * b * a * d * s * s / (r * q / (q + s0) * P) / cp * k",
               {{"b", 1.0 * s_.mbs, "", "micro-batch", ""},
                {"a", heads, "", "query heads of a rank", ""},
                {"d", 1.0 * width, "", "width of a head", ""},
                {"s", seq, "", "sequence length", ""},
                {"q", block, "", "length of the blocks: the sequence, or a rank's part in a ring", ""},
                {"r", reach, "", "share of the peak that it reaches on long sequences with heads of this width", ""},
                {"s0", hardware::kFlashHalfRateLength, "", "length at which it runs at half of that", ""},
                {"P", c_.kernels.flops_16_bit(), "FLOP/s", "dense 16-bit peak", ""},
                {"cp", 1.0 * s_.cp, "", "context-parallel ranks", ""},
                {"k", plain > 0 ? t_.forward.attention_s / plain : 0, "",
                 "fitted factors of generation and stack, windows and MLA widths", ""}},
               "causal flash attention: Dao 2023, arXiv 2307.08691; presets/generations"};
    if (!flash) {
      q.formula = "t";
      q.terms = {{"t", t_.forward.attention_s, "s",
                  "two products at 0.55 of the peak and 13 bytes of softmax traffic per score", ""}};
      q.source = "unfused attention";
    }
    out_.push_back(std::move(q));
    out_.push_back(
        {"attention_backward_s",
         "Attention, backward",
         "s",
         t_.backward.attention_s,
         "f * k",
         {{"f", t_.forward.attention_s, "s", "forward", "attention_forward_s"},
          {"k", t_.backward.attention_s / t_.forward.attention_s, "", "backward against forward, fitted", ""}},
         "presets/generations"});
  }

  void tensor_parallel() {
    if (s_.tp <= 1) return;
    const auto exposed = [&](const char* id, const char* title, const Pass& p, const char* of) {
      out_.push_back(
          {id,
           title,
           "s",
           p.tp_s,
           "t * (1 - h)",
           {{"t", p.tp_total_s, "s", "all of it", of},
            {"h", p.tp_total_s > 0 ? 1 - p.tp_s / p.tp_total_s : 0, "", "share that overlaps, fitted per stack", ""}},
           kFitted});
    };
    exposed("tp_forward_s", "Exposed tensor-parallel traffic, one layer forward", t_.forward, "tp_total_forward_s");
    exposed("tp_backward_s", "Exposed tensor-parallel traffic, one layer backward", t_.backward, "tp_total_backward_s");
    total("tp_total_forward_s", "Tensor-parallel traffic, one layer forward", t_.forward.tp_total_s, 1);
    total("tp_total_backward_s", "Tensor-parallel traffic, one layer backward", t_.backward.tp_total_s, 2);
  }

  // `gathers`: how often a pass gathers its input with sequence parallelism; it scatters once.
  void total(const char* id, const char* title, double value, double gathers) {
    const topology::Links& links = c_.links;
    const double n = s_.tp;
    std::vector<Term> terms = {
        {"B", 2 - estimate::moe_share(c_), "", "blocks: attention and MLP, attention alone in expert layers", ""},
        {"Z", 2 * tokens_ * c_.model().hidden_size, "B", "activations of a micro-batch, 2 T h", ""},
        {"n", n, "", "tensor-parallel ranks", ""}};
    const auto add = [&](const char* symbol, double x, const char* unit, const char* meaning) {
      terms.push_back({symbol, x, unit, meaning, ""});
    };
    if (n > links.domain) {
      add("x", s_.sp ? gathers + 1 : 2, "", "passes over the ring");
      add("nic", links.nic, "B/s", "what one adapter reaches");
      add("g", links.domain, "", "ranks of a domain, each with its adapter");
      add("l", estimate::kHostHopPerDomain_s, "s", "host hop per eight ranks");
      out_.push_back({id, title, "s", value, "B * x * (Z * (n - 1) / n / (nic * g) + l * n / 8)", std::move(terms),
                      "ring over the adapters of every node in the group"});
      return;
    }
    if (s_.sp) {
      add("x", gathers * estimate::gathered_width(c_, precision_) + 1, "",
          "gathered, in the width that the stack gathers in, and scattered once");
    } else {
      add("x", 2 / topology::all_reduce_gain(links, n), "",
          "an all-reduce moves twice the bytes, faster where the switch reduces");
    }
    add("r", topology::kCollectiveReach, "", "share that a collective reaches");
    add("b", topology::group_peak(links, n), "B/s", links.groups.empty() ? "scale-up link" : "links of the group");
    add("c", s_.sp ? gathers + 1 : 1, "", "collectives");
    add("l0", topology::kLatency_s, "s", "latency");
    add("l1", topology::kLatencyPerRank_s, "s", "latency per rank");
    out_.push_back({id, title, "s", value, "B * (x * Z * (n - 1) / n / (r * b) + c * (l0 + l1 * n))", std::move(terms),
                    "Megatron sequence parallelism: Korthikanti et al. 2022, arXiv 2205.05198, section 4.2.2"});
  }

  void head() {
    const double vocab = static_cast<double>(c_.model().vocab_size) / s_.tp, h = c_.model().hidden_size;
    const auto& k = c_.kernels;
    const double weight = frozen() ? 0 : k.head_gemm_s(h, vocab, tokens_);
    out_.push_back(
        {"head_s",
         "LM head and cross-entropy, per micro-batch",
         "s",
         t_.head_s,
         "(f + d + w + T * V * x / BW * e) * (1 + mtp)",
         {{"f", k.head_gemm_s(tokens_, vocab, h), "s", "product, forward", ""},
          {"d", k.head_gemm_s(tokens_, h, vocab), "s", "data gradient", ""},
          {"w", weight, "s", "weight gradient", ""},
          {"T", tokens_, "", "tokens", ""},
          {"V", vocab, "", "vocabulary of a rank", ""},
          {"x", c_.stack().logit_traffic_bytes, "B", "moved per logit", ""},
          {"BW", k.memory_bytes_per_s(), "B/s", "memory", ""},
          {"e", c_.problem.generation.elementwise, "", "element-wise kernels against the bandwidth, fitted", ""},
          {"mtp", 1.0 * c_.training().mtp_layers, "", "layers of multi-token prediction, each with its own loss", ""}},
         rate_source()});
  }
};

}  // namespace

void explain_layer(const Context& context, const Strategy& s, Explanation& out) {
  LayerExplainer(context, s, out).run();
}

}  // namespace shardplan::explain
