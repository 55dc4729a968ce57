#include "api/serving_plan.h"

#include <cmath>

#include "base/text.h"
#include "base/units.h"
#include "catalog/serving_catalog.h"
#include "json/serving_fields.h"
#include "model/parameters.h"

namespace shardplan::api {
namespace {

namespace serving = estimate::serving;
using spec::WeightFormat;

template <class E>
const char* enum_name(E e) {
  for (const json::EnumEntry& entry : json::DescribeEnum<E>::entries())
    if (entry.value == static_cast<int>(e)) return entry.name;
  return "";
}

// The format that the plan is called by: the experts' where there are any.
WeightFormat format_of(const spec::ServingPrecision& p) { return p.experts; }

std::vector<double> around(double value, const spec::ServingInterval& i) { return {value * i.low, value * i.high}; }

ServingStepFields step_of(const ResolvedServing& q, const serving::Operation& o) {
  const serving::Profile& p = o.steady.profile;
  const double decode = q.constants.generation.decode * p.pp / p.tokens_per_step * 1e3;
  ServingStepFields s;
  s.gemm_ms = decode * p.decode.gemm_s;
  s.attention_ms = decode * q.constants.physics.decode_attention * p.decode.attention_s;
  s.experts_ms = decode * q.constants.physics.decode_experts * p.decode.experts_s;
  s.communication_ms = decode * p.decode.communication_s;
  s.elementwise_ms = decode * p.decode.elementwise_s;
  s.head_ms = decode * p.decode.head_s;
  s.draft_ms = decode * (p.draft.sum_s() + (q.constants.physics.decode_attention - 1) * p.draft.attention_s +
                         (q.constants.physics.decode_experts - 1) * p.draft.experts_s);
  const double step = serving::token_s(p, q.constants) * 1e3;
  s.engine_ms = step - (s.gemm_ms + s.attention_ms + s.experts_ms + s.communication_ms + s.elementwise_ms + s.head_ms +
                        s.draft_ms);
  s.prompts_ms = std::max(0.0, o.tpot_s * 1e3 - step);
  return s;
}

void take_percentiles(const serving::Deployment& d, const ResolvedServing& q, const search::serving::Point& point,
                      ServingPlan& p) {
  if (!q.goal.requests_per_s || !point.operation.stable) return;
  const auto tpot = [&](double quantile) {
    return 1e3 * serving::tpot_quantile_s(d, point.way, q.goal.shape, q.constants, point.operation, quantile);
  };
  p.ttft_p90_ms = 1e3 * serving::ttft_quantile_s(point.operation, 0.9);
  p.ttft_p99_ms = 1e3 * serving::ttft_quantile_s(point.operation, 0.99);
  p.tpot_p90_ms = tpot(0.9);
  p.tpot_p99_ms = tpot(0.99);
}

}  // namespace

std::string way_text(const serving::Way& way) {
  const spec::ServingLayout& l = way.layout;
  std::string text = way.replicas > 1 ? std::to_string(way.replicas) + " replicas of TP " : "TP ";
  text += std::to_string(l.tp);
  if (l.pp > 1) text += ", PP " + std::to_string(l.pp);
  if (l.dp > 1) text += ", attention DP " + std::to_string(l.dp);
  if (l.ep > 1) text += ", EP " + std::to_string(l.ep);
  return text + ", " + enum_name(format_of(way.precision)) +
         (way.precision.kv == spec::KvFormat::kFp8 ? ", fp8 cache" : "");
}

ServingStrategyFields strategy_of(const serving::Way& way) {
  const spec::ServingLayout& l = way.layout;
  return {l.tp, l.pp, l.dp, l.ep, l.etp, way.replicas, format_of(way.precision), way.precision.kv};
}

ServingMemoryFields memory_fields(const serving::Deployment& d, const ResolvedServing& q, const serving::Way& way) {
  const serving::Memory m = serving::memory_of(d, way.layout, way.precision);
  const double longest = q.goal.shape.input_tokens + q.goal.shape.output_tokens;
  const double sequence = serving::sequence_bytes(d, way.layout, way.precision.kv, longest);
  ServingMemoryFields f;
  f.weights_gib = m.weights / kGib;
  f.adapters_gib = m.adapters / kGib;
  f.kv_cache_gib = m.kv_room / kGib;
  f.activations_gib = m.activations / kGib;
  f.overhead_gib = m.context / kGib;
  f.capacity_gib = m.capacity / kGib;
  f.kv_bytes_per_token = sequence / longest;
  f.kv_cache_tokens = std::floor(m.kv_room / f.kv_bytes_per_token) * way.layout.dp;
  f.max_concurrency = std::floor(m.kv_room / sequence) * way.layout.dp * way.replicas;
  return f;
}

const spec::ServingInterval& interval_of(const ResolvedServing& q, const char* quantity, const char* kind) {
  const catalog::IntervalKey key{kind, q.problem.model.id, model::is_moe(q.problem.model),
                                 q.problem.generation.calibrated};
  return catalog::serving_interval(serving_catalog().calibration, quantity, key);
}

ServingConfidence confidence_of(const ResolvedServing& q, double ttft_ms, double tpot_ms, double tokens_per_s,
                                const char* kind) {
  const spec::ServingInterval& tpot = interval_of(q, "tpot", kind);
  ServingConfidence c;
  c.ttft_ms = around(ttft_ms, interval_of(q, "ttft", kind));
  c.tpot_ms = around(tpot_ms, tpot);
  c.tokens_per_s = around(tokens_per_s, interval_of(q, "throughput", kind));
  c.level = tpot.level;
  c.basis = tpot.basis;
  c.runs = tpot.runs;
  return c;
}

const char* limit_name(const std::string& limit) {
  if (limit == "ttft") return "ttft_limit_ms";
  if (limit == "tpot") return "tpot_limit_ms";
  if (limit == "request") return "request_limit_s";
  if (limit == "throughput") return "least_tokens_per_s";
  return "requests_per_s";
}

ServingPlan make_plan(const serving::Deployment& d, const ResolvedServing& q, const search::serving::Point& point) {
  const serving::Way& way = point.way;
  const serving::Operation& o = point.operation;
  ServingPlan p;
  p.summary = way_text(way);
  p.strategy = strategy_of(way);
  p.strategy.max_num_seqs = static_cast<int>(std::ceil(std::max(1.0, o.steady.concurrency) - 1e-9));
  p.strategy.max_num_batched_tokens = static_cast<int>(q.constants.engine.chunk_tokens);
  p.gpus = point.gpus;
  p.ttft_ms = o.ttft_s * 1e3;
  p.tpot_ms = o.tpot_s * 1e3;
  p.request_s = o.request_s;
  p.concurrency = o.concurrency;
  p.requests_per_s = o.requests_per_s;
  p.tokens_per_s = o.tokens_per_s;
  p.tokens_per_s_per_gpu = search::serving::per_gpu(point);
  p.tokens_per_s_per_user = search::serving::per_user(point);
  if (const double usd = q.problem.cluster.usd_per_gpu_hour; usd > 0) {
    p.usd_per_hour = usd * p.gpus;
    p.usd_per_million_tokens = *p.usd_per_hour / kSecondsPerHour / o.tokens_per_s * 1e6;
  }
  p.memory = memory_fields(d, q, way);
  p.step = step_of(q, o);
  p.confidence = confidence_of(q, p.ttft_ms, p.tpot_ms, p.tokens_per_s);
  take_percentiles(d, q, point, p);
  return p;
}

}  // namespace shardplan::api
