// What must hold for any way of serving: nothing is faster than the memory and the compute units allow, and what is
// taken away never helps.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "api/fields.h"
#include "api/serving_question.h"
#include "base/units.h"
#include "estimate/serving/phase.h"
#include "model/parameters.h"
#include "search/serving/pools.h"

namespace shardplan::property {
namespace {

namespace es = estimate::serving;
namespace ss = search::serving;

struct Drawn {
  api::ResolvedServing question;
  std::vector<es::Way> ways;
};

api::ServingQuestion question() {
  api::ServingQuestion q;
  q.model.name = *rc::gen::element<std::string>("llama-3.1-8b", "llama-3.1-70b", "qwen3-235b-a22b", "deepseek-r1",
                                                "gpt-oss-120b", "mixtral-8x7b", "gemma-3-27b");
  q.cluster.gpu = *rc::gen::element<std::string>("h100", "h200", "b200", "a100", "l40s", "mi300x");
  q.cluster.gpus = *rc::gen::element(1, 2, 4, 8, 16);
  q.input_tokens = *rc::gen::element(1, 128, 1024, 8000, 30000);
  q.output_tokens = *rc::gen::element(1, 64, 1024);
  q.precision = *rc::gen::element(spec::WeightFormat::kBf16, spec::WeightFormat::kFp8, spec::WeightFormat::kInt4);
  q.kv_cache = *rc::gen::element(spec::KvFormat::kBf16, spec::KvFormat::kFp8);
  return q;
}

Drawn draw(const api::ServingQuestion& q) {
  auto resolved = api::resolve(q);
  RC_ASSERT(resolved.has_value());
  const es::Deployment d(resolved->problem);
  Drawn out{*std::move(resolved), {}};
  out.ways = ss::space(d, out.question.goal.shape, out.question.limits).ways;
  RC_PRE(!out.ways.empty());
  return out;
}

RC_GTEST_PROP(Serving, NothingBeatsTheBandwidthOrTheComputeBound, ()) {
  const Drawn drawn = draw(question());
  const api::ResolvedServing& q = drawn.question;
  const es::Deployment d(q.problem);
  const es::Way way = *rc::gen::elementOf(drawn.ways);
  const double batch = way.replicas * way.layout.dp * *rc::gen::element(1, 8, 64);
  const spec::Accelerator& a = q.problem.cluster.accelerator;
  const model::ParameterTotals p = model::total_parameters(d.model());
  const double gpus = way.replicas * gpus_of(way.layout);
  const auto [decode, prefill] =
      std::pair{es::phase_of(d, way, es::PhaseKind::kDecode, q.goal.shape, q.constants, batch),
                es::phase_of(d, way, es::PhaseKind::kPrefill, q.goal.shape, q.constants, batch)};
  // Each token reads at least what is active of the weights, in the narrowest format, once a group of ranks.
  const double narrowest =
      std::min({hardware::weight_bytes(way.precision.attention), hardware::weight_bytes(way.precision.mlp),
                hardware::weight_bytes(way.precision.experts)});
  const double embedding = static_cast<double>(d.model().vocab_size) * d.model().hidden_size;
  const double read = (p.active - 2 * embedding) * narrowest / (way.layout.tp * way.layout.dp);
  RC_ASSERT(decode.latency_s > read / (1e9 * a.memory_bandwidth_gb_per_s));
  const spec::PeakTflops& peak = a.peak_dense_tflops;
  const double flops = 1e12 * std::max({peak.bf16, peak.fp16, peak.fp8, peak.int8, peak.fp4});
  const double per_token = 2 * (p.active - 2 * embedding) / flops;
  RC_ASSERT(decode.tokens_per_s < gpus / per_token);
  RC_ASSERT(prefill.tokens_per_s < gpus / per_token);
}

RC_GTEST_PROP(Serving, ACachedPrefixNeverSlowsAnyoneDown, ()) {
  api::ServingQuestion q = question();
  const Drawn without = draw(q);
  q.prefix_cache_hit_rate = 0.5;
  const Drawn with = draw(q);
  const es::Deployment d(without.question.problem);
  const es::Way way = *rc::gen::elementOf(without.ways);
  const auto at = [&](const api::ResolvedServing& r) {
    return es::closed_loop_of(d, way, r.goal.shape, r.constants, 16);
  };
  const es::Operation a = at(without.question), b = at(with.question);
  RC_ASSERT(b.ttft_s <= a.ttft_s * 1.02);
  RC_ASSERT(b.tokens_per_s >= a.tokens_per_s * 0.98);
}

RC_GTEST_PROP(Serving, NoAcceptedDraftNeverHelps, ()) {
  api::ServingQuestion q = question();
  const Drawn without = draw(q);
  q.speculative = api::Drafting::kNgram;
  q.acceptance_rate = 0;
  const Drawn with = draw(q);
  const es::Way way = *rc::gen::elementOf(without.ways);
  const auto tpot = [&](const Drawn& x) {
    const es::Deployment d(x.question.problem);
    return es::closed_loop_of(d, way, x.question.goal.shape, x.question.constants, 16).tpot_s;
  };
  RC_ASSERT(tpot(with) >= tpot(without) * (1 - 1e-9));
}

RC_GTEST_PROP(Serving, LimitsAreKeptByEveryPlanAndPool, ()) {
  const Drawn drawn = draw(question());
  const es::Deployment d(drawn.question.problem);
  ss::Goal goal = drawn.question.goal;
  goal.tpot_limit_s = *rc::gen::element(0.01, 0.03, 0.1);
  goal.ttft_limit_s = *rc::gen::element(0.0, 0.5, 5.0);
  for (const ss::Point& p : ss::search(d, drawn.question.constants, drawn.ways, goal, false).points) {
    RC_ASSERT(p.operation.tpot_s <= goal.tpot_limit_s * (1 + 1e-6));
    RC_ASSERT(goal.ttft_limit_s == 0 || p.operation.ttft_s <= goal.ttft_limit_s * (1 + 1e-6));
  }
  const ss::PoolsFound pools =
      ss::search_pools(d, drawn.question.constants, drawn.ways, goal, drawn.question.problem.cluster.gpus);
  if (!pools.best) return;
  RC_ASSERT(pools.best->operation.tpot_s <= goal.tpot_limit_s * (1 + 1e-6));
  RC_ASSERT(goal.ttft_limit_s == 0 || pools.best->operation.ttft_s <= goal.ttft_limit_s * (1 + 1e-6));
  RC_ASSERT(pools.best->gpus <= drawn.question.problem.cluster.gpus);
}

}  // namespace
}  // namespace shardplan::property
