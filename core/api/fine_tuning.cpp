#include "api/fine_tuning.h"

#include <algorithm>

#include "api/fields.h"
#include "base/text.h"
#include "base/units.h"
#include "model/adapters.h"

namespace shardplan::api {
namespace {

using spec::AdapterTargets;
using spec::BaseWeights;
using spec::FineTuning;
using spec::Method;

constexpr int kDefaultRank = 16;

bool is_quantized(TuningMethod m) { return m == TuningMethod::kQlora || m == TuningMethod::kQdora; }

// Every linear outside routed experts: "LoRA on all linear transformer block layers" (arXiv 2305.14314, section 4).
constexpr AdapterTargets kAllLinear = {true, true, true, true, true, true, true, false};

Diagnostics read_targets(const std::vector<std::string>& names, AdapterTargets& out) {
  Diagnostics problems;
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    if (name == "all-linear" || name == "all") {
      out = kAllLinear;
      continue;
    }
    const auto it = std::find_if(kTargets.begin(), kTargets.end(),
                                 [&](const TargetName& t) { return name == t.name || name + "_proj" == t.name; });
    if (it != kTargets.end()) {
      out.*(it->member) = true;
      continue;
    }
    std::vector<std::string> known = {"all-linear"};
    for (const TargetName& t : kTargets) known.emplace_back(t.name);
    problems.push_back({"/lora_targets/" + std::to_string(i), "No linear layer is called '" + name + "'.",
                        "Known names: " + join(known, ", ") + "."});
  }
  return problems;
}

Diagnostics stray_fields(const Question& q) {
  Diagnostics problems;
  const auto stray = [&](bool given, const char* field) {
    if (given)
      problems.push_back({std::string("/") + field, "Only adapters have this, and every weight is trained.",
                          "Set method to lora, qlora or dora, or leave it out."});
  };
  stray(q.lora_rank.has_value(), "lora_rank");
  stray(!q.lora_targets.empty(), "lora_targets");
  stray(q.lora_dropout.has_value(), "lora_dropout");
  stray(q.base_precision.has_value() && *q.base_precision != BaseWeights::k16Bit, "base_precision");
  return problems;
}

}  // namespace

std::vector<std::string> target_names(const AdapterTargets& targets) {
  std::vector<std::string> names;
  for (const TargetName& t : kTargets)
    if (targets.*t.member) names.emplace_back(t.name);
  return names;
}

Result<FineTuning> fine_tuning_of(const Question& q, const spec::Model& model, const spec::Stack& stack,
                                  std::vector<std::string>& assumptions) {
  FineTuning f;
  const TuningMethod method = q.method.value_or(TuningMethod::kFull);
  if (method == TuningMethod::kFull) {
    if (Diagnostics stray = stray_fields(q); !stray.empty()) return tl::unexpected<Diagnostics>(std::move(stray));
    return f;
  }
  f.method = method == TuningMethod::kLora || method == TuningMethod::kQlora ? Method::kLora : Method::kDora;
  f.rank = q.lora_rank.value_or(kDefaultRank);
  f.dropout = q.lora_dropout.value_or(false);
  f.base = q.base_precision.value_or(is_quantized(method) ? BaseWeights::kNf4Double : BaseWeights::k16Bit);
  Diagnostics problems;
  if (is_quantized(method) && f.base == BaseWeights::k16Bit)
    problems.push_back({"/base_precision", "QLoRA has a base of 8- or 4-bit weights.", "Set method to lora."});
  if (f.base != BaseWeights::k16Bit && !stack.quantized_base)
    problems.push_back({"/stack", stack.name + " does not fine-tune on top of 8- or 4-bit weights.",
                        "Use stack hf-trl or torchtune, or method lora."});
  if (q.lora_targets.empty()) f.targets = kAllLinear;
  else
    for (Diagnostic& d : read_targets(q.lora_targets, f.targets)) problems.push_back(std::move(d));
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  std::string text = std::string("Adapters of rank ") + std::to_string(f.rank) + " on " +
                     (q.lora_targets.empty() ? "every linear layer" : join(target_names(f.targets), ", ")) +
                     (model::is_moe(model) && !f.targets.experts ? " outside the routed experts" : "") + ": " +
                     number_text(model::trained_parameters(model, f) / 1e6, 4) + " million parameters train.";
  assumptions.push_back(std::move(text));
  return f;
}

}  // namespace shardplan::api

namespace shardplan::json {

std::span<const EnumEntry> DescribeEnum<api::TuningMethod>::entries() {
  using enum api::TuningMethod;
  static constexpr EnumEntry table[] = {
      {static_cast<int>(kFull), "full", "every weight trains"},
      {static_cast<int>(kLora), "lora", "frozen base, low-rank adapters"},
      {static_cast<int>(kQlora), "qlora", "LoRA on 4-bit weights"},
      {static_cast<int>(kDora), "dora", "LoRA with a trained magnitude per output"},
      {static_cast<int>(kQdora), "qdora", "DoRA on 4-bit weights"},
  };
  return table;
}

}  // namespace shardplan::json
