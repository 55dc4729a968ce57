#include "search/rules.h"

#include <algorithm>
#include <array>

#include "base/integers.h"
#include "base/text.h"
#include "estimate/data_parallel.h"
#include "estimate/pipeline.h"
#include "estimate/stages.h"
#include "model/parameters.h"

namespace shardplan::search {
namespace {

using estimate::Context;
using spec::Schedule;
using spec::Sharding;
using spec::Strategy;

constexpr int kVocabularyMultiple = 128;  // Megatron pads the vocabulary to a multiple of 128 tp
constexpr double kMostVocabularyPadding = 0.1;
constexpr int kFewestTokensPerRank = 128;  // shorter sequence shards leave attention tiles half empty

struct RuleName {
  const char* name;
  const char* text;
};
constexpr std::array<RuleName, kRejections> kNames = {{
    {"world_size", "degrees do not multiply to the GPUs"},
    {"tp_across_domains", "tensor parallelism would leave the scale-up domain"},
    {"heads", "attention heads do not divide by TP"},
    {"kv_heads", "TP and key/value heads do not divide"},
    {"widths", "hidden or MLP width does not divide by TP"},
    {"vocabulary", "padding the vocabulary for TP would waste more than a tenth"},
    {"sequence", "the sequence does not divide over CP and TP"},
    {"cp_heads", "all-to-all context parallelism needs heads that divide by TP x CP"},
    {"experts", "experts do not divide by EP"},
    {"expert_ranks", "EP x ETP does not divide the ranks of a stage"},
    {"expert_width", "expert width does not divide by ETP"},
    {"batch", "the global batch does not divide by DP x micro-batch"},
    {"layers", "layers cannot be laid out on the stages"},
    {"microbatches", "the schedule needs other micro-batches"},
    {"combination", "the software stack does not combine these"},
    {"precision", "the accelerator has no units for this precision"},
    {"out_of_memory", "does not fit"},
}};

bool heads(const Context& c, const Strategy& s) { return divides(s.tp, c.model().num_attention_heads); }

// Fewer key/value heads than ranks are replicated, which needs whole groups.
bool kv_heads(const Context& c, const Strategy& s) {
  const int kv = c.model().num_key_value_heads;
  return model::is_mla(c.model()) || divides(s.tp, kv) || divides(kv, s.tp);
}

bool widths(const Context& c, const Strategy& s) {
  const spec::Model& m = c.model();
  return divides(s.tp, m.hidden_size) && divides(s.tp, m.intermediate_size) &&
         divides(s.tp, m.shared_expert_intermediate_size);
}

bool vocabulary(const Context& c, const Strategy& s) {
  const double vocab = c.model().vocab_size;
  return static_cast<double>(round_up(c.model().vocab_size, static_cast<int64_t>(kVocabularyMultiple) * s.tp)) <=
         vocab * (1 + kMostVocabularyPadding) + kVocabularyMultiple;
}

// Causal attention is balanced by giving each rank two chunks; sequence parallelism cuts a rank's tokens by tp.
bool sequence(const Context& c, const Strategy& s) {
  const int seq = c.training().seq_length;
  const int64_t chunks = s.cp > 1 ? 2LL * s.cp : 1;
  if (!divides(chunks * s.tp, seq)) return false;
  return s.cp == 1 || seq / s.cp >= kFewestTokensPerRank;
}

bool cp_heads(const Context& c, const Strategy& s) {
  if (s.cp == 1 || s.cp_comm != spec::ContextParallel::kAllToAll) return true;
  const int kv = model::is_mla(c.model()) ? c.model().num_attention_heads : c.model().num_key_value_heads;
  return divides(static_cast<int64_t>(s.tp) * s.cp, c.model().num_attention_heads) &&
         divides(static_cast<int64_t>(s.tp) * s.cp, kv);
}

bool experts(const Context& c, const Strategy& s) {
  return model::is_moe(c.model()) ? divides(s.ep, c.model().num_experts) : s.ep == 1 && s.etp == 1;
}

// Expert parallelism folds over all ranks of a stage (Liu et al. 2025, arXiv 2504.14960).
bool expert_ranks(const Context&, const Strategy& s) {
  return divides(static_cast<int64_t>(s.ep) * s.etp, static_cast<int64_t>(s.tp) * s.cp * s.dp);
}

bool expert_width(const Context& c, const Strategy& s) { return divides(s.etp, c.model().moe_intermediate_size); }

bool batch(const Context&, const Strategy& s) { return divides(static_cast<int64_t>(s.dp) * s.mbs, s.gbs); }

bool layers(const Context& c, const Strategy& s) {
  if (!s.layers_per_stage.empty()) {
    int64_t sum = 0;
    for (int n : s.layers_per_stage) {
      if (n < 1) return false;
      sum += n;
    }
    return static_cast<int>(s.layers_per_stage.size()) == s.pp && sum == c.model().num_hidden_layers;
  }
  return !estimate::default_stages(c.model().num_hidden_layers, s.pp, s.vpp).empty();
}

bool microbatches(const Context&, const Strategy& s) {
  if (s.pp == 1) return true;
  const int64_t m = s.gbs / (static_cast<int64_t>(s.dp) * s.mbs);
  switch (s.schedule) {
    case Schedule::kInterleaved: return m >= s.pp && m % s.pp == 0;
    case Schedule::kDualPipe:
    case Schedule::kDualPipeV: return m >= 2LL * s.pp && m % 2 == 0;
    case Schedule::kZeroBubbleH2:
    case Schedule::kZeroBubbleV: return m >= 2LL * s.pp;
    default: return true;
  }
}

template <class T>
bool contains(const std::vector<T>& all, T one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool combination(const Context& c, const Strategy& s) {
  const spec::Stack& stack = c.stack();
  if (!contains(stack.shardings, s.sharding)) return false;
  if (s.pp > 1 && !contains(stack.schedules, s.schedule)) return false;
  if (s.cp > 1 && !stack.context_parallel) return false;
  if (s.ep > 1 && !stack.expert_parallel) return false;
  if (s.etp > 1 && !stack.expert_tensor_parallel) return false;
  if (s.vpp > 1 && !estimate::uses_virtual_stages(s.schedule)) return false;
  if (s.schedule == Schedule::kInterleaved && s.vpp == 1) return false;
  if (s.schedule == Schedule::kDualPipe && s.pp % 2 != 0) return false;
  const bool sharded_parameters = s.sharding == Sharding::kZero2 || estimate::gathers_per_microbatch(s.sharding);
  if (s.pp > 1 && sharded_parameters && !stack.fsdp_with_pipeline) return false;
  if (s.sharding == Sharding::kHsdp && !divides(s.shard_size, static_cast<int64_t>(s.dp) * s.cp)) return false;
  if (s.sp && s.tp == 1) return false;
  // Experts route whole tokens: with tensor parallelism they need each rank's own part of the sequence.
  if (model::is_moe(c.model()) && s.tp > 1 && !s.sp && (s.ep > 1 || s.etp != s.tp)) return false;
  if (s.recompute.mode == spec::RecomputeMode::kSelective && !stack.selective_recompute) return false;
  return true;
}

bool precision(const Context& c, const Strategy& s) {
  const spec::Accelerator& a = c.problem.cluster.accelerator;
  if (s.precision == spec::Precision::kMxfp8 && a.peak_dense_tflops.fp4 <= 0) return false;
  return hardware::supports(a, s.precision);
}

struct Rule {
  Rejection name;
  bool (*holds)(const Context&, const Strategy&);
  const char* field;
};
constexpr std::array kMeshRules = {
    Rule{Rejection::kHeads, heads, "tp"},
    Rule{Rejection::kKvHeads, kv_heads, "tp"},
    Rule{Rejection::kWidths, widths, "tp"},
    Rule{Rejection::kVocabulary, vocabulary, "tp"},
    Rule{Rejection::kSequence, sequence, "cp"},
    Rule{Rejection::kExperts, experts, "ep"},
    Rule{Rejection::kExpertRanks, expert_ranks, "ep"},
    Rule{Rejection::kExpertWidth, expert_width, "etp"},
};
constexpr std::array kInnerRules = {
    Rule{Rejection::kCpHeads, cp_heads, "cp"},
    Rule{Rejection::kBatch, batch, "mbs"},
    Rule{Rejection::kLayers, layers, "pp"},
    Rule{Rejection::kMicrobatches, microbatches, "schedule"},
    Rule{Rejection::kCombination, combination, "sharding"},
    Rule{Rejection::kPrecision, precision, "precision"},
};

std::string list(const std::vector<int64_t>& values) {
  std::vector<std::string> parts;
  for (int64_t v : values) parts.push_back(std::to_string(v));
  return join(parts, " or ");
}

std::string n(int64_t value) { return std::to_string(value); }

Violation explain(const Context& c, const Strategy& s, const Rule& rule) {
  const spec::Model& m = c.model();
  Violation v{rule.name, rule.field, rejection_text(rule.name), ""};
  const int64_t replicas = static_cast<int64_t>(s.dp) * s.mbs;
  switch (rule.name) {
    case Rejection::kHeads:
      v.message = n(m.num_attention_heads) + " attention heads do not divide by tp " + n(s.tp) + ".";
      v.hint = "Use tp " + list(neighbouring_divisors(m.num_attention_heads, s.tp)) + ".";
      break;
    case Rejection::kKvHeads:
      v.message = n(m.num_key_value_heads) + " key/value heads and tp " + n(s.tp) + " do not divide each other.";
      v.hint = "Use tp " + list(neighbouring_divisors(m.num_key_value_heads, s.tp)) + ".";
      break;
    case Rejection::kWidths:
      v.message = "Hidden size " + n(m.hidden_size) + " or MLP width " + n(m.intermediate_size) +
                  " does not divide by tp " + n(s.tp) + ".";
      break;
    case Rejection::kVocabulary:
      v.message = "Padding " + n(m.vocab_size) + " tokens to a multiple of " +
                  n(static_cast<int64_t>(kVocabularyMultiple) * s.tp) + " adds more than a tenth.";
      break;
    case Rejection::kSequence:
      v.message = "A sequence of " + n(c.training().seq_length) + " tokens does not cut into " +
                  (s.cp > 1 ? "2 x cp x tp = " + n(2LL * s.cp * s.tp) : "tp = " + n(s.tp)) +
                  " equal parts of at least " + n(kFewestTokensPerRank) + " tokens per rank.";
      break;
    case Rejection::kCpHeads:
      v.message = "All-to-all context parallelism needs heads that divide by tp x cp = " +
                  n(static_cast<int64_t>(s.tp) * s.cp) + ".";
      v.hint = "Use cp_comm p2p or all_gather.";
      break;
    case Rejection::kExperts:
      if (!model::is_moe(m)) {
        v.message = "The model has no experts, so ep and etp must be 1.";
      } else {
        v.message = n(m.num_experts) + " experts do not divide by ep " + n(s.ep) + ".";
        v.hint = "Use ep " + list(neighbouring_divisors(m.num_experts, s.ep)) + ".";
      }
      break;
    case Rejection::kExpertRanks:
      v.message = "ep x etp = " + n(static_cast<int64_t>(s.ep) * s.etp) +
                  " does not divide tp x cp x dp = " + n(static_cast<int64_t>(s.tp) * s.cp * s.dp) + ".";
      break;
    case Rejection::kExpertWidth:
      v.message = "Expert width " + n(m.moe_intermediate_size) + " does not divide by etp " + n(s.etp) + ".";
      break;
    case Rejection::kBatch: {
      v.message =
          "A global batch of " + n(s.gbs) + " does not divide by dp x mbs = " + n(s.dp) + " x " + n(s.mbs) + ".";
      const auto near = neighbouring_divisors(std::max(1, s.gbs), replicas);
      v.hint = "dp x mbs could be " + list(near) + ".";
      break;
    }
    case Rejection::kLayers:
      v.message = n(m.num_hidden_layers) + " layers cannot be laid out on pp " + n(s.pp) +
                  (s.vpp > 1 ? " x vpp " + n(s.vpp) : "") +
                  (s.layers_per_stage.empty() ? "." : " as layers_per_stage says.");
      v.hint = "pp could be " + list(neighbouring_divisors(m.num_hidden_layers, s.pp)) + ".";
      break;
    case Rejection::kMicrobatches:
      v.message = "The schedule does not run with " + n(s.gbs / std::max<int64_t>(1, replicas)) + " micro-batches on " +
                  n(s.pp) + " stages.";
      v.hint =
          "Interleaved 1F1B needs a multiple of pp, DualPipe an even number of at least 2 pp, ZB-H2 and ZB-V at least "
          "2 pp.";
      break;
    case Rejection::kCombination:
      v.message = c.stack().name + " does not combine this sharding, schedule and parallelism.";
      v.hint = "The operation 'presets' lists what a stack has; sp needs tp > 1, vpp > 1 the interleaved schedule.";
      break;
    case Rejection::kPrecision:
      v.message = c.problem.cluster.accelerator.name + " has no units for this precision.";
      break;
    default: break;
  }
  return v;
}

}  // namespace

const char* rejection_name(Rejection r) { return kNames[static_cast<int>(r)].name; }
const char* rejection_text(Rejection r) { return kNames[static_cast<int>(r)].text; }

std::optional<Rejection> mesh_violation(const Context& c, const Strategy& s, bool tp_across_domains) {
  if (!tp_across_domains && s.tp > c.links.domain) return Rejection::kTpAcrossDomains;
  for (const Rule& rule : kMeshRules)
    if (!rule.holds(c, s)) return rule.name;
  return std::nullopt;
}

std::optional<Rejection> inner_violation(const Context& c, const Strategy& s) {
  for (const Rule& rule : kInnerRules)
    if (!rule.holds(c, s)) return rule.name;
  return std::nullopt;
}

std::vector<Violation> violations(const Context& c, const Strategy& s, bool tp_across_domains) {
  std::vector<Violation> out;
  if (spec::world_size(s) != c.problem.cluster.gpus)
    out.push_back({Rejection::kWorldSize, "dp",
                   "tp x cp x pp x dp = " + n(s.tp) + " x " + n(s.cp) + " x " + n(s.pp) + " x " + n(s.dp) + " = " +
                       n(spec::world_size(s)) + ", but the cluster has " + n(c.problem.cluster.gpus) + " GPUs.",
                   ""});
  if (!tp_across_domains && s.tp > c.links.domain)
    out.push_back({Rejection::kTpAcrossDomains, "tp",
                   "tp " + n(s.tp) + " leaves the scale-up domain of " + n(c.links.domain) + " GPUs.",
                   "Allow it with tp_across_domains, or use at most tp " + n(c.links.domain) + "."});
  for (const Rule& rule : kMeshRules)
    if (!rule.holds(c, s)) out.push_back(explain(c, s, rule));
  for (const Rule& rule : kInnerRules)
    if (!rule.holds(c, s)) out.push_back(explain(c, s, rule));
  return out;
}

}  // namespace shardplan::search
