// What must hold for every piece of advice: it never disagrees with `evaluate` about the same plan.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "advise/neighbours.h"
#include "advise/outcome.h"
#include "advise/parts.h"
#include "api/alternative.h"
#include "api/fields.h"
#include "api/registry.h"
#include "base/units.h"
#include "json/merge.h"
#include "json/view.h"
#include "property/questions.h"

namespace shardplan::property {
namespace {

using estimate::Context;
using spec::Strategy;

struct Drawn {
  api::Question question;
  api::Resolved resolved;
  Context context;
  Strategy strategy;
};

Drawn draw() {
  const api::Question q = question();
  api::Resolved r = resolved(q);
  Context c(r.problem);
  const Strategy s = legal_strategy(c, search::Space(c, {}));
  RC_LOG() << api::strategy_text(s) << " of " << c.model().id << " on " << c.problem.cluster.accelerator.id << " with "
           << c.stack().id << "\n";
  return {q, std::move(r), std::move(c), s};
}

void expect_same(const Context& c, const Strategy& s, double usable_bytes) {
  const advise::Outcome o = advise::outcome_of(c, s, usable_bytes);
  const api::Plan plan = api::make_plan(c, s, usable_bytes);
  RC_ASSERT(o.time.step_time_s == plan.time.step_time_s);
  RC_ASSERT(o.reserved_bytes / kGib == plan.memory.peak_gib);
  RC_ASSERT(o.fits() == plan.fits);
  RC_ASSERT(o.worst_stage == plan.memory.worst_stage);
}

RC_GTEST_PROP(AdviseProperty, OutcomesAreThoseOfEvaluate, ()) {
  const Drawn d = draw();
  const double usable_bytes = d.resolved.usable_bytes;
  expect_same(d.context, d.strategy, usable_bytes);
  search::Limits limits;
  limits.mbs = {1};
  const auto best = advise::best_of(d.context, limits, usable_bytes);
  RC_ASSERT(best.has_value());
  expect_same(d.context, best->strategy, usable_bytes);
}

RC_GTEST_PROP(AdviseProperty, PartsSumToTheStep, ()) {
  const Drawn d = draw();
  const estimate::StepTime t = estimate::step_time(d.context, d.strategy);
  double sum = 0;
  for (const advise::Part& p : advise::parts_of(d.context, d.strategy, t)) sum += p.seconds;
  RC_ASSERT(near(sum, t.step_time_s));
}

// The fields that a neighbour says to set, set in the request of the plan beside it, ask for just that neighbour.
RC_GTEST_PROP(AdviseProperty, WhatANeighbourSaysToSetAsksForIt, ()) {
  const Drawn d = draw();
  const auto all = advise::neighbours(d.context, d.strategy, false);
  RC_PRE(!all.empty());
  const Strategy to = all[*rc::gen::inRange<size_t>(0, all.size())].strategy;
  const std::string change = api::change_text(d.context, d.strategy, to);
  RC_LOG() << change << "\n";
  RC_ASSERT(!change.empty());
  api::StatedPlan stated;
  stated.question = d.question;
  stated.flat = api::fields_of(d.context, d.strategy);
  stated.flat.num_microbatches.reset();
  stated.flat.layers_per_stage = d.strategy.layers_per_stage;
  const auto patch = json::parse(api::change_request(d.context, d.strategy, to).text);
  RC_ASSERT(patch.has_value());
  const auto asked = json::read<api::StatedPlan>(json::merged(json::write(stated), *patch));
  RC_ASSERT(asked.has_value());
  const auto there = api::resolve(*asked);
  RC_ASSERT(there.has_value());
  RC_ASSERT(spec::world_size(to) == d.context.problem.cluster.gpus);
  expect_same(d.context, to, d.resolved.usable_bytes);
  const Context context(there->question.problem);
  RC_ASSERT(
      near(estimate::step_time(context, there->strategy).step_time_s, estimate::step_time(d.context, to).step_time_s));
  RC_ASSERT(api::change_text(d.context, there->strategy, to).empty());
}

json::Document answer(const char* operation, const json::Document& request) {
  const api::Operation* op = api::find_operation(operation);
  auto response = op->run(request);
  RC_ASSERT(response.has_value());
  return *std::move(response);
}

void same_figures(json::View plan, json::View other) {
  RC_ASSERT(near(plan["time"]["step_time_s"].number(), other["time"]["step_time_s"].number(), 1e-8));
  RC_ASSERT(near(plan["memory"]["peak_gib"].number(), other["memory"]["peak_gib"].number(), 1e-8));
  RC_ASSERT(plan["fits"].boolean() == other["fits"].boolean());
}

// Every operation that shows a plan shows what 'evaluate' says of it.
RC_GTEST_PROP(AdviseProperty, PlansAreThoseOfEvaluate, ()) {
  const Drawn d = draw();
  api::StatedPlan stated;
  stated.question = d.question;
  stated.strategy = api::fields_of(d.context, d.strategy);
  const json::Document request = json::write(stated), evaluated = answer("evaluate", request);
  const json::View plan = json::View(evaluated)["plan"];
  for (const char* operation : {"bottleneck", "comm-overlap", "why-not"})
    same_figures(json::View(answer(operation, request))["plan"], plan);
  // A change of nothing.
  const auto what = json::parse(R"({"changes": [{}]})");
  const json::Document changed = answer("whatif", json::merged(request, *what));
  const json::View after = json::View(changed)["scenarios"];
  same_figures(json::View(changed)["before"], plan);
  same_figures(after.at(0)["after"], plan);
}

// The parts of a difference sum to it, and the step times that it compares are those of the plans.
RC_GTEST_PROP(AdviseProperty, WhyNotAddsUp, ()) {
  const Drawn d = draw();
  api::StatedPlan stated;
  stated.question = d.question;
  stated.strategy = api::fields_of(d.context, d.strategy);
  const json::Document response = answer("why-not", json::write(stated));
  const json::View r(response), difference = r["time_difference"];
  RC_PRE(static_cast<bool>(difference));
  double sum = 0;
  for (size_t i = 0; i < difference["parts"].size(); ++i) sum += difference["parts"].at(i)["difference_s"].number();
  const double plan_s = r["plan"]["time"]["step_time_s"].number(), best_s = r["best"]["time"]["step_time_s"].number();
  // Each of the three is printed with nine digits.
  RC_ASSERT(std::fabs(difference["difference_s"].number() - (plan_s - best_s)) < 3 * 0.5e-8 * plan_s);
  RC_ASSERT(std::fabs(sum - (plan_s - best_s)) < 1e-7 * plan_s);
}

}  // namespace
}  // namespace shardplan::property
