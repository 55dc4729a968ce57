#include "api/serving_precisions.h"

#include "api/serving_fields.h"
#include "base/units.h"

namespace shardplan::api {
namespace {

namespace ss = search::serving;
using spec::KvFormat;
using spec::WeightFormat;

std::vector<WeightFormat> formats_of(const ResolvedServing& q) {
  const spec::PeakTflops& peak = q.problem.cluster.accelerator.peak_dense_tflops;
  std::vector<WeightFormat> out = {WeightFormat::kBf16};
  if (peak.fp8 > 0) out.push_back(WeightFormat::kFp8);
  else if (peak.int8 > 0) out.push_back(WeightFormat::kInt8);
  out.push_back(peak.fp4 > 0 ? WeightFormat::kNvfp4 : WeightFormat::kInt4);
  return out;
}

double change_pct(double value, double before) { return 100 * (value / before - 1); }

PrecisionOption option_of(const ResolvedServing& asked, WeightFormat weights, const spec::ServingPrecision& precision) {
  ResolvedServing q = asked;
  q.limits.precisions = {precision};
  const estimate::serving::Deployment d(q.problem);
  const ss::Space space = ss::space(d, q.goal.shape, q.limits);
  const ss::Found found = ss::search(d, q.constants, space.ways, q.goal, false);
  PrecisionOption o;
  o.precision = weights;
  o.kv_cache = precision.kv;
  o.within_limits = !found.points.empty();
  o.fits = o.within_limits || found.nearest.has_value();
  if (!o.fits) return o;
  const ss::Point& p = o.within_limits ? found.points.front() : *found.nearest;
  const ServingMemoryFields memory = memory_fields(d, q, p.way);
  o.summary = way_text(p.way);
  o.ttft_ms = 1e3 * p.operation.ttft_s;
  o.tpot_ms = 1e3 * p.operation.tpot_s;
  o.tokens_per_s_per_gpu = ss::per_gpu(p);
  o.weights_gib = memory.weights_gib;
  o.max_concurrency = memory.max_concurrency;
  return o;
}

}  // namespace

std::vector<PrecisionOption> precision_options(const ResolvedServing& q) {
  const spec::ServingPrecision& asked = q.limits.precisions.front();
  std::vector<PrecisionOption> out = {option_of(q, asked.experts, asked)};
  const bool narrow_cache = q.problem.cluster.accelerator.peak_dense_tflops.fp8 > 0;
  for (const WeightFormat f : formats_of(q))
    for (const KvFormat kv : {KvFormat::kBf16, KvFormat::kFp8}) {
      if (kv == KvFormat::kFp8 && !narrow_cache) continue;
      const spec::ServingPrecision p = precision_for(q.problem.model, f, kv);
      if (!(p == asked)) out.push_back(option_of(q, f, p));
    }
  const PrecisionOption first = out.front();
  if (!first.fits) return out;
  for (size_t i = 1; i < out.size(); ++i) {
    PrecisionOption& o = out[i];
    if (!o.fits) continue;
    o.ttft_change_pct = change_pct(o.ttft_ms, first.ttft_ms);
    o.tpot_change_pct = change_pct(o.tpot_ms, first.tpot_ms);
    o.throughput_change_pct = change_pct(o.tokens_per_s_per_gpu, first.tokens_per_s_per_gpu);
    if (first.max_concurrency > 0) o.max_concurrency_change_pct = change_pct(o.max_concurrency, first.max_concurrency);
  }
  return out;
}

}  // namespace shardplan::api

namespace shardplan::json {

Fields Describe<api::PrecisionOption>::fields() {
  using P = api::PrecisionOption;
  static constexpr Field table[] = {
      field<&P::precision>("precision", "Weights; of the experts where there are any."),
      field<&P::kv_cache>("kv_cache", "Keys and values."),
      field<&P::fits>("fits"),
      field<&P::within_limits>("within_limits", "The figures are those of the best plan; else of the nearest."),
      field<&P::summary>("summary"),
      field<&P::ttft_ms>("ttft_ms"),
      field<&P::tpot_ms>("tpot_ms"),
      field<&P::tokens_per_s_per_gpu>("tokens_per_s_per_gpu", "Output tokens."),
      field<&P::weights_gib>("weights_gib", "Of one GPU."),
      field<&P::max_concurrency>("max_concurrency", "Requests of full length that memory holds."),
      field<&P::ttft_change_pct>("ttft_change_pct", "Against the first, the formats that are asked for."),
      field<&P::tpot_change_pct>("tpot_change_pct"),
      field<&P::throughput_change_pct>("throughput_change_pct", "Of tokens per second and GPU."),
      field<&P::max_concurrency_change_pct>("max_concurrency_change_pct"),
  };
  return table;
}

}  // namespace shardplan::json
