#include "search/violations.h"

#include <algorithm>
#include <array>

#include "base/integers.h"
#include "base/text.h"
#include "model/parameters.h"

namespace shardplan::search {
namespace {

using estimate::Context;
using spec::Strategy;

struct RuleName {
  const char* name;
  const char* field;  // of a request
  const char* text;
};
constexpr std::array<RuleName, kRejections> kNames = {{
    {"world_size", "dp", "degrees do not multiply to the GPUs"},
    {"tp_across_domains", "tp", "tensor parallelism would leave the scale-up domain"},
    {"heads", "tp", "attention heads do not divide by TP"},
    {"kv_heads", "tp", "TP and key/value heads do not divide"},
    {"widths", "tp", "hidden or MLP width does not divide by TP"},
    {"vocabulary", "tp", "padding the vocabulary for TP would waste more than a tenth"},
    {"sequence", "cp", "the sequence does not divide over CP and TP"},
    {"cp_heads", "cp", "all-to-all context parallelism needs heads that divide by TP x CP"},
    {"experts", "ep", "experts do not divide by EP"},
    {"expert_ranks", "ep", "EP x ETP does not divide the ranks of a stage"},
    {"expert_width", "etp", "expert width does not divide by ETP"},
    {"batch", "mbs", "the global batch does not divide by DP x micro-batch"},
    {"layers", "pp", "layers cannot be laid out on the stages"},
    {"microbatches", "schedule", "the schedule needs other micro-batches"},
    {"combination", "sharding", "the software stack does not combine these"},
    {"precision", "precision", "the accelerator has no units for this precision"},
    {"out_of_memory", "", "does not fit"},
}};

std::string list(const std::vector<int64_t>& values) {
  std::vector<std::string> parts;
  for (int64_t v : values) parts.push_back(std::to_string(v));
  return join(parts, " or ");
}

std::string n(int64_t value) { return std::to_string(value); }

Violation explain(const Context& c, const Strategy& s, Rejection rule) {
  const spec::Model& m = c.model();
  Violation v{rule, kNames[static_cast<int>(rule)].field, rejection_text(rule), ""};
  const int64_t replicas = static_cast<int64_t>(s.dp) * s.mbs;
  switch (rule) {
    case Rejection::kWorldSize:
      v.message = "tp x cp x pp x dp = " + n(s.tp) + " x " + n(s.cp) + " x " + n(s.pp) + " x " + n(s.dp) + " = " +
                  n(spec::world_size(s)) + ", but the cluster has " + n(c.problem.cluster.gpus) + " GPUs.";
      break;
    case Rejection::kTpAcrossDomains:
      v.message = "tp " + n(s.tp) + " leaves the scale-up domain of " + n(c.links.domain) + " GPUs.";
      v.hint = "Allow it with tp_across_domains, or use at most tp " + n(c.links.domain) + ".";
      break;
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
    case Rejection::kOutOfMemory: break;
  }
  return v;
}

}  // namespace

const char* rejection_name(Rejection r) { return kNames[static_cast<int>(r)].name; }
const char* rejection_text(Rejection r) { return kNames[static_cast<int>(r)].text; }

std::vector<Violation> violations(const Context& c, const Strategy& s, bool tp_across_domains) {
  std::vector<Violation> out;
  if (spec::world_size(s) != c.problem.cluster.gpus) out.push_back(explain(c, s, Rejection::kWorldSize));
  if (!tp_across_domains && s.tp > c.links.domain) out.push_back(explain(c, s, Rejection::kTpAcrossDomains));
  for (Rejection rule : broken_rules(c, s)) out.push_back(explain(c, s, rule));
  return out;
}

}  // namespace shardplan::search
