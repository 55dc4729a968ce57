// The best configuration of some GPUs, ready to use, and the curve around it: what every single setting beside it would
// do.
#include <algorithm>

#include "advise/neighbours.h"
#include "advise/stacking.h"
#include "api/alternative.h"
#include "api/best_plan.h"
#include "api/reasons.h"
#include "api/registry.h"
#include "api/sentences.h"
#include "api/smallest_change.h"
#include "api/stacked_techniques.h"
#include "base/text.h"

namespace shardplan::api {

struct AutotuneRequest {
  Question question;
  LimitFields limits;
  std::vector<spec::Optimizer> optimizers;
  spec::Objective objective = spec::Objective::kThroughput;
};

// What a program is started with.
struct Configuration {
  StrategyFields strategy;
  spec::Optimizer optimizer = spec::Optimizer::kAdamW;
  int gradient_accumulation_steps = 1;
};

// The best plan with one optimizer.
struct OptimizerResult {
  spec::Optimizer optimizer = spec::Optimizer::kAdamW;
  bool fits = false;
  double over_gib = 0, peak_gib = 0, step_time_s = 0, tokens_per_s = 0;
  std::string summary;
  bool chosen = false;
};

struct CurvePoint {
  std::string axis;
  Alternative alternative;
};

struct AutotuneResponse {
  Configuration configuration;
  bool fits = false;
  std::vector<std::string> why;
  std::vector<OptimizerResult> optimizers;
  std::vector<CurvePoint> curve;
  Plan plan;
  std::vector<Change> smallest_change;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

using advise::Switches;
using advise::Technique;
using estimate::Context;

RecommendRequest search_of(const AutotuneRequest& request, spec::Optimizer optimizer) {
  RecommendRequest ask{request.question, request.limits, request.objective, 1, false};
  ask.question.optimizer = optimizer;
  return ask;
}

double reading(const Plan& p, spec::Objective objective) {
  return objective == spec::Objective::kMemory ? p.memory.peak_gib
                                               : p.time.step_time_s / (1 - p.confidence.oom_probability);
}

// Fits first, then the objective; of what does not fit, the nearest. The optimizer that stands first wins a tie.
bool better(const Plan& a, const Plan& b, spec::Objective objective) {
  if (a.fits != b.fits) return a.fits;
  return a.fits ? reading(a, objective) < reading(b, objective) : a.over_gib < b.over_gib;
}

// The settings beside one plan: its degrees moved, and every other setting of each technique.
class Curve {
 public:
  Curve(const BestPlan& best, const AutotuneRequest& request)
      : best_(best),
        estimator_(full(best, request.question), best.question.usable_bytes, request.limits.tp_across_domains),
        here_(advise::switches_of(best.question.problem, best.strategy)),
        baseline_(baseline_of(best.plan)) {
    here_.tp_overlap = request.question.tp_comm_overlap.value_or(true);
    if (!request.optimizers.empty()) offer_.optimizers = request.optimizers;
  }

  std::vector<CurvePoint> run() {
    const Context& c = estimator_.context(here_);
    for (const advise::Neighbour& n : advise::neighbours(c, best_.strategy, estimator_.tp_across_domains())) {
      const bool moves_degrees = n.axis <= advise::Axis::kEtp;
      if (!moves_degrees) continue;
      Switches x = here_;
      x.strategy = n.strategy;
      add(advise::name_of(n.axis), x, change_text(c, best_.strategy, n.strategy));
    }
    for (int i = 0; i < advise::kTechniques; ++i) {
      const Technique t = advise::technique_of(i);
      for (const Switches& x : advise::alternatives(estimator_.full(), offer_, t, here_))
        add(advise::name_of(t), x, setting_text(estimator_, t, here_, x));
    }
    return std::move(out_);
  }

 private:
  const BestPlan& best_;
  advise::Estimator estimator_;
  Switches here_;
  const Baseline baseline_;
  advise::Offer offer_ = advise::usual_offer();
  std::vector<CurvePoint> out_;

  // The question with nothing switched off, which the curve may switch.
  static estimate::Problem full(const BestPlan& best, Question question) {
    question.tp_comm_overlap.reset();
    question.gpus = best.plan.gpus;
    question.batch_size.reset();
    question.gbs = best.strategy.gbs;
    return resolve(question)->problem;
  }

  void add(const char* axis, const Switches& x, std::string change) {
    const auto outcome = estimator_.of(x);
    if (!outcome) return;
    CurvePoint p{axis, alternative(estimator_.context(x), x.strategy, *outcome, baseline_)};
    p.alternative.change = std::move(change);
    p.alternative.request = switch_request(estimator_, here_, x);
    out_.push_back(std::move(p));
  }
};

Configuration configuration_of(const BestPlan& best) {
  Configuration c;
  c.strategy = best.plan.strategy;
  c.optimizer = best.question.problem.training.optimizer;
  c.gradient_accumulation_steps = best.plan.strategy.num_microbatches.value_or(1);
  return c;
}

// What the nearest settings would cost: how flat the curve is around its top.
std::string about_the_curve(const Context& c, const std::vector<CurvePoint>& curve) {
  const auto flat = std::count_if(curve.begin(), curve.end(), [&](const CurvePoint& p) {
    return p.alternative.fits && p.alternative.gain_pct > -100 * c.problem.intervals.tie_gap;
  });
  if (flat == 0) return "";
  return std::to_string(flat) + " of the " + std::to_string(curve.size()) +
         " single changes around it fit and are too close to tell apart from it.";
}

Result<AutotuneResponse> autotune(const AutotuneRequest& request) {
  std::vector<spec::Optimizer> optimizers = request.optimizers;
  if (optimizers.empty()) optimizers.push_back(request.question.optimizer.value_or(spec::Optimizer::kAdamW));
  AutotuneResponse r;
  std::optional<BestPlan> best;
  size_t chosen = 0;
  for (spec::Optimizer optimizer : optimizers) {
    auto found = best_plan(search_of(request, optimizer));
    if (!found) return tl::unexpected<Diagnostics>(found.error());
    const Plan& p = found->plan;
    r.optimizers.push_back(
        {optimizer, p.fits, p.over_gib, p.memory.peak_gib, p.time.step_time_s, p.tokens_per_s, p.summary, false});
    if (best && !better(p, best->plan, request.objective)) continue;
    chosen = r.optimizers.size() - 1;
    best = *std::move(found);
  }
  r.optimizers[chosen].chosen = true;
  const Context c(best->question.problem);
  r.configuration = configuration_of(*best);
  r.fits = best->plan.fits;
  r.curve = Curve(*best, request).run();
  r.plan = best->plan;
  r.assumptions = best->question.assumptions;
  r.warnings = best->question.warnings;
  if (r.fits) {
    r.why = why(c, best->strategy, best->plan, best->question.usable_bytes);
    if (std::string flat = about_the_curve(c, r.curve); !flat.empty()) r.why.push_back(std::move(flat));
    if (r.configuration.optimizer != optimizers.front())
      r.warnings.push_back(std::string("Another optimizer changes the numbers: ") +
                           advise::effort_of(Technique::kOptimizer, {{}, r.configuration.optimizer}).reason);
  } else {
    const RecommendRequest ask = search_of(request, r.configuration.optimizer);
    r.smallest_change = smallest_changes(ask, *prepare(ask));
    r.warnings.push_back("No legal plan fits: this one is the nearest, " + gib_text(r.plan.over_gib) +
                         " over. See smallest_change.");
  }
  return r;
}

}  // namespace

Operation autotune_operation() {
  return make_operation<&autotune>(
      "autotune", "The best configuration of the GPUs, and what every setting beside it would do.",
      R"({"model": "llama-3.1-8b", "gpu": "h100", "gpus": 8, "seq_length": 8192, "gbs": 64})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::AutotuneRequest, "autotune_request");
SHARDPLAN_DESCRIBE(api::Configuration, "configuration");
SHARDPLAN_DESCRIBE(api::OptimizerResult, "optimizer_result");
SHARDPLAN_DESCRIBE(api::CurvePoint, "curve_point");
SHARDPLAN_DESCRIBE(api::AutotuneResponse, "autotune_response");

Fields Describe<api::AutotuneRequest>::fields() {
  using R = api::AutotuneRequest;
  static constexpr Field own[] = {
      field<&R::optimizers>("optimizers",
                            "Optimizers to compare, the preferred one first; the question's where absent.")
          .scalar_or_list()
          .omit_default(),
      field<&R::objective>("objective", "What the best plan is best at.").alias("goal"),
  };
  static const FieldList table = FieldList().include<&R::question>().include<&R::limits>().add(own);
  return table;
}

Fields Describe<api::Configuration>::fields() {
  using C = api::Configuration;
  static constexpr Field own[] = {
      field<&C::optimizer>("optimizer"),
      field<&C::gradient_accumulation_steps>("gradient_accumulation_steps", "Micro-batches of a step."),
  };
  static const FieldList table = FieldList().include<&C::strategy>().add(own);
  return table;
}

Fields Describe<api::OptimizerResult>::fields() {
  using O = api::OptimizerResult;
  static constexpr Field table[] = {
      field<&O::optimizer>("optimizer"),
      field<&O::fits>("fits"),
      field<&O::over_gib>("over_gib").omit_default(),
      field<&O::peak_gib>("peak_gib"),
      field<&O::step_time_s>("step_time_s"),
      field<&O::tokens_per_s>("tokens_per_s"),
      field<&O::summary>("summary"),
      field<&O::chosen>("chosen").omit_default(),
  };
  return table;
}

Fields Describe<api::CurvePoint>::fields() {
  using P = api::CurvePoint;
  static constexpr Field own[] = {
      field<&P::axis>("axis", "A degree or a technique."),
  };
  static const FieldList table = FieldList().add(own).include<&P::alternative>();
  return table;
}

Fields Describe<api::AutotuneResponse>::fields() {
  using R = api::AutotuneResponse;
  static constexpr Field table[] = {
      field<&R::configuration>("configuration", "Every setting of the plan, as 'evaluate' takes them."),
      field<&R::fits>("fits"),
      field<&R::why>("why").omit_default(),
      field<&R::optimizers>("optimizers", "The best plan with each."),
      field<&R::curve>("curve", "Every single change around it that is legal."),
      field<&R::plan>("plan", "Where nothing fits: the nearest."),
      field<&R::smallest_change>("smallest_change", "Where nothing fits: changes after which something does.")
          .omit_default(),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
