#include "api/serving_question.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "api/fields.h"
#include "base/text.h"
#include "catalog/serving_catalog.h"
#include "json/serving_fields.h"
#include "model/parameters.h"

namespace shardplan::api {
namespace {

using spec::WeightFormat;

constexpr const char* kDefaultEngine = "vllm";
constexpr int kDefaultInput = 1024;
constexpr int kDefaultOutput = 256;
constexpr int kDraftedTokens = 3;

class Resolver {
 public:
  Resolver(const ServingQuestion& q, const ServingDegrees& degrees) : q_(q), degrees_(degrees) {}

  Result<ResolvedServing> run() {
    model();
    cluster();
    engine();
    load();
    drafting();
    adapters();
    if (problems_.empty()) degrees();
    if (!problems_.empty()) return tl::unexpected<Diagnostics>(std::move(problems_));
    precision();
    limits();
    out_.constants = {out_.problem.engine, out_.problem.generation, out_.problem.physics, harness_};
    return std::move(out_);
  }

 private:
  const ServingQuestion& q_;
  const ServingDegrees& degrees_;
  ResolvedServing out_;
  Diagnostics problems_;
  spec::ServingHarness harness_;
  std::string named_precision_;

  void note(const Diagnostics& more) { problems_.insert(problems_.end(), more.begin(), more.end()); }
  void problem(std::string path, std::string message, std::string hint = "") {
    problems_.push_back({std::move(path), std::move(message), std::move(hint)});
  }
  void assume(std::string text) { out_.assumptions.push_back(std::move(text)); }

  void model() {
    if (q_.model.definition) {
      named_precision_ = catalog::weight_precision(*q_.model.definition);
      auto m = catalog::model_from_config(*q_.model.definition, "/model");
      if (!m) return note(m.error());
      out_.problem.model = *std::move(m);
    } else if (q_.model.name.empty()) {
      return problem("/model", "'model' is missing.", "Name a preset such as llama-3.1-70b, or give a config.json.");
    } else {
      const auto named = catalog::find_model(presets(), q_.model.name, "/model");
      if (!named) return note(named.error());
      named_precision_ = named->weight_precision;
      out_.problem.model = *named->model;
    }
    if (model::is_hybrid(out_.problem.model))
      out_.warnings.push_back("The recurrent layers of " + out_.problem.model.name +
                              " have no measured kernels: their part of the time is a roofline.");
  }

  void cluster() {
    ClusterResolver machines(presets(), q_.cluster, known_gpus(), {out_.assumptions, out_.warnings, problems_});
    spec::Cluster& c = out_.problem.cluster;
    if (!machines.machines(c)) return;
    machines.memory(c);
    machines.price(c);
    const spec::ServingCalibration& calibration = serving_catalog().calibration;
    out_.problem.generation = catalog::serving_generation_of(calibration, c.accelerator);
    out_.problem.physics = calibration.physics;
    out_.problem.own_table = catalog::kernel_table_of(calibration, c.accelerator);
    out_.problem.pcie_table = catalog::pcie_table_of(calibration, c.accelerator);
    if (!out_.problem.generation.calibrated)
      out_.warnings.push_back("No measured serving on " + c.accelerator.name +
                              " took part in the calibration: expect errors of a third.");
  }

  // GPUs of a layout that is stated in full.
  int known_gpus() const {
    if (!degrees_.tp || !degrees_.replicas) return 0;
    return *degrees_.tp * degrees_.pp.value_or(1) * degrees_.dp.value_or(1) * *degrees_.replicas;
  }

  void engine() {
    const std::string name = q_.engine.empty() ? kDefaultEngine : q_.engine;
    const auto found = catalog::find_engine(serving_catalog().calibration, name, "/engine");
    if (!found) return note(found.error());
    out_.problem.engine = **found;
    if (q_.engine.empty()) assume("Engine: " + out_.problem.engine.name + ".");
    if (q_.memory_share) {
      out_.problem.engine.memory_share = *q_.memory_share;
      out_.problem.engine.share_of_free = false;
    }
    harness_ = catalog::harness_of(serving_catalog().calibration, out_.problem.engine.id + "/nightly");
  }

  void load() {
    search::serving::Goal& g = out_.goal;
    const spec::Model& m = out_.problem.model;
    g.shape.input_tokens = q_.input_tokens.value_or(kDefaultInput);
    g.shape.output_tokens = q_.output_tokens.value_or(kDefaultOutput);
    if (!q_.input_tokens) assume("Prompts: " + std::to_string(kDefaultInput) + " tokens on average.");
    if (!q_.output_tokens) assume("Answers: " + std::to_string(kDefaultOutput) + " tokens on average.");
    // At least one token is computed: its logits begin the answer.
    g.shape.cached_tokens =
        std::min(g.shape.input_tokens * q_.prefix_cache_hit_rate.value_or(0), g.shape.input_tokens - 1);
    if (!q_.prefix_cache_hit_rate) assume("No prompt shares its beginning with another (prefix cache).");
    if (q_.users && q_.requests_per_s)
      problem("/users", "'users' and 'requests_per_s' both state the load; give one of them.");
    g.users = q_.users;
    g.requests_per_s = q_.requests_per_s;
    if (q_.users) assume("Each of the users sends the next request as soon as the last answer ended.");
    if (q_.requests_per_s) assume("Requests arrive at random (Poisson).");
    g.ttft_limit_s = q_.ttft_limit_ms.value_or(0) / 1e3;
    g.tpot_limit_s = q_.tpot_limit_ms.value_or(0) / 1e3;
    g.request_limit_s = q_.request_limit_s.value_or(0);
    g.least_tokens_per_s = q_.least_tokens_per_s.value_or(0);
    const double longest = g.shape.input_tokens + g.shape.output_tokens;
    if (m.max_position_embeddings > 0 && longest > m.max_position_embeddings)
      out_.warnings.push_back("Prompt and answer have " + number_text(longest) + " tokens, more than the " +
                              std::to_string(m.max_position_embeddings) + " positions of " + m.name + ".");
  }

  void drafting() {
    estimate::serving::Speculation& s = out_.problem.speculation;
    const Drafting how = q_.speculative;
    if (how == Drafting::kNone) {
      const auto alone = [&](bool given, const char* path) {
        if (given) problem(path, "Nothing is drafted.", "Set 'speculative' to draft_model, eagle, mtp or ngram.");
      };
      alone(q_.speculative_tokens.has_value(), "/speculative_tokens");
      alone(q_.acceptance_rate.has_value(), "/acceptance_rate");
      return alone(!q_.draft_model.empty(), "/draft_model");
    }
    if (!q_.acceptance_rate)
      problem("/acceptance_rate", "'acceptance_rate' is missing.",
              "It depends on the model, the draft and the text: measure it, or try several.");
    s.acceptance = q_.acceptance_rate.value_or(0);
    s.tokens = q_.speculative_tokens.value_or(how == Drafting::kMtp ? 1 : kDraftedTokens);
    if (!q_.speculative_tokens) assume("Tokens drafted ahead: " + std::to_string(s.tokens) + ".");
    s.own_layers = how == Drafting::kMtp || how == Drafting::kEagle;
    if (how == Drafting::kDraftModel) return named_draft(s);
    if (!q_.draft_model.empty())
      problem("/draft_model", "Only the method draft_model has one.", "Leave out 'draft_model'.");
    if (s.own_layers) own_draft(s, how == Drafting::kMtp);
  }

  void named_draft(estimate::serving::Speculation& s) {
    if (q_.draft_model.empty()) return problem("/draft_model", "'draft_model' is missing.", "Name a small model.");
    const auto named = catalog::find_model(presets(), q_.draft_model, "/draft_model");
    if (!named) return note(named.error());
    s.draft = std::make_shared<const spec::Model>(*named->model);
    assume("The draft has the model's vocabulary and runs in 16 bits.");
  }

  // One more layer of the model's own kind, with its head; EAGLE's is dense.
  void own_draft(estimate::serving::Speculation& s, bool with_experts) {
    spec::Model layer = out_.problem.model;
    layer.num_hidden_layers = 1;
    layer.first_k_dense_replace = 0;
    if (!with_experts && model::is_moe(layer)) {
      layer.intermediate_size = std::max(layer.intermediate_size, layer.moe_intermediate_size);
      layer.num_experts = layer.num_experts_per_tok = layer.shared_expert_intermediate_size = 0;
    }
    s.draft = std::make_shared<const spec::Model>(std::move(layer));
    assume(with_experts ? "The draft is one more layer like the model's last, with the model's head."
                        : "The draft is one dense layer of the model's width, with the model's head.");
  }

  void adapters() {
    if (!q_.lora_adapters) {
      if (q_.lora_rank) problem("/lora_rank", "No adapters are served.", "Set 'lora_adapters'.");
      return;
    }
    estimate::serving::AdapterLoad& load = out_.problem.adapters;
    load.count = *q_.lora_adapters;
    if (q_.lora_rank) load.rank = *q_.lora_rank;
    else assume("LoRA adapters of rank " + std::to_string(load.rank) + ".");
    assume("Adapters stand beside every linear layer but the routed experts.");
    out_.warnings.emplace_back(
        "Adapters cost their memory and its reading; what their kernels' launches take was not measured.");
  }

  // Degrees that the request fixes must be possible, with the least of those that it leaves open.
  void degrees() {
    const spec::Model& m = out_.problem.model;
    const int tp = degrees_.tp.value_or(1), dp = degrees_.dp.value_or(1), pp = degrees_.pp.value_or(1);
    const int gpus = out_.problem.cluster.gpus;
    const int64_t needed = static_cast<int64_t>(tp) * dp * pp * degrees_.replicas.value_or(1);
    if (needed > gpus)
      problem("/gpus",
              "The stated degrees need " + std::to_string(needed) + " GPUs, there are " + std::to_string(gpus) + ".",
              "Lower one of tp, pp, dp and replicas.");
    if (m.num_attention_heads % tp != 0)
      problem("/tp",
              std::to_string(tp) + " does not divide the " + std::to_string(m.num_attention_heads) +
                  " attention heads of " + m.name + ".",
              "Use a divisor of the heads.");
    if (pp > m.num_hidden_layers)
      problem("/pp", m.name + " has " + std::to_string(m.num_hidden_layers) + " layers.", "Use fewer stages.");
    if (!model::is_moe(m)) {
      if (dp > 1)
        problem("/dp", "Attention data parallelism is for models with experts; " + m.name + " has none.",
                "Set 'replicas'.");
      if (degrees_.ep.value_or(1) > 1) problem("/ep", m.name + " has no experts.", "Leave out 'ep'.");
    } else if (degrees_.ep) {
      if (m.num_experts % *degrees_.ep != 0)
        problem("/ep", std::to_string(*degrees_.ep) + " does not divide the " + std::to_string(m.num_experts) +
                           " experts of " + m.name + ".");
      if (degrees_.tp && degrees_.dp && (tp * dp) % *degrees_.ep != 0)
        problem("/ep", "EP is dealt out over tp x dp = " + std::to_string(tp * dp) + " ranks.",
                "Use a divisor of tp x dp.");
    }
  }

  void precision() {
    const spec::Model& m = out_.problem.model;
    WeightFormat format = published_format(m);
    if (q_.precision) {
      format = *q_.precision;
    } else if (!named_precision_.empty()) {
      for (const json::EnumEntry& e : json::DescribeEnum<WeightFormat>::entries())
        if (named_precision_ == e.name) format = static_cast<WeightFormat>(e.value);
      assume("Weights in " + named_precision_ + ", as the model's name says.");
    } else {
      assume(std::string("Weights in ") + format_name(format) + ", as published.");
    }
    const spec::KvFormat kv = q_.kv_cache.value_or(spec::KvFormat::kBf16);
    if (!q_.kv_cache) assume("Keys and values in bf16.");
    out_.limits.precisions = {precision_for(m, format, kv)};
  }

  void limits() {
    search::serving::Limits& l = out_.limits;
    l.gpus = out_.problem.cluster.gpus;
    l.tp = degrees_.tp;
    l.pp = degrees_.pp;
    l.dp = degrees_.dp;
    l.ep = degrees_.ep;
    l.replicas = degrees_.replicas;
    if (model::is_moe(out_.problem.model)) assume("Experts are loaded evenly.");
  }
};

}  // namespace

WeightFormat published_format(const spec::Model& m) {
  constexpr std::array kBlocks = {"deepseek-v3", "deepseek-r1", "deepseek-v3.2", "kimi-k2"};
  if (std::find(kBlocks.begin(), kBlocks.end(), m.id) != kBlocks.end()) return WeightFormat::kFp8Block;
  return m.family == "gpt-oss" ? WeightFormat::kMxfp4 : WeightFormat::kBf16;
}

const char* format_name(WeightFormat f) {
  for (const json::EnumEntry& e : json::DescribeEnum<WeightFormat>::entries())
    if (e.value == static_cast<int>(f)) return e.name;
  return "";
}

spec::ServingPrecision precision_for(const spec::Model& m, WeightFormat weights, spec::KvFormat kv) {
  spec::ServingPrecision p{weights, weights, weights, kv};
  // Checkpoints in 4 bits keep attention wide where there are experts: MXFP4 and INT4 everything but the experts.
  const bool experts_only = model::is_moe(m) && (weights == WeightFormat::kMxfp4 || weights == WeightFormat::kInt4);
  if (experts_only) p.attention = p.mlp = WeightFormat::kBf16;
  if (weights == WeightFormat::kNvfp4 && model::is_mla(m)) p.attention = WeightFormat::kBf16;
  return p;
}

const json::ServingCatalog& serving_catalog() {
  static const json::ServingCatalog catalog = [] {
    auto read = json::read_serving_presets(json::serving_presets());
    return read ? *std::move(read) : json::ServingCatalog{};
  }();
  return catalog;
}

Result<ResolvedServing> resolve(const ServingQuestion& question, const ServingDegrees& degrees) {
  return Resolver(question, degrees).run();
}

}  // namespace shardplan::api
