// The best stack of techniques within a difficulty: what each is worth alone, what it is worth in the stack, and what
// all of them are worth together, which is not the sum.
#include <algorithm>
#include <cmath>

#include "api/best_plan.h"
#include "api/fields.h"
#include "api/reasons.h"
#include "api/registry.h"
#include "api/sentences.h"
#include "api/smallest_change.h"
#include "api/stacked_techniques.h"
#include "api/stated_plan.h"
#include "base/text.h"
#include "search/violations.h"

namespace shardplan::api {

struct OptimizeRequest {
  StatedPlan plan;
  int difficulty = 2;
  std::vector<advise::Technique> techniques;
  std::vector<spec::Optimizer> optimizers;
  spec::Objective objective = spec::Objective::kThroughput;
};

struct Compound {
  double step_time_change_s = 0, step_time_change_pct = 0, speedup = 1;
  double peak_change_gib = 0;
  double sum_of_alone_s = 0;
  std::string text;
};

struct OptimizeResponse {
  std::vector<TechniqueFields> techniques;
  Compound compound;
  json::RawJson request;
  Plan baseline;
  Plan optimized;
  std::vector<Change> smallest_change;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

using advise::Switches;
using advise::Technique;
using estimate::Context;
using spec::Strategy;

bool states_degrees(const StatedPlan& p) {
  return p.strategy || p.flat.tp || p.flat.pp || p.flat.dp || p.flat.cp || p.flat.ep || p.flat.etp;
}

// A plan with every technique off that the request does not state: replicated states, one sequence at a time, no
// virtual stages, no sequence parallelism.
StrategyFields plain(StrategyFields f, const spec::Stack& stack) {
  if (!f.mbs) f.mbs = 1;
  if (!f.vpp && !f.schedule) f.vpp = 1;
  if (!f.sp) f.sp = false;
  const auto& has = stack.shardings;
  if (!f.zero_stage && !f.fsdp && !f.sharding && !has.empty())
    f.sharding =
        std::find(has.begin(), has.end(), spec::Sharding::kZero0) != has.end() ? spec::Sharding::kZero0 : has.front();
  return f;
}

LimitFields limits_of(const StrategyFields& f) {
  LimitFields l;
  l.mbs = {*f.mbs};
  if (f.vpp) l.vpp = {*f.vpp};
  if (f.schedule) l.schedule = {*f.schedule};
  if (f.sharding) l.sharding = {*f.sharding};
  l.recompute = {f.recompute.value_or(spec::RecomputeMode::kNone)};
  l.sp = f.sp;
  return l;
}

struct Start {
  Resolved question;  // nothing switched off
  Switches baseline;
};

// The stated plan as it stands.
Result<Start> stated_start(const StatedPlan& stated) {
  StatedPlan full = stated;
  full.question.tp_comm_overlap.reset();
  auto resolved = resolve(full);
  if (!resolved) return tl::unexpected<Diagnostics>(resolved.error());
  Start s{std::move(resolved->question), {}};
  s.baseline = advise::switches_of(s.question.problem, resolved->strategy);
  s.baseline.tp_overlap = stated.question.tp_comm_overlap.value_or(true);
  return s;
}

// The plain plan on the degrees that suit it best.
Result<Start> plain_start(const StatedPlan& stated) {
  RecommendRequest ask;
  ask.question = stated.question;
  ask.question.cuda_graphs = stated.question.cuda_graphs.value_or(spec::CudaGraphs::kNone);
  ask.question.tp_comm_overlap = stated.question.tp_comm_overlap.value_or(false);
  const auto first = resolve(ask.question);
  if (!first) return tl::unexpected<Diagnostics>(first.error());
  StrategyFields fields = plain(stated.flat, first->problem.stack);
  ask.limits = limits_of(fields);
  ask.limits.tp_across_domains = stated.tp_across_domains;
  auto found = best_plan(ask);
  if (!found) {  // experts beside tensor parallelism need sequence parallelism
    ask.limits.sp = stated.flat.sp;
    fields.sp = stated.flat.sp;
    found = best_plan(ask);
  }
  if (!found) return tl::unexpected<Diagnostics>(found.error());
  StatedPlan plan{stated.question, fields, std::nullopt, stated.tp_across_domains};
  const Strategy& s = found->strategy;
  plan.flat.tp = s.tp;
  plan.flat.pp = s.pp;
  plan.flat.cp = s.cp;
  plan.flat.dp = s.dp;
  plan.flat.ep = s.ep;
  plan.flat.etp = s.etp;
  plan.question.gpus = spec::world_size(s);
  plan.question.batch_size.reset();
  plan.question.gbs = s.gbs;
  if (s.tp == 1) plan.flat.sp.reset();
  auto start = stated_start(plan);
  if (!start) return start;
  start->baseline.cuda_graphs = *ask.question.cuda_graphs;
  start->baseline.tp_overlap = *ask.question.tp_comm_overlap;
  start->question.assumptions = found->question.assumptions;
  start->question.assumptions.push_back(
      "Baseline: every technique off that the request does not state, on the degrees that suit it best: " +
      strategy_text(start->baseline.strategy) + ".");
  return start;
}

advise::StackLimits stack_limits(const OptimizeRequest& request) {
  advise::StackLimits l;
  l.difficulty = request.difficulty;
  l.objective = request.objective;
  l.techniques = request.techniques;
  for (int i = 0; l.techniques.size() < static_cast<size_t>(advise::kTechniques) && request.techniques.empty() &&
                  i < advise::kTechniques;
       ++i)
    l.techniques.push_back(advise::technique_of(i));
  // Stated degrees are kept.
  if (states_degrees(request.plan)) std::erase(l.techniques, Technique::kDegrees);
  l.offer = advise::usual_offer();
  if (!request.optimizers.empty()) l.offer.optimizers = request.optimizers;
  return l;
}

Plan plan_of(advise::Estimator& e, const Switches& x) { return make_plan(e.context(x), x.strategy, e.usable_bytes()); }

Compound compound_of(const OptimizeResponse& r) {
  Compound c;
  const double before = r.baseline.time.step_time_s, after = r.optimized.time.step_time_s;
  c.step_time_change_s = after - before;
  c.step_time_change_pct = 100 * (after / before - 1);
  c.speedup = before / after;
  c.peak_change_gib = r.optimized.memory.peak_gib - r.baseline.memory.peak_gib;
  int n = 0;
  for (const TechniqueFields& t : r.techniques) {
    if (!t.in_stack) continue;
    ++n;
    c.sum_of_alone_s += t.alone.step_time_change_s;
  }
  const std::string many = std::to_string(n) + (n == 1 ? " technique" : " techniques");
  if (n == 0) c.text = "No technique within the difficulty is worth switching on.";
  else if (!r.baseline.fits)
    c.text = "With " + many + " it takes " + gib_text(r.optimized.memory.peak_gib) + " instead of " +
             gib_text(r.baseline.memory.peak_gib) + ", and " + seconds_text(after) + " a step" +
             (r.optimized.fits ? "." : "; it still does not fit.");
  else
    c.text = many + (n == 1 ? " takes " : " together take ") + seconds_text(after) + " a step instead of " +
             seconds_text(before) +
             (n == 1 ? "."
                     : "; their changes alone add up to " + seconds_text(std::fabs(c.sum_of_alone_s)) +
                           (c.sum_of_alone_s > 0 ? " more." : " less."));
  return c;
}

void warn(const OptimizeRequest& request, const Context& c, OptimizeResponse& r) {
  if (!r.baseline.fits)
    r.warnings.push_back("The baseline does not fit: " + gib_text(r.baseline.over_gib) +
                         " over. Its step time is what it would take if it did.");
  for (const TechniqueFields& t : r.techniques)
    if (t.in_stack && t.changes_numerics) r.warnings.push_back(t.setting + " changes the numbers: " + t.reason);
  if (r.baseline.fits && r.optimized.fits && ties(c, r.optimized, r.baseline))
    r.warnings.push_back("The gain is too small to be told from none: measure both.");
  if (request.difficulty < 3) {
    const bool more = std::any_of(r.techniques.begin(), r.techniques.end(), [](const TechniqueFields& t) {
      return !t.allowed && t.in_place.possible && t.in_place.step_time_change_s < 0;
    });
    if (more) r.warnings.push_back("A higher difficulty allows faster settings: see techniques that are not allowed.");
  }
}

Result<OptimizeResponse> optimize(const OptimizeRequest& request) {
  auto start = states_degrees(request.plan) ? stated_start(request.plan) : plain_start(request.plan);
  if (!start) return tl::unexpected<Diagnostics>(start.error());
  advise::Estimator estimator(start->question.problem, start->question.usable_bytes, request.plan.tp_across_domains);
  const advise::StackLimits limits = stack_limits(request);
  const Switches stack = advise::best_stack(estimator, limits, start->baseline);
  OptimizeResponse r;
  r.baseline = plan_of(estimator, start->baseline);
  r.optimized = plan_of(estimator, stack);
  r.techniques = techniques_of(estimator, limits, start->baseline, stack);
  r.compound = compound_of(r);
  r.request = switch_request(estimator, start->baseline, stack);
  r.assumptions = start->question.assumptions;
  r.warnings = start->question.warnings;
  warn(request, estimator.context(stack), r);
  if (!r.optimized.fits) {
    r.warnings.push_back("No stack within the difficulty fits: see smallest_change.");
    StatedPlan stated = request.plan;
    stated.question.optimizer = stack.optimizer;
    r.smallest_change = smallest_changes_of(stated, {start->question, stack.strategy});
  }
  return r;
}

}  // namespace

Operation optimize_operation() {
  return make_operation<&optimize>(
      "optimize", "Stacks of techniques: what each is worth alone, in the stack, and all together.",
      R"({"model": "llama-3.1-8b", "gpu": "h100", "gpus": 16, "seq_length": 8192, "gbs": 64, "difficulty": 2})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE_ENUM(advise::Technique, "technique_name");
SHARDPLAN_DESCRIBE(api::OptimizeRequest, "optimize_request");
SHARDPLAN_DESCRIBE(api::Compound, "compound");
SHARDPLAN_DESCRIBE(api::OptimizeResponse, "optimize_response");

std::span<const EnumEntry> DescribeEnum<advise::Technique>::entries() {
  static const std::vector<EnumEntry> table = [] {
    std::vector<EnumEntry> all;
    for (int i = 0; i < advise::kTechniques; ++i) all.push_back({i, advise::name_of(advise::technique_of(i))});
    return all;
  }();
  return table;
}

Fields Describe<api::OptimizeRequest>::fields() {
  using R = api::OptimizeRequest;
  static constexpr Field own[] = {
      field<&R::difficulty>("difficulty",
                            "The most that a technique may ask: 1 one flag, 2 a validation run, 3 other numbers.")
          .range(1, 3),
      field<&R::techniques>("techniques", "Techniques that may be switched; all where absent.")
          .scalar_or_list()
          .omit_default(),
      field<&R::optimizers>("optimizers", "Optimizers that may be tried; the usual ones where absent.")
          .scalar_or_list()
          .omit_default(),
      field<&R::objective>("objective", "What the best stack is best at.").alias("goal"),
  };
  static const FieldList table = FieldList().include<&R::plan>().add(own);
  return table;
}

Fields Describe<api::Compound>::fields() {
  using C = api::Compound;
  static constexpr Field table[] = {
      field<&C::step_time_change_s>("step_time_change_s", "Of the stack against the baseline; negative is faster."),
      field<&C::step_time_change_pct>("step_time_change_pct"),
      field<&C::speedup>("speedup"),
      field<&C::peak_change_gib>("peak_change_gib"),
      field<&C::sum_of_alone_s>("sum_of_alone_s", "What the changes alone add up to: not the same."),
      field<&C::text>("text"),
  };
  return table;
}

Fields Describe<api::OptimizeResponse>::fields() {
  using R = api::OptimizeResponse;
  static constexpr Field table[] = {
      field<&R::techniques>("techniques", "Those of the stack first, then other settings that were looked at."),
      field<&R::compound>("compound"),
      field<&R::request>("request", "Fields to set in a request for the baseline; null for those to leave out."),
      field<&R::baseline>("baseline"),
      field<&R::optimized>("optimized"),
      field<&R::smallest_change>("smallest_change",
                                 "Where no stack fits: changes after which 'recommend' finds a plan.")
          .omit_default(),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
