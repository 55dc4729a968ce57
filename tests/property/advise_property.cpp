// What must hold for every piece of advice: it never disagrees with `evaluate` about the same plan.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "advise/neighbours.h"
#include "advise/outcome.h"
#include "advise/parts.h"
#include "api/alternative.h"
#include "api/fields.h"
#include "base/units.h"
#include "json/merge.h"
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

}  // namespace
}  // namespace shardplan::property
