#include "measured/sources.h"

#include <array>

#include "base/text.h"
#include "measured/source_rules.h"

namespace shardplan::measured {
namespace {

using spec::MeasuredRow;

struct Source {
  const char* family;
  const char* in_source;  // further condition on the source's text; "" for none
  Diagnostics (*apply)(Run&);
};

constexpr std::array kSources = {
    Source{"mbridge", "", source::megatron_bridge},
    Source{"mbridge_cards", "", source::bridge_cards},
    Source{"dgxc", "", source::dgx_cloud},
    Source{"nemo_docs", "", source::nemo_docs},
    Source{"nemo_longseq", "", source::nemo_long_sequence},
    Source{"simumax", "", source::simumax},
    Source{"llmfoundry", "", source::llm_foundry},
    Source{"misc1", "Korthikanti", source::korthikanti},
    Source{"bigscience", "", source::bigscience},
    Source{"vtrain", "", source::vtrain},
    Source{"nanotron", "", source::nanotron},
    Source{"papers", "Zero Bubble", source::zero_bubble},
    Source{"papers", "Folding", source::folding},
    Source{"mlperf", "", source::mlperf},
    Source{"mcore_golden", "", source::megatron_golden},
    Source{"mcore_threads", "", source::megatron_threads},
    Source{"litgpt", "", source::litgpt},
    Source{"torchtune", "", source::torchtune},
    Source{"fsdp_qlora", "", source::fsdp_qlora},
    Source{"fine-tuning", "", source::fine_tuning},
};

// A row without a family is recognised by its source.
std::string family_of(const MeasuredRow& row) {
  if (!row.family.empty()) return row.family;
  if (source::has(row.source, "ultrascale")) return "nanotron";
  return "";
}

// Configurations compete where they do the same work on the same machines with the same software; published tables
// compare precisions and batches as well.
std::string group_of(const Run& r, const std::string& family) {
  const MeasuredRow& row = r.row;
  const bool is_table = family == "mbridge" || family == "dgxc" || family == "llmfoundry";
  std::string group = family;
  const auto add = [&group](const std::string& part) { group += "|" + part; };
  add(is_table ? row.source : "");
  add(row.model);
  add(number_text(r.model.num_hidden_layers));
  add(row.gpu);
  add(number_text(row.gpus));
  add(number_text(row.seq));
  if (!is_table) add(number_text(family == "simumax" ? row.gbs / r.strategy.dp : row.gbs));
  return group;
}

}  // namespace

std::string model_name(const MeasuredRow& row) {
  std::string name = row.model;
  for (const char* ending : {" cut to ", " LoRA", " SFT", " PROXY", " (", " w/"}) {
    const size_t at = name.find(ending);
    if (at != std::string::npos) name.resize(at);
  }
  return name;
}

Diagnostics apply_source(const catalog::Catalog& catalog, Run& run) {
  const std::string family = family_of(run.row);
  Diagnostics (*apply)(Run&) = source::other;
  for (const Source& source : kSources)
    if (family == source.family && source::has(run.row.source, source.in_source)) apply = source.apply;
  if (!run.row.stack.empty() && !spec::is_frozen(run.training.fine_tuning)) apply = source::other;
  Diagnostics problems = apply(run);
  if (!problems.empty()) return problems;
  if (const auto stack = catalog::find_stack(catalog, run.stack_id, "/stack"); !stack) return stack.error();
  if (run.strategy.schedule == spec::Schedule::kOneForwardOneBackward && run.strategy.vpp > 1)
    run.strategy.schedule = spec::Schedule::kInterleaved;
  run.group = group_of(run, family);
  run.family =
      family + "|" + run.model.id + "|" + run.row.gpu + "|" + std::to_string(static_cast<int>(run.training.precision));
  return {};
}

}  // namespace shardplan::measured
