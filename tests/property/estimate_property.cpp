// What must hold for the memory and the time of every strategy.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "api/plan.h"
#include "property/questions.h"

namespace shardplan::property {
namespace {

using estimate::Context;
using search::Space;
using spec::Sharding;
using spec::Strategy;

double reserved(const Context& c, const Strategy& s) {
  const auto stages = estimate::stage_memories(c, s);
  return stages[estimate::worst_stage(stages)].reserved;
}
double step_s(const Context& c, const Strategy& s) { return estimate::step_time(c, s).step_time_s; }

// A strategy in its problem, small enough for a message.
struct Drawn {
  Context context;
  Strategy strategy;

  std::string text() const {
    return api::strategy_text(strategy) + " of " + context.model().id + " on " +
           context.problem.cluster.accelerator.id + " with " + context.stack().id + "\n";
  }
};

Drawn draw(const AnyQuestion& any = {}) {
  Context c(resolved(question(any)).problem);
  const Strategy s = legal_strategy(c, Space(c, {}));
  Drawn d{std::move(c), s};
  RC_LOG() << d.text();
  return d;
}

RC_GTEST_PROP(EstimateProperty, PartsOfTheTimeSumToTheStep, ()) {
  const Drawn d = draw();
  const api::TimeFields t = api::make_plan(d.context, d.strategy, 1e12).time;
  const double parts = t.forward_s + t.backward_s + t.recompute_s + t.head_s + t.tp.exposed_s + t.cp.exposed_s +
                       t.ep.exposed_s + t.pp.exposed_s + t.dp.exposed_s + t.bubble_s + t.wait_for_head_s + t.host_s +
                       t.optimizer_s + t.other_s + t.stragglers_s + t.offload_s;
  RC_LOG() << parts << " and " << t.step_time_s << "\n";
  RC_ASSERT(near(parts, t.step_time_s));
}

RC_GTEST_PROP(EstimateProperty, PartsAreNotNegativeAndExposedIsPartOfTotal, ()) {
  const Drawn d = draw();
  const api::TimeFields t = api::make_plan(d.context, d.strategy, 1e12).time;
  for (double part : {t.forward_s, t.backward_s, t.recompute_s, t.head_s, t.bubble_s, t.wait_for_head_s, t.host_s,
                      t.optimizer_s, t.other_s, t.stragglers_s, t.offload_s})
    RC_ASSERT(part >= 0);
  for (const api::Communication& c : {t.tp, t.cp, t.ep, t.pp, t.dp}) {
    RC_ASSERT(c.exposed_s >= 0);
    RC_ASSERT(c.exposed_s <= c.total_s * (1 + 1e-9));
  }
}

RC_GTEST_PROP(EstimateProperty, PartsOfTheMemorySumToWhatIsReserved, ()) {
  const Drawn d = draw();
  for (const auto& m : estimate::stage_memories(d.context, d.strategy)) {
    const double parts = m.parameters + m.gradients + m.optimizer + m.activations + m.buffers + m.overhead;
    RC_ASSERT(near(parts, m.reserved));
    RC_ASSERT(m.allocated <= m.reserved + 1);  // whole bytes
    for (double part : {m.parameters, m.gradients, m.optimizer, m.activations, m.buffers, m.overhead})
      RC_ASSERT(part >= 0);
  }
}

RC_GTEST_PROP(EstimateProperty, TheWorstStageIsAmongItsCandidates, ()) {
  const Drawn d = draw();
  const auto stages = estimate::stage_memories(d.context, d.strategy);
  double worst = 0;
  for (const auto& shape : estimate::candidate_worst_stages(estimate::stage_shapes(d.context, d.strategy)))
    worst = std::max(worst, stages[shape.stage].reserved);
  RC_ASSERT(worst == stages[estimate::worst_stage(stages)].reserved);
}

// Full recomputation rebuilds one whole layer at a time, which takes room of its own.
RC_GTEST_PROP(EstimateProperty, RecomputingMoreTakesLessMemoryAndMoreTime, ()) {
  Drawn d = draw();
  const Context& c = d.context;
  Strategy none = d.strategy, some = d.strategy, full = d.strategy;
  none.recompute = {};
  some.recompute = {};
  some.recompute.mode = spec::RecomputeMode::kSelective;
  some.recompute.core_attn = *rc::gen::arbitrary<bool>();
  some.recompute.layernorm = *rc::gen::arbitrary<bool>();
  some.recompute.mlp = *rc::gen::arbitrary<bool>();
  some.recompute.moe_act = *rc::gen::arbitrary<bool>();
  some.recompute.mla_up_proj = *rc::gen::arbitrary<bool>();
  full.recompute = {};
  full.recompute.mode = spec::RecomputeMode::kFull;
  RC_ASSERT(reserved(c, some) <= reserved(c, none) * (1 + 1e-12));
  const auto layer = estimate::layer_activations(c, estimate::layer_shape(full), full.recompute);
  const double rebuilt = std::max(layer.dense_whole, layer.moe_whole) * c.stack().memory.reserved_over_allocated;
  RC_ASSERT(reserved(c, full) <= (reserved(c, some) + rebuilt) * (1 + 1e-12));
  RC_ASSERT(step_s(c, some) >= step_s(c, none) * (1 - 1e-12));
  RC_ASSERT(step_s(c, full) >= step_s(c, some) * (1 - 1e-12));
}

RC_GTEST_PROP(EstimateProperty, RecomputingMoreLayersTakesLessMemoryAndMoreTime, ()) {
  Drawn d = draw();
  Strategy less = d.strategy, more = d.strategy;
  less.recompute = more.recompute = {};
  less.recompute.mode = more.recompute.mode = spec::RecomputeMode::kFull;
  less.recompute.layer_share = 0.25;
  more.recompute.layer_share = 0.75;
  RC_ASSERT(reserved(d.context, more) <= reserved(d.context, less) * (1 + 1e-12));
  RC_ASSERT(step_s(d.context, more) >= step_s(d.context, less) * (1 - 1e-12));
}

RC_GTEST_PROP(EstimateProperty, ShardingMoreTakesLessMemory, ()) {
  Drawn d = draw();
  double before = INFINITY;
  for (Sharding sharding : {Sharding::kZero0, Sharding::kZero1, Sharding::kZero2}) {
    d.strategy.sharding = sharding;
    d.strategy.shard_size = 0;
    const double now = reserved(d.context, d.strategy);
    RC_ASSERT(now <= before * (1 + 1e-12));
    before = now;
  }
}

// Gathering whole layers has its own buffers, so ZeRO-3 gains only where a stage holds more than the few that are in
// use.
RC_GTEST_PROP(EstimateProperty, ZeroThreeTakesLeastWhereAStageHasManyLayers, ()) {
  AnyQuestion any;
  any.models = {"llama-3.1-8b", "llama-3.1-70b", "gpt3-1.3b"};
  any.stacks = {"deepspeed"};
  any.gpus = {16, 32, 64};
  Drawn d = draw(any);
  RC_PRE(d.strategy.dp * d.strategy.cp >= 4);
  RC_PRE(d.context.model().num_hidden_layers / d.strategy.pp >= 12);
  d.strategy.shard_size = 0;
  Strategy two = d.strategy, three = d.strategy;
  two.sharding = Sharding::kZero2;
  three.sharding = Sharding::kZero3;
  RC_ASSERT(reserved(d.context, three) <= reserved(d.context, two) * (1 + 1e-12));
}

RC_GTEST_PROP(EstimateProperty, NothingFasterSlowsAStep, ()) {
  const Drawn d = draw();
  const double factor = 1 + *rc::gen::inRange(1, 40) / 10.0;
  estimate::Problem faster = d.context.problem;
  spec::Accelerator& a = faster.cluster.accelerator;
  const int what = *rc::gen::inRange(0, 5);
  if (what == 0) a.memory_bandwidth_gb_per_s *= factor;
  if (what == 1) a.scaleup_gb_per_s *= factor;
  if (what == 2) a.pcie_gb_per_s *= factor;
  if (what == 3) faster.cluster.nic_gb_per_s *= factor;
  if (what == 4) {
    spec::PeakTflops& peak = a.peak_dense_tflops;
    for (double* type : {&peak.fp32, &peak.bf16, &peak.fp16, &peak.fp8, &peak.fp4}) *type *= factor;
  }
  const double before = step_s(d.context, d.strategy), after = step_s(Context(std::move(faster)), d.strategy);
  RC_LOG() << "part " << what << " x " << factor << ": " << before << " -> " << after << "\n";
  RC_ASSERT(after <= before * (1 + 1e-9));
}

RC_GTEST_PROP(EstimateProperty, MoreMemoryNeverMakesAPlanNotFit, ()) {
  const Drawn d = draw();
  const double little = *rc::gen::inRange(1, 200) * 1e9, more = little * (1 + *rc::gen::inRange(0, 10) / 10.0);
  RC_ASSERT(!api::make_plan(d.context, d.strategy, little).fits || api::make_plan(d.context, d.strategy, more).fits);
}

RC_GTEST_PROP(EstimateProperty, MoreLayersOnTheHostTakeNoMoreMemoryAndNoLessTime, ()) {
  const Drawn d = draw();
  spec::Strategy some = d.strategy, more = d.strategy;
  some.offload_activations = 0.25;
  more.offload_activations = 0.75;
  const auto peak = [&](const spec::Strategy& s) {
    const auto stages = estimate::stage_memories(d.context, s);
    return stages[estimate::worst_stage(stages)].reserved;
  };
  RC_ASSERT(peak(some) <= peak(d.strategy));
  RC_ASSERT(peak(more) <= peak(some));
  RC_ASSERT(estimate::step_time(d.context, some).step_time_s >= estimate::step_time(d.context, d.strategy).step_time_s);
  RC_ASSERT(estimate::step_time(d.context, more).step_time_s >= estimate::step_time(d.context, some).step_time_s);
}

RC_GTEST_PROP(EstimateProperty, FiguresOfAPlanAgreeWithEachOther, ()) {
  const Drawn d = draw();
  const api::Plan p = api::make_plan(d.context, d.strategy, 40e9);
  RC_ASSERT(std::isfinite(p.time.step_time_s) && p.time.step_time_s > 0);
  RC_ASSERT(near(p.tokens_per_s * p.time.step_time_s, 1.0 * d.strategy.gbs * d.context.training().seq_length));
  RC_ASSERT(near(p.tokens_per_s, p.tokens_per_s_per_gpu * p.gpus));
  RC_ASSERT(p.mfu > 0 && p.mfu <= p.hfu * (1 + 1e-12));
  RC_ASSERT(p.fits == (p.over_gib == 0));
  RC_ASSERT(near(p.memory.peak_gib, p.memory.stages[p.memory.worst_stage].reserved_gib));
  RC_ASSERT(p.confidence.step_time_s[0] <= p.time.step_time_s && p.time.step_time_s <= p.confidence.step_time_s[1]);
  RC_ASSERT(p.confidence.oom_probability >= 0 && p.confidence.oom_probability <= 1);
  int layers = 0;
  for (const auto& stage : p.memory.stages) layers += stage.layers;
  RC_ASSERT(layers == d.context.model().num_hidden_layers + d.context.training().mtp_layers);
}

}  // namespace
}  // namespace shardplan::property
