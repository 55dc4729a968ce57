// What happens to a plan when something changes: the same estimate before and after.
#include <algorithm>
#include <cmath>

#include "api/alternative.h"
#include "api/fields.h"
#include "api/registry.h"
#include "api/sentences.h"
#include "api/stated_plan.h"
#include "base/decimal.h"
#include "base/text.h"
#include "json/enum_name.h"
#include "json/merge.h"
#include "json/view.h"
#include "search/violations.h"

namespace shardplan::api {

enum class Scenario {
  kDoubleGpus,
  kHalveGpus,
  kIncreaseTp,
  kAddPp,
  kDoubleBatchSize,
  kHalveBatchSize,
  kDoubleSequence,
  kHalveSequence
};

struct WhatIfRequest {
  StatedPlan plan;
  std::vector<Scenario> scenario;
  std::vector<json::RawJson> changes;
};

struct WhatIfDifference {
  double before = 0, after = 0, difference = 0, change_pct = 0;
};

struct WhatIfDifferences {
  WhatIfDifference step_time_s, tokens_per_s, tokens_per_s_per_gpu, mfu, peak_gib, oom_probability;
  std::optional<WhatIfDifference> usd_per_million_tokens, usd_per_hour;
};

struct WhatIfAnswer {
  std::string scenario;
  json::RawJson request;
  bool feasible = false;
  std::vector<BrokenRule> issues;
  std::vector<std::string> trade_offs;
  std::optional<WhatIfDifferences> differences;
  std::optional<Plan> after;
  std::optional<Alternative> best;
};

struct WhatIfResponse {
  std::vector<std::string> findings;
  Plan before;
  std::vector<WhatIfAnswer> scenarios;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

using json::Document;
using json::View;

constexpr Scenario kAll[] = {Scenario::kDoubleGpus,     Scenario::kHalveGpus,       Scenario::kIncreaseTp,
                             Scenario::kAddPp,          Scenario::kDoubleBatchSize, Scenario::kHalveBatchSize,
                             Scenario::kDoubleSequence, Scenario::kHalveSequence};
constexpr size_t kMostChanges = 32;

std::string set(const char* field, int64_t value) {
  return "{\"" + std::string(field) + "\": " + std::to_string(value) + "}";
}

// Fields that the scenario sets in the request.
std::string patch_of(Scenario scenario, const ResolvedPlan& before) {
  const estimate::Problem& p = before.question.problem;
  const spec::Strategy& s = before.strategy;
  const int gpus = p.cluster.gpus, gbs = s.gbs, seq = p.training.seq_length;
  switch (scenario) {
    case Scenario::kDoubleGpus: return set("gpus", 2LL * gpus);
    case Scenario::kHalveGpus: return set("gpus", std::max(1, gpus / 2));
    case Scenario::kIncreaseTp: return set("tp", 2LL * s.tp);
    case Scenario::kAddPp: return set("pp", 2LL * s.pp);
    case Scenario::kDoubleBatchSize: return set("gbs", 2LL * gbs);
    case Scenario::kHalveBatchSize: return set("gbs", std::max(1, gbs / 2));
    case Scenario::kDoubleSequence: return set("seq_length", 2LL * seq);
    case Scenario::kHalveSequence: return set("seq_length", std::max(1, seq / 2));
  }
  return "{}";
}

// The plan with everything stated that a change must not silently alter: GPUs, global batch.
StatedPlan explicit_plan(const StatedPlan& stated, const ResolvedPlan& resolved) {
  StatedPlan p = stated;
  if (p.strategy) p.flat = *p.strategy;
  p.strategy.reset();
  p.question.gpus = resolved.question.problem.cluster.gpus;
  p.question.batch_size.reset();
  p.question.gbs = resolved.strategy.gbs;
  p.flat.gbs.reset();
  p.flat.num_microbatches.reset();
  p.flat.dp = resolved.strategy.dp;
  // The default layout and a group of all ranks follow the degrees.
  p.flat.layers_per_stage = resolved.strategy.layers_per_stage;
  if (resolved.strategy.sharding == spec::Sharding::kFsdp) {
    p.flat.fsdp.reset();
    p.flat.zero_stage.reset();
    p.flat.sharding = spec::Sharding::kFsdp;
  }
  return p;
}

// What has to give way so that the patch can be meant: data parallelism takes up a change of the other degrees or of
// the GPUs, the GPUs a change of data parallelism.
void make_room(const View& patch, StatedPlan& p) {
  const auto sets = [&](const char* name) { return static_cast<bool>(patch[name]); };
  if (sets("dp") && !sets("gpus")) p.question.gpus.reset();
  if (!sets("dp") && (sets("gpus") || sets("tp") || sets("pp") || sets("cp"))) p.flat.dp.reset();
  if (sets("tp") && !sets("sp")) p.flat.sp.reset();
  if (sets("pp") && !sets("layers_per_stage")) p.flat.layers_per_stage.clear();
  if (sets("batch_size")) p.question.gbs.reset();
  for (const char* name : {"zero_stage", "fsdp", "sharding"})
    if (sets(name)) {
      p.flat.zero_stage.reset();
      p.flat.fsdp.reset();
      p.flat.sharding.reset();
    }
  if (sets("recompute") && !sets("recompute_modules")) p.flat.recompute_modules.clear();
}

WhatIfDifference difference(double before, double after) {
  return {before, after, after - before, before != 0 ? 100 * (after / before - 1) : 0};
}

WhatIfDifferences differences(const Plan& a, const Plan& b) {
  WhatIfDifferences d;
  d.step_time_s = difference(a.time.step_time_s, b.time.step_time_s);
  d.tokens_per_s = difference(a.tokens_per_s, b.tokens_per_s);
  d.tokens_per_s_per_gpu = difference(a.tokens_per_s_per_gpu, b.tokens_per_s_per_gpu);
  d.mfu = difference(a.mfu, b.mfu);
  d.peak_gib = difference(a.memory.peak_gib, b.memory.peak_gib);
  d.oom_probability = difference(a.confidence.oom_probability, b.confidence.oom_probability);
  if (a.usd_per_million_tokens && b.usd_per_million_tokens) {
    d.usd_per_million_tokens = difference(*a.usd_per_million_tokens, *b.usd_per_million_tokens);
    d.usd_per_hour = difference(*a.usd_per_hour, *b.usd_per_hour);
  }
  return d;
}

std::string signed_percent(double pct) { return (pct < 0 ? "-" : "+") + fixed_text(std::fabs(pct), 1) + " %"; }

std::string about_throughput(const WhatIfDifferences& d, const Plan& before, const Plan& after) {
  std::string text = "Throughput " + signed_percent(d.tokens_per_s.change_pct);
  if (before.gpus != after.gpus)
    text += " on " + std::to_string(after.gpus) + " instead of " + std::to_string(before.gpus) + " GPUs: per GPU " +
            signed_percent(d.tokens_per_s_per_gpu.change_pct);
  return text + "; a step takes " + seconds_text(d.step_time_s.after) + " instead of " +
         seconds_text(d.step_time_s.before) + ".";
}

std::string about_memory(const WhatIfDifferences& d, const Plan& before, const Plan& after) {
  constexpr double kNothing = 0.05;  // GiB
  std::string text = std::fabs(d.peak_gib.difference) < kNothing
                         ? "Peak memory stays at "
                         : "Peak memory " + std::string(d.peak_gib.difference < 0 ? "-" : "+") +
                               gib_text(std::fabs(d.peak_gib.difference)) + ", to ";
  text += gib_text(d.peak_gib.after);
  if (!after.fits) text += ": " + gib_text(after.over_gib) + " more than may be used";
  else if (!before.fits) text += ": now it fits";
  return text + ".";
}

std::string about_cost(const WhatIfDifferences& d) {
  if (!d.usd_per_million_tokens || std::fabs(d.usd_per_million_tokens->change_pct) < 0.5) return "";
  return "A million tokens cost $" + number_text(d.usd_per_million_tokens->after, 3) + " instead of $" +
         number_text(d.usd_per_million_tokens->before, 3) + " (" +
         signed_percent(d.usd_per_million_tokens->change_pct) + ").";
}

// The changed question as it was understood, legal or not.
WhatIfAnswer answer(const std::string& name, const std::string& patch_text, const StatedPlan& base, const Plan& before,
                    const std::string& path, Diagnostics& problems) {
  WhatIfAnswer a;
  a.scenario = name;
  a.request = {patch_text};
  const auto patch = json::parse(patch_text);
  if (!patch || !View(*patch).is(View::Kind::kObject)) {
    problems.push_back({path, "Expected an object of fields to set.", "Such as {\"gpus\": 128}."});
    return a;
  }
  StatedPlan changed = base;
  make_room(View(*patch), changed);
  auto read = json::read<StatedPlan>(json::merged(json::write(changed), *patch));
  if (!read) {
    for (Diagnostic& d : read.error()) problems.push_back({path + d.path, d.message, d.hint});
    return a;
  }
  const auto resolved = resolve(*read);
  if (!resolved) {
    for (const Diagnostic& d : resolved.error()) a.issues.push_back({"", d.path, d.message, d.hint});
    return a;
  }
  const estimate::Context context(resolved->question.problem);
  const double usable_bytes = resolved->question.usable_bytes;
  a.after = make_plan(context, resolved->strategy, usable_bytes);
  a.feasible = a.after->fits;
  if (!a.after->fits)
    a.issues.push_back({search::rejection_name(search::Rejection::kOutOfMemory), "/memory",
                        gib_text(a.after->over_gib) + " more than the usable " + gib_text(a.after->memory.usable_gib) +
                            " on stage " + std::to_string(a.after->memory.worst_stage) + ".",
                        ""});
  a.differences = differences(before, *a.after);
  a.trade_offs = spoken({about_throughput(*a.differences, before, *a.after),
                         about_memory(*a.differences, before, *a.after), about_cost(*a.differences)});
  search::Limits limits;
  limits.tp_across_domains = read->tp_across_domains;
  if (const auto best = advise::best_of(context, limits, usable_bytes); best && best->outcome.fits())
    a.best = alternative(context, resolved->strategy, best->strategy, best->outcome, baseline_of(before));
  return a;
}

std::string finding(const WhatIfAnswer& a) {
  std::vector<std::string> parts = a.trade_offs;
  if (!a.after)
    for (const BrokenRule& issue : a.issues)
      parts.push_back(issue.message + (issue.hint.empty() ? "" : " " + issue.hint));
  std::string name = a.scenario;
  std::replace(name.begin(), name.end(), '_', ' ');
  return name + ": " + join(parts, " ");
}

Result<WhatIfResponse> whatif(const WhatIfRequest& request) {
  auto before = resolve(request.plan);
  if (!before) return tl::unexpected<Diagnostics>(before.error());
  if (request.changes.size() > kMostChanges)
    return fail("/changes", "At most " + std::to_string(kMostChanges) + " changes at once.");
  WhatIfResponse r;
  r.before = make_plan(estimate::Context(before->question.problem), before->strategy, before->question.usable_bytes);
  const StatedPlan base = explicit_plan(request.plan, *before);
  std::vector<Scenario> scenarios = request.scenario;
  if (scenarios.empty() && request.changes.empty()) scenarios.assign(std::begin(kAll), std::end(kAll));
  Diagnostics problems;
  for (Scenario s : scenarios)
    r.scenarios.push_back(answer(json::enum_name(s), patch_of(s, *before), base, r.before, "/scenario", problems));
  for (size_t i = 0; i < request.changes.size(); ++i)
    r.scenarios.push_back(answer("change " + std::to_string(i + 1), request.changes[i].text, base, r.before,
                                 "/changes/" + std::to_string(i), problems));
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  for (const WhatIfAnswer& a : r.scenarios) r.findings.push_back(finding(a));
  r.assumptions = std::move(before->question.assumptions);
  r.assumptions.emplace_back(
      "A change of GPUs or of tp, pp or cp is taken up by dp, a change of dp by the GPUs; the global batch stays as it "
      "is.");
  r.warnings = std::move(before->question.warnings);
  if (!r.before.fits) r.warnings.push_back("The plan does not fit before the change: see before.over_gib.");
  return r;
}

}  // namespace

Operation whatif_operation() {
  return make_operation<&whatif>(
      "whatif", "A plan before and after a change, as two estimates.",
      R"({"model": "llama-3.1-70b", "gpu": "h100", "gpus": 64, "seq_length": 8192, "gbs": 128, "tp": 4, "pp": 8, "vpp": 10, "dp": 2, "scenario": ["double_gpus", "increase_tp"], "changes": [{"gpu": "h200"}]})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE_ENUM(api::Scenario, "scenario");
SHARDPLAN_DESCRIBE(api::WhatIfRequest, "whatif_request");
SHARDPLAN_DESCRIBE(api::WhatIfDifference, "whatif_difference");
SHARDPLAN_DESCRIBE(api::WhatIfDifferences, "whatif_differences");
SHARDPLAN_DESCRIBE(api::WhatIfAnswer, "whatif_answer");
SHARDPLAN_DESCRIBE(api::WhatIfResponse, "whatif_response");

std::span<const EnumEntry> DescribeEnum<api::Scenario>::entries() {
  using enum api::Scenario;
  static constexpr EnumEntry table[] = {
      {static_cast<int>(kDoubleGpus), "double_gpus", "dp x 2"},
      {static_cast<int>(kHalveGpus), "halve_gpus", "dp / 2"},
      {static_cast<int>(kIncreaseTp), "increase_tp", "tp x 2, dp / 2"},
      {static_cast<int>(kAddPp), "add_pp", "pp x 2, dp / 2"},
      {static_cast<int>(kDoubleBatchSize), "double_batch_size"},
      {static_cast<int>(kHalveBatchSize), "halve_batch_size"},
      {static_cast<int>(kDoubleSequence), "double_sequence"},
      {static_cast<int>(kHalveSequence), "halve_sequence"},
  };
  return table;
}

Fields Describe<api::WhatIfRequest>::fields() {
  using R = api::WhatIfRequest;
  static constexpr Field own[] = {
      field<&R::scenario>("scenario", "One or several; all of them where neither these nor changes are given.")
          .scalar_or_list()
          .omit_default(),
      field<&R::changes>("changes", "Fields of the request to set, one object for each change to look at.")
          .scalar_or_list()
          .omit_default(),
  };
  static const FieldList table = FieldList()
                                     .include<&R::plan>()
                                     .add(own)
                                     .alias("tp", "current_tp")
                                     .alias("pp", "current_pp")
                                     .alias("dp", "current_dp")
                                     .alias("batch_size", "current_batch_size");
  return table;
}

Fields Describe<api::WhatIfDifference>::fields() {
  using D = api::WhatIfDifference;
  static constexpr Field table[] = {
      field<&D::before>("before"),
      field<&D::after>("after"),
      field<&D::difference>("difference"),
      field<&D::change_pct>("change_pct"),
  };
  return table;
}

Fields Describe<api::WhatIfDifferences>::fields() {
  using D = api::WhatIfDifferences;
  static constexpr Field table[] = {
      field<&D::step_time_s>("step_time_s"),
      field<&D::tokens_per_s>("tokens_per_s"),
      field<&D::tokens_per_s_per_gpu>("tokens_per_s_per_gpu"),
      field<&D::mfu>("mfu"),
      field<&D::peak_gib>("peak_gib"),
      field<&D::oom_probability>("oom_probability"),
      field<&D::usd_per_million_tokens>("usd_per_million_tokens"),
      field<&D::usd_per_hour>("usd_per_hour"),
  };
  return table;
}

Fields Describe<api::WhatIfAnswer>::fields() {
  using A = api::WhatIfAnswer;
  static constexpr Field table[] = {
      field<&A::scenario>("scenario"),
      field<&A::request>("request", "Fields that it sets."),
      field<&A::feasible>("feasible", "Legal, and fits."),
      field<&A::issues>("issues", "Rules that it breaks, memory that it lacks.").omit_default(),
      field<&A::trade_offs>("trade_offs").omit_default(),
      field<&A::differences>("differences", "Where it is legal."),
      field<&A::after>("after", "The changed plan, where it is legal."),
      field<&A::best>("best", "The best plan after the change; gains are against the plan before it."),
  };
  return table;
}

Fields Describe<api::WhatIfResponse>::fields() {
  using R = api::WhatIfResponse;
  static constexpr Field table[] = {
      field<&R::findings>("findings", "The answer in sentences, one for each change."),
      field<&R::before>("before", "The plan as it is."),
      field<&R::scenarios>("scenarios"),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
