#include "api/serving_phase.h"

#include <cmath>

#include "api/serving_fields.h"
#include "base/text.h"
#include "base/units.h"
#include "catalog/serving_catalog.h"

namespace shardplan::api {
namespace {

namespace es = estimate::serving;
namespace ss = search::serving;
using es::PhaseKind;

constexpr int kDefaultInput = 2000;  // the library's own
constexpr int kDefaultOutput = 256;
constexpr int kUsualNode = 8;
constexpr const char* kNearest = "h100-sxm-80";  // stands in until a machine's own figures replace its

// Our names of the fields that problems are told of, and theirs.
constexpr std::pair<const char*, const char*> kPaths[] = {{"/gpus", "/total_nodes"},
                                                          {"/gpu", "/system_name"},
                                                          {"/tp", "/tensor_parallel"},
                                                          {"/pp", "/pipeline_parallel"},
                                                          {"/ep", "/expert_parallel"}};

Diagnostics renamed(Diagnostics problems) {
  for (Diagnostic& d : problems)
    for (const auto& [ours, theirs] : kPaths)
      if (d.path == ours) d.path = theirs;
  return problems;
}

// A machine that is described, not named: its data sheet, and kernels of the nearest measured chip scaled to it.
void take_figures(const HardwareFields& f, ResolvedServing& q) {
  es::Problem& p = q.problem;
  spec::Accelerator& a = p.cluster.accelerator;
  if (!f.gpu.empty() && !changes(f, a)) return;
  if (f.gpu.empty()) {
    a = {};
    a.id = "described";
    a.name = f.name.empty() ? "the machine described" : f.name;
    p.cluster.scaleup_domain = f.scaleup_domain.value_or(p.cluster.gpus);
    p.cluster.usd_per_gpu_hour = f.usd_per_gpu_hour.value_or(0);
    const spec::ServingCalibration& c = serving_catalog().calibration;
    p.generation = catalog::serving_generation_of(c, a);
    p.own_table = catalog::kernel_table_of(c, a);
    p.pcie_table = catalog::pcie_table_of(c, a);
    q.constants.generation = p.generation;
    std::erase_if(q.assumptions, [](const std::string& s) { return s.rfind("Price: ", 0) == 0; });
    q.warnings.push_back("A machine known by its figures only: kernels of another chip are scaled to them.");
  }
  apply(f, a);
}

Diagnostics problems_of(const HardwareFields& f) {
  Diagnostics out;
  if (!f.gpu.empty()) return out;
  const auto need = [&](const char* name, const auto& value) {
    if (!value)
      out.push_back({std::string("/system_name/") + name, std::string("'") + name + "' is missing.",
                     "Name the 'gpu', or give peak_tflops, memory_gb, memory_gb_per_s and scaleup_gb_per_s."});
  };
  need("peak_tflops", f.peak_tflops);
  need("memory_gb", f.memory_gb);
  need("memory_gb_per_s", f.memory_gb_per_s);
  need("scaleup_gb_per_s", f.scaleup_gb_per_s);
  return out;
}

// Nodes that so many GPUs fill; nothing where the usual ones do.
std::optional<int> node_of(int gpus) {
  if (gpus % kUsualNode == 0 || kUsualNode % gpus == 0) return std::nullopt;
  int node = kUsualNode;
  while (gpus % node != 0) --node;
  return node;
}

}  // namespace

Result<ResolvedServing> resolve(const PhaseQuestion& question, int gpus, const ServingDegrees& degrees) {
  ServingQuestion q;
  q.model = question.model;
  q.engine = question.engine;
  q.precision = question.bits;
  q.kv_cache = question.kv_cache;
  q.input_tokens = question.input_tokens.value_or(kDefaultInput);
  q.output_tokens = question.output_tokens.value_or(kDefaultOutput);
  if (gpus > 0) q.cluster.gpus = gpus;
  const std::optional<HardwareFields>& figures = question.hardware.definition;
  Diagnostics problems = figures ? problems_of(*figures) : Diagnostics{};
  q.cluster.gpu = figures ? figures->gpu : gpu_of(question.hardware.name);
  if (figures && figures->gpu.empty()) q.cluster.gpu = kNearest;
  if (gpus > 0) q.cluster.gpus_per_node = node_of(gpus);
  auto resolved = resolve(q, degrees);
  if (!resolved) {
    Diagnostics more = renamed(resolved.error());
    problems.insert(problems.end(), more.begin(), more.end());
  }
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  if (figures) take_figures(*figures, *resolved);
  const auto assume = [&](bool silent, const char* what, int value) {
    if (silent) resolved->assumptions.push_back(std::string(what) + ": " + std::to_string(value) + " tokens.");
  };
  assume(!question.input_tokens, "Prompts", kDefaultInput);
  assume(!question.output_tokens, "Answers", kDefaultOutput);
  return resolved;
}

PhasePlan phase_plan(const es::Deployment& d, const ResolvedServing& q, PhaseKind kind, const ss::PhasePoint& point) {
  PhasePlan p;
  p.summary = way_text(point.way);
  p.strategy = strategy_of(point.way);
  p.strategy.max_num_seqs =
      static_cast<int>(std::ceil(point.batch / (static_cast<double>(point.way.replicas) * point.way.layout.dp)));
  p.strategy.max_num_batched_tokens = static_cast<int>(q.constants.engine.chunk_tokens);
  p.gpus = point.gpus;
  p.batch_size = point.batch;
  p.latency_ms = 1e3 * point.phase.latency_s;
  if (kind == PhaseKind::kPrefill) p.first_token_ms = 1e3 * point.phase.first_token_s;
  p.tokens_per_s = point.phase.tokens_per_s;
  p.tokens_per_s_per_gpu = p.tokens_per_s / p.gpus;
  p.requests_per_s = point.phase.requests_per_s;
  if (const double usd = q.problem.cluster.usd_per_gpu_hour; usd > 0)
    p.usd_per_million_tokens = usd * p.gpus / kSecondsPerHour / p.tokens_per_s * 1e6;
  p.memory = memory_fields(d, q, point.way);
  const bool prefill = kind == PhaseKind::kPrefill;
  const spec::ServingInterval& i = interval_of(q, prefill ? "ttft" : "tpot", prefill ? "one prompt" : "serving");
  p.confidence.latency_ms = {p.latency_ms * i.low, p.latency_ms * i.high};
  p.confidence.tokens_per_s = {p.tokens_per_s / i.high, p.tokens_per_s / i.low};
  p.confidence.level = i.level;
  p.confidence.basis = i.basis;
  p.confidence.runs = i.runs;
  return p;
}

PhaseSearch::PhaseSearch(const ResolvedServing& q, PhaseKind kind, const std::vector<double>& batches)
    : deployment(q.problem) {
  const ss::Space space = ss::space(deployment, q.goal.shape, q.limits);
  found = ss::search_phase(deployment, q.constants, space.ways, {kind, q.goal.shape, batches});
  notes.search.candidates = space.candidates * static_cast<int>(batches.size());
  notes.search.evaluated = static_cast<int>(found.points.size());
  for (const auto& [id, n] : space.rejected.count) {
    notes.search.rejected.emplace_back(id, n * static_cast<int>(batches.size()));
    notes.search.reasons.emplace_back(id, space.rejected.sentence.at(id));
  }
  if (found.too_large > 0) {
    notes.search.rejected.emplace_back("batch", found.too_large);
    notes.search.reasons.emplace_back("batch", "The keys and values of the batch do not fit.");
  }
  notes.assumptions = q.assumptions;
  notes.warnings = q.warnings;
  if (!found.points.empty()) return;
  if (space.rejected.nearest && space.ways.empty())
    notes.warnings.push_back("The weights and one sequence do not fit: the nearest layout, " +
                             way_text(*space.rejected.nearest) + ", needs " +
                             number_text(space.rejected.least_over_bytes / kGib, 3) + " GiB more on each GPU.");
  else if (found.too_large > 0)
    notes.warnings.emplace_back("The weights fit, the batch does not: ask for fewer requests or more GPUs.");
  else notes.warnings.emplace_back("No layout is possible: 'search' says why.");
}

}  // namespace shardplan::api

namespace shardplan::json {

std::span<const EnumEntry> DescribeEnum<estimate::serving::PhaseKind>::entries() {
  using enum estimate::serving::PhaseKind;
  static constexpr EnumEntry table[] = {{static_cast<int>(kPrefill), "prefill", "prompts, up to their first token"},
                                        {static_cast<int>(kDecode), "decode", "one token after the other"}};
  return table;
}

Fields Describe<api::PhaseQuestion>::fields() {
  using Q = api::PhaseQuestion;
  static constexpr Field table[] = {
      field<&Q::model>("model", "A preset's name or alias, or a Hugging Face config.json.").required(),
      field<&Q::hardware>("system_name", "Accelerator: a name, or the figures of get_hardware_config.")
          .alias("gpu")
          .alias("hardware")
          .alias("system"),
      field<&Q::input_tokens>("input_tokens", "Tokens of a prompt.").range(1, 1e8),
      field<&Q::output_tokens>("output_tokens", "Tokens of an answer.").range(1, 1e8),
      field<&Q::bits>("bits", "Weights; as published where absent.").alias("precision"),
      field<&Q::kv_cache>("kv_cache", "Keys and values."),
      field<&Q::engine>("engine", "Serving engine: vllm, sglang or trtllm.").omit_default(),
      field<&Q::debug>("debug", "Accepted; changes nothing.").omit_default(),
  };
  return table;
}

Fields Describe<api::PhaseConfidence>::fields() {
  using C = api::PhaseConfidence;
  static constexpr Field table[] = {
      field<&C::latency_ms>("latency_ms", "80 %: low, high."),
      field<&C::tokens_per_s>("tokens_per_s", "80 %: low, high."),
      field<&C::level>("level", "high, medium or low."),
      field<&C::basis>("basis", "What the intervals rest on."),
      field<&C::coverage_pct>("coverage_pct", "Of such runs that lie inside."),
      field<&C::runs>("runs", "Measured runs behind them."),
  };
  return table;
}

Fields Describe<api::PhasePlan>::fields() {
  using P = api::PhasePlan;
  static constexpr Field table[] = {
      field<&P::summary>("summary"),
      field<&P::strategy>("strategy"),
      field<&P::gpus>("gpus", "That the replicas take."),
      field<&P::batch_size>("batch_size", "Requests at once, of all replicas."),
      field<&P::latency_ms>("latency_ms",
                            "Decode: from one token to the next. Prefill: until the last prompt's first token."),
      field<&P::first_token_ms>("first_token_ms", "Prefill: time to first token, mean over the prompts."),
      field<&P::tokens_per_s>("tokens_per_s", "Decode: tokens of the answers. Prefill: tokens of the prompts."),
      field<&P::tokens_per_s_per_gpu>("tokens_per_s_per_gpu"),
      field<&P::requests_per_s>("requests_per_s", "Decode: answers that end. Prefill: prompts that are done."),
      field<&P::usd_per_million_tokens>("usd_per_million_tokens", "Of tokens_per_s."),
      field<&P::memory>("memory"),
      field<&P::confidence>("confidence"),
  };
  return table;
}

Fields Describe<api::PhaseSearchFields>::fields() {
  using S = api::PhaseSearchFields;
  static constexpr Field table[] = {
      field<&S::candidates>("candidates", "Combinations of degrees and batches."),
      field<&S::evaluated>("evaluated", "Legal ones that fit."),
      field<&S::rejected>("rejected", "Count by rule."),
      field<&S::reasons>("reasons"),
  };
  return table;
}

Fields Describe<api::PhaseNotes>::fields() {
  using N = api::PhaseNotes;
  static constexpr Field table[] = {
      field<&N::search>("search"),
      field<&N::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&N::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
