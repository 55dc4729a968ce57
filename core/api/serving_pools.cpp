#include "api/serving_pools.h"

#include <cmath>

#include "api/serving_fields.h"
#include "base/units.h"

namespace shardplan::api {

DisaggregatedPlan make_plan(const estimate::serving::Deployment& d, const ResolvedServing& q,
                            const search::serving::PoolPoint& point) {
  const estimate::serving::Operation& o = point.operation;
  DisaggregatedPlan p;
  p.summary = "prompts: " + way_text(point.prompts) + "; decoding: " + way_text(point.decode);
  p.prefill = strategy_of(point.prompts);
  p.prefill.max_num_seqs = 1;
  p.prefill.max_num_batched_tokens = static_cast<int>(q.constants.engine.chunk_tokens);
  p.decode = strategy_of(point.decode);
  p.decode.max_num_seqs = static_cast<int>(std::ceil(std::max(1.0, o.steady.concurrency) - 1e-9));
  p.decode.max_num_batched_tokens = p.decode.max_num_seqs;
  p.prefill_gpus = point.prompts.replicas * gpus_of(point.prompts.layout);
  p.decode_gpus = point.decode.replicas * gpus_of(point.decode.layout);
  p.gpus = point.gpus;
  p.ttft_ms = 1e3 * o.ttft_s;
  p.tpot_ms = 1e3 * o.tpot_s;
  p.request_s = o.request_s;
  p.transfer_ms = 1e3 * point.transfer_s;
  if (q.goal.requests_per_s && o.stable) {
    p.ttft_p90_ms = 1e3 * estimate::serving::ttft_quantile_s(o, 0.9);
    p.ttft_p99_ms = 1e3 * estimate::serving::ttft_quantile_s(o, 0.99);
  }
  p.prefill_utilisation = o.prompt_utilisation;
  p.concurrency = o.concurrency;
  p.requests_per_s = o.requests_per_s;
  p.tokens_per_s = o.tokens_per_s;
  p.tokens_per_s_per_gpu = o.tokens_per_s / point.gpus;
  p.tokens_per_s_per_user = 1 / o.tpot_s;
  if (const double usd = q.problem.cluster.usd_per_gpu_hour; usd > 0) {
    p.usd_per_hour = usd * p.gpus;
    p.usd_per_million_tokens = *p.usd_per_hour / kSecondsPerHour / o.tokens_per_s * 1e6;
  }
  p.prefill_memory = memory_fields(d, q, point.prompts);
  p.decode_memory = memory_fields(d, q, point.decode);
  if (point.over_limit > 0) {
    p.limit_missed = limit_name(point.missed);
    p.missed_by_pct = 100 * point.over_limit;
  }
  p.confidence = confidence_of(q, p.ttft_ms, p.tpot_ms, p.tokens_per_s, "disaggregated decode");
  p.confidence.level = "low";
  p.confidence.basis += "; of pools apart only the decoding was compared with measured runs";
  return p;
}

}  // namespace shardplan::api

namespace shardplan::json {

Fields Describe<api::DisaggregatedPlan>::fields() {
  using P = api::DisaggregatedPlan;
  static constexpr Field table[] = {
      field<&P::summary>("summary"),
      field<&P::prefill>("prefill", "Replicas that read prompts."),
      field<&P::decode>("decode", "Replicas that decode."),
      field<&P::prefill_gpus>("prefill_gpus"),
      field<&P::decode_gpus>("decode_gpus"),
      field<&P::gpus>("gpus"),
      field<&P::ttft_ms>("ttft_ms", "Mean: queue, prompt and transfer."),
      field<&P::tpot_ms>("tpot_ms", "Mean over a request."),
      field<&P::request_s>("request_s"),
      field<&P::transfer_ms>("transfer_ms", "A prompt's keys and values, sent once they are complete."),
      field<&P::ttft_p90_ms>("ttft_p90_ms", "Where requests arrive at random."),
      field<&P::ttft_p99_ms>("ttft_p99_ms"),
      field<&P::prefill_utilisation>("prefill_utilisation", "Share of the time that the pool of prompts is busy."),
      field<&P::concurrency>("concurrency", "Requests in the system."),
      field<&P::requests_per_s>("requests_per_s"),
      field<&P::tokens_per_s>("tokens_per_s", "Output tokens of all replicas."),
      field<&P::tokens_per_s_per_gpu>("tokens_per_s_per_gpu", "Of both pools' GPUs."),
      field<&P::tokens_per_s_per_user>("tokens_per_s_per_user", "1 / TPOT."),
      field<&P::usd_per_million_tokens>("usd_per_million_tokens", "Output tokens."),
      field<&P::usd_per_hour>("usd_per_hour"),
      field<&P::prefill_memory>("prefill_memory"),
      field<&P::decode_memory>("decode_memory"),
      field<&P::limit_missed>("limit_missed", "The limit that it misses most.").omit_default(),
      field<&P::missed_by_pct>("missed_by_pct").omit_default(),
      field<&P::confidence>("confidence"),
  };
  return table;
}

}  // namespace shardplan::json
