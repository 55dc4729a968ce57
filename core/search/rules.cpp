#include "search/rules.h"

#include <algorithm>
#include <array>

#include "base/integers.h"
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

constexpr double kMostVocabularyPadding = 0.1;

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
  if (s.tp > 1 && !stack.tensor_parallel) return false;
  if (s.pp > 1 && !stack.pipeline_parallel) return false;
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
  if (s.offload_parameters && !estimate::gathers_per_microbatch(s.sharding)) return false;
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
};
constexpr std::array kMeshRules = {
    Rule{Rejection::kHeads, heads},
    Rule{Rejection::kKvHeads, kv_heads},
    Rule{Rejection::kWidths, widths},
    Rule{Rejection::kVocabulary, vocabulary},
    Rule{Rejection::kSequence, sequence},
    Rule{Rejection::kExperts, experts},
    Rule{Rejection::kExpertRanks, expert_ranks},
    Rule{Rejection::kExpertWidth, expert_width},
};
constexpr std::array kInnerRules = {
    Rule{Rejection::kCpHeads, cp_heads},        Rule{Rejection::kBatch, batch},
    Rule{Rejection::kLayers, layers},           Rule{Rejection::kMicrobatches, microbatches},
    Rule{Rejection::kCombination, combination}, Rule{Rejection::kPrecision, precision},
};

}  // namespace

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

std::vector<Rejection> broken_rules(const Context& c, const Strategy& s) {
  std::vector<Rejection> out;
  for (const Rule& rule : kMeshRules)
    if (!rule.holds(c, s)) out.push_back(rule.name);
  for (const Rule& rule : kInnerRules)
    if (!rule.holds(c, s)) out.push_back(rule.name);
  return out;
}

}  // namespace shardplan::search
