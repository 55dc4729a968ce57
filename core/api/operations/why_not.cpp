// A plan that somebody has in mind against the best one of the same question: which rule or cost keeps it behind.
#include <algorithm>
#include <cmath>

#include "advise/nearest.h"
#include "advise/neighbours.h"
#include "advise/parts.h"
#include "api/alternative.h"
#include "api/fields.h"
#include "api/operations/recommend.h"
#include "api/plan_text.h"
#include "api/reasons.h"
#include "api/registry.h"
#include "api/sentences.h"
#include "base/text.h"
#include "base/units.h"
#include "search/violations.h"

namespace shardplan::api {

// In the order in which they are found out.
enum class Verdict { kIllegal, kDoesNotFit, kIsTheBest, kTies, kSlower, kRiskier, kBetter };

struct WhyNotRequest {
  StatedPlan plan;
  std::string text;
  LimitFields limits;
  spec::Objective objective = spec::Objective::kThroughput;
};

struct PartDifference {
  std::string part, limit;
  double plan_s = 0, best_s = 0, difference_s = 0;
};

struct TimeDifference {
  double difference_s = 0, difference_pct = 0;
  std::vector<PartDifference> parts;
};

struct PastedFields {
  std::string framework;
  std::vector<std::string> unread;
};

struct WhyNotResponse {
  Verdict verdict = Verdict::kIllegal;
  std::vector<std::string> findings;
  StrategyFields strategy;
  std::optional<PastedFields> text;
  std::vector<BrokenRule> violations;
  std::vector<Alternative> nearest_legal;
  std::vector<Alternative> changes;
  std::optional<TimeDifference> time_difference;
  std::string best_change;
  json::RawJson best_request;
  std::optional<Plan> plan;
  std::optional<Plan> best;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

using advise::Part;
using estimate::Context;
using spec::Strategy;

constexpr size_t kMostChanges = 8;
constexpr size_t kMostNearest = 3;

// The degrees of a plan whose product need not be right: that is for the verdict to say.
StrategyFields with_some_dp(const Context& c, StrategyFields f) {
  const int inner = f.tp.value_or(1) * f.pp.value_or(1) * f.cp.value_or(1);
  if (!f.dp) f.dp = std::max(1, c.problem.cluster.gpus / inner);
  f.num_microbatches.reset();
  return f;
}

double seconds_of(const std::vector<Part>& parts, const char* id) {
  for (const Part& p : parts)
    if (std::string(p.id) == id) return p.seconds;
  return 0;
}

// Parts of both plans, the largest differences first; they sum to the difference of the steps.
TimeDifference difference_of(const Context& c, const Strategy& asked, const Strategy& best) {
  const estimate::StepTime a = estimate::step_time(c, asked), b = estimate::step_time(c, best);
  std::vector<Part> parts = advise::parts_of(c, asked, a);
  const std::vector<Part> others = advise::parts_of(c, best, b);
  TimeDifference d;
  d.difference_s = a.step_time_s - b.step_time_s;
  d.difference_pct = 100 * (a.step_time_s / b.step_time_s - 1);
  const auto add = [&](const Part& p) {
    const double plan_s = seconds_of(parts, p.id), best_s = seconds_of(others, p.id);
    d.parts.push_back({p.id, name_of(p.limit).id, plan_s, best_s, plan_s - best_s});
  };
  for (const Part& p : parts) add(p);
  for (const Part& p : others)
    if (seconds_of(parts, p.id) == 0) add(p);
  std::stable_sort(d.parts.begin(), d.parts.end(), [](const PartDifference& x, const PartDifference& y) {
    return std::fabs(x.difference_s) > std::fabs(y.difference_s);
  });
  return d;
}

std::vector<Alternative> changes_that_fit(const Context& c, const Strategy& s, double usable_bytes, bool across,
                                          const Plan& plan) {
  std::vector<advise::Found> fitting;
  for (const advise::Neighbour& n : advise::neighbours(c, s, across)) {
    const advise::Outcome o = advise::outcome_of(c, n.strategy, usable_bytes);
    if (o.fits()) fitting.push_back({n.strategy, o});
  }
  std::stable_sort(fitting.begin(), fitting.end(),
                   [](const advise::Found& a, const advise::Found& b) { return advise::better(a.outcome, b.outcome); });
  if (fitting.size() > kMostChanges) fitting.resize(kMostChanges);
  std::vector<Alternative> out;
  for (const advise::Found& f : fitting) out.push_back(alternative(c, s, f.strategy, f.outcome, baseline_of(plan)));
  return out;
}

Verdict verdict_of(const Context& c, const WhyNotResponse& r) {
  if (!r.plan) return Verdict::kIllegal;
  if (!r.plan->fits) return Verdict::kDoesNotFit;
  if (!r.best || !r.best->fits) return Verdict::kBetter;
  if (r.best_change.empty()) return Verdict::kIsTheBest;
  const auto expected = [](const Plan& p) { return p.time.step_time_s / (1 - p.confidence.oom_probability); };
  if (r.plan->time.step_time_s < r.best->time.step_time_s)
    return expected(*r.plan) < expected(*r.best) ? Verdict::kBetter : Verdict::kRiskier;
  return ties(c, *r.best, *r.plan) ? Verdict::kTies : Verdict::kSlower;
}

std::string signed_seconds(double s) { return (s < 0 ? "-" : "+") + seconds_text(std::fabs(s)); }

std::string about_parts(const TimeDifference& d) {
  std::vector<std::string> parts;
  for (const PartDifference& p : d.parts) {
    if (parts.size() == 3 || std::fabs(p.difference_s) < 0.02 * std::fabs(d.difference_s)) break;
    std::string name = p.part;
    std::replace(name.begin(), name.end(), '_', ' ');
    parts.push_back(name + " " + signed_seconds(p.difference_s));
  }
  return join(parts, ", ");
}

std::string about_time(const WhyNotResponse& r) {
  const TimeDifference& d = *r.time_difference;
  const std::string by =
      seconds_text(std::fabs(d.difference_s)) + " (" + percent_text(std::fabs(d.difference_pct) / 100) + ")";
  return by + (d.difference_s >= 0 ? " longer" : " less") + " than the best plan: " + about_parts(d) + ".";
}

std::vector<std::string> findings(const WhyNotResponse& r) {
  std::vector<std::string> out;
  const auto say = [&](std::string sentence) { out.push_back(std::move(sentence)); };
  switch (r.verdict) {
    case Verdict::kIllegal:
      say("This plan is not legal: " + std::to_string(r.violations.size()) +
          (r.violations.size() == 1 ? " rule is broken." : " rules are broken."));
      for (const BrokenRule& v : r.violations) say(v.message + (v.hint.empty() ? "" : " " + v.hint));
      if (!r.nearest_legal.empty()) say("The nearest legal plan: " + r.nearest_legal.front().change + ".");
      break;
    case Verdict::kDoesNotFit:
      say("It does not fit: stage " + std::to_string(r.plan->memory.worst_stage) + " needs " +
          gib_text(r.plan->memory.peak_gib) + ", " + gib_text(r.plan->over_gib) + " over the " +
          gib_text(r.plan->memory.usable_gib) + " that may be used.");
      if (!r.changes.empty())
        say("The best single change that makes it fit: " + r.changes.front().change + ", " +
            seconds_text(r.changes.front().step_time_s) + " a step.");
      else say("No single change makes it fit.");
      if (r.time_difference) say("Even with memory to spare it would take " + about_time(r));
      break;
    case Verdict::kIsTheBest: say("It is the best plan."); break;
    case Verdict::kTies:
      say("It takes " + about_time(r));
      say("That is too close to tell: measured runs that close were often not in the predicted order. Try both.");
      break;
    case Verdict::kSlower: say("It takes " + about_time(r)); break;
    case Verdict::kRiskier:
      say("It takes " + about_time(r));
      say("But it needs " + gib_text(r.plan->memory.peak_gib) + " and runs out of memory with a probability of " +
          percent_text(r.plan->confidence.oom_probability) + ", the best plan with " +
          percent_text(r.best->confidence.oom_probability) + "; plans are ranked by both.");
      break;
    case Verdict::kBetter:
      say(r.best && r.best->fits ? "It is better than what the search tries: it takes " + about_time(r)
                                 : "It fits, and the search found nothing that does.");
      break;
  }
  if (r.best && !r.best_change.empty() && r.verdict != Verdict::kIllegal)
    say("From it to the best plan: " + r.best_change + ".");
  return out;
}

Result<WhyNotResponse> why_not(const WhyNotRequest& request) {
  StatedPlan stated = request.plan;
  if (stated.strategy) stated.flat = *stated.strategy;
  stated.strategy.reset();
  PlanText said;
  if (!request.text.empty()) {
    Diagnostics problems = read_plan_text(request.text, "/text", stated, said);
    if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  }
  Question question = stated.question;
  if (!question.gbs && !question.batch_size && stated.flat.gbs) question.gbs = stated.flat.gbs;
  if (!question.precision) question.precision = stated.flat.precision;
  auto resolved = resolve(question, known_degrees(stated.flat));
  if (!resolved) return tl::unexpected<Diagnostics>(resolved.error());
  const Context context(resolved->problem);
  const auto strategy = strategy_of(context, with_some_dp(context, stated.flat), "");
  if (!strategy) return tl::unexpected<Diagnostics>(strategy.error());
  const double usable_bytes = resolved->usable_bytes;
  const bool across = stated.tp_across_domains;

  WhyNotResponse r;
  r.strategy = fields_of(context, *strategy);
  if (!request.text.empty()) r.text = PastedFields{said.framework, said.unread};
  for (const search::Violation& v : search::violations(context, *strategy, across))
    r.violations.push_back({search::rejection_name(v.rule), "/" + v.field, v.message, v.hint});
  if (r.violations.empty()) r.plan = make_plan(context, *strategy, usable_bytes);
  search::Limits limits = limits_of(request.limits);
  limits.tp_across_domains = limits.tp_across_domains || across;
  if (const auto best = advise::best_of(context, limits, usable_bytes, request.objective)) {
    r.best = make_plan(context, best->strategy, usable_bytes);
    r.best_change = change_text(context, *strategy, best->strategy);
    r.best_request = change_request(context, *strategy, best->strategy);
    if (r.plan && !r.best_change.empty()) r.time_difference = difference_of(context, *strategy, best->strategy);
  }
  if (r.plan && !r.plan->fits) r.changes = changes_that_fit(context, *strategy, usable_bytes, across, *r.plan);
  if (!r.plan)
    for (const Strategy& s : advise::nearest_legal(context, *strategy, across, kMostNearest))
      r.nearest_legal.push_back(alternative(context, *strategy, s, advise::outcome_of(context, s, usable_bytes),
                                            r.best ? baseline_of(*r.best) : Baseline{}));
  r.verdict = verdict_of(context, r);
  r.findings = findings(r);
  r.assumptions = std::move(resolved->assumptions);
  r.assumptions.insert(r.assumptions.end(), said.assumptions.begin(), said.assumptions.end());
  r.warnings = std::move(resolved->warnings);
  if (r.best && !r.best->fits) r.warnings.push_back("Nothing fits: 'best' is the plan that comes nearest.");
  return r;
}

}  // namespace

Operation why_not_operation() {
  return make_operation<&why_not>(
      "why-not", "Which rule or cost keeps a plan behind the best one.",
      R"({"model": "llama-3.1-70b", "gpu": "h100", "gpus": 64, "seq_length": 8192, "gbs": 128, "text": "tp8 pp4 vpp5 mbs2"})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE_ENUM(api::Verdict, "verdict");
SHARDPLAN_DESCRIBE(api::WhyNotRequest, "why_not_request");
SHARDPLAN_DESCRIBE(api::PartDifference, "part_difference");
SHARDPLAN_DESCRIBE(api::TimeDifference, "time_difference");
SHARDPLAN_DESCRIBE(api::PastedFields, "pasted");
SHARDPLAN_DESCRIBE(api::WhyNotResponse, "why_not_response");

std::span<const EnumEntry> DescribeEnum<api::Verdict>::entries() {
  using enum api::Verdict;
  static constexpr EnumEntry table[] = {
      {static_cast<int>(kIllegal), "illegal", "breaks rules"},
      {static_cast<int>(kDoesNotFit), "does_not_fit", "needs more memory than there is"},
      {static_cast<int>(kIsTheBest), "best", "is the best plan"},
      {static_cast<int>(kTies), "ties", "too close to the best plan to be told apart"},
      {static_cast<int>(kSlower), "slower", "fits and is slower"},
      {static_cast<int>(kRiskier), "riskier", "faster, but likelier to run out of memory"},
      {static_cast<int>(kBetter), "better", "better than what the search tries"},
  };
  return table;
}

Fields Describe<api::WhyNotRequest>::fields() {
  using R = api::WhyNotRequest;
  static constexpr Field own[] = {
      field<&R::text>("text", "The plan in words ('tp8 pp4 mbs2 full'), or a launch command or configuration.")
          .omit_default(),
      field<&R::limits>("limits", "What the best plan may use; everything where absent."),
      field<&R::objective>("objective", "What the best plan is best at.").alias("goal"),
  };
  static const FieldList table = FieldList().include<&R::plan>().add(own);
  return table;
}

Fields Describe<api::PartDifference>::fields() {
  using P = api::PartDifference;
  static constexpr Field table[] = {
      field<&P::part>("part"),
      field<&P::limit>("limit", "What it waits for."),
      field<&P::plan_s>("plan_s"),
      field<&P::best_s>("best_s"),
      field<&P::difference_s>("difference_s", "Of the plan against the best."),
  };
  return table;
}

Fields Describe<api::TimeDifference>::fields() {
  using D = api::TimeDifference;
  static constexpr Field table[] = {
      field<&D::difference_s>("difference_s", "Step time of the plan against the best: the sum of the parts."),
      field<&D::difference_pct>("difference_pct"),
      field<&D::parts>("parts", "Largest first."),
  };
  return table;
}

Fields Describe<api::PastedFields>::fields() {
  using P = api::PastedFields;
  static constexpr Field table[] = {
      field<&P::framework>("framework", "Whose options the text has.").omit_default(),
      field<&P::unread>("unread", "Options that say nothing of a plan, or nothing that is known here.").omit_default(),
  };
  return table;
}

Fields Describe<api::WhyNotResponse>::fields() {
  using R = api::WhyNotResponse;
  static constexpr Field table[] = {
      field<&R::verdict>("verdict"),
      field<&R::findings>("findings", "The answer in sentences."),
      field<&R::strategy>("strategy", "The plan as it was understood."),
      field<&R::text>("text", "What was made of the text."),
      field<&R::violations>("violations", "Rules that it breaks.").omit_default(),
      field<&R::nearest_legal>("nearest_legal", "Legal plans nearest to it; gains are against the best plan.")
          .omit_default(),
      field<&R::changes>("changes", "Where it does not fit: single changes after which it does, best first.")
          .omit_default(),
      field<&R::time_difference>("time_difference", "Where both are legal: what the time goes to."),
      field<&R::best_change>("best_change", "From the plan to the best one; empty where it is the best.")
          .omit_default(),
      field<&R::best_request>("best_request", "Fields to set in the request for the best plan."),
      field<&R::plan>("plan", "The plan that was asked about, where it is legal."),
      field<&R::best>("best", "The best plan of the same question; the nearest where nothing fits."),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
