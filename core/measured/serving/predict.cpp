#include "measured/serving/predict.h"

#include <algorithm>

#include "catalog/serving_catalog.h"
#include "estimate/serving/steady.h"
#include "measured/serving/rules.h"

namespace shardplan::measured::serving {
namespace {

namespace serving = estimate::serving;

constexpr double kUnderTheLimit = 0.85;  // mean TPOT whose 99th percentile meets MLPerf's limit
constexpr int kBisections = 14;

class Preparation {
 public:
  Preparation(const Run& run, const spec::ServingCalibration& calibration)
      : run_(run), deployment_(problem_of(run, calibration)), constants_(constants_of(run, calibration)) {
    const serving::Memory memory = serving::memory_of(deployment_, run.layout, run.precision);
    const auto fits = [&](double tokens) {
      const double each = serving::kv_bytes_of_sequence(run.model, run.layout, run.precision.kv, tokens);
      return std::max(1.0, memory.kv_room / each);
    };
    steady_ = fits(run.shape.input_tokens + run.shape.output_tokens / 2);
    longest_ = fits(run.shape.input_tokens + run.shape.output_tokens);
  }

  Prepared run() {
    switch (run_.mode) {
      case Mode::kServing: return closed_loop();
      case Mode::kDecodePool: return decode_pool();
      case Mode::kStaticBatch: return static_batch();
      case Mode::kPrefill: return at(1);
      case Mode::kOffline: return at(std::min(most() * run_.layout.pp, longest_));
      case Mode::kMlperfOffline: return at(std::min(most() * run_.layout.pp, steady_));
      case Mode::kMlperfServer:
      case Mode::kMlperfInteractive: return under_limit();
    }
    return {};
  }

 private:
  const Run& run_;
  const serving::Deployment deployment_;
  const serving::Constants constants_;
  double steady_ = 1, longest_ = 1;  // sequences that memory holds: in the middle of their lives, at the end

  double most() const {
    double most = run_.most_sequences > 0 ? run_.most_sequences : constants_.engine.most_sequences;
    if (run_.mode == Mode::kOffline && run_.concurrency > 0) most = std::min(most, run_.concurrency / run_.layout.dp);
    return most;
  }

  Prepared at(double sequences) const {
    sequences = std::max(1.0, sequences);
    return {serving::profile(deployment_, run_.layout, run_.precision, {run_.shape, sequences, true}), sequences, 0};
  }

  Prepared closed_loop() const {
    const serving::Steady s = serving::closed_loop_state(deployment_, {run_.layout, run_.precision, 1}, run_.shape,
                                                         constants_, run_.concurrency / run_.layout.dp);
    return {s.profile, s.concurrency, s.wait};
  }

  // Decoding workers of a disaggregated deployment: requests that wait for their first token are elsewhere. The share
  // comes from the row's own latencies (Little's law).
  Prepared decode_pool() const {
    const double decoding = run_.shape.output_tokens * run_.tpot_s;
    const double share = decoding > 0 ? decoding / (decoding + run_.row.ttft_ms / 1e3) : 1;
    return at(std::min(std::max(1.0, run_.concurrency / run_.layout.dp * share), steady_));
  }

  Prepared static_batch() const {
    Prepared p = at(std::max(1.0, run_.concurrency));
    p.profile.prompt = serving::kernel_times(deployment_, run_.layout, run_.precision,
                                             {0, 1, {{run_.shape.input_tokens, 0, p.profile.sequences}}});
    p.profile.reading = (1 / p.profile.chunks) * p.profile.reading;
    p.profile.chunks = 1;
    return p;
  }

  // The largest batch that keeps the scenario's limit.
  Prepared under_limit() const {
    const auto task = mlperf_task(run_.model.id);
    double limit = run_.mode == Mode::kMlperfServer ? task->server_tpot_s : task->interactive_tpot_s;
    if (limit <= 0) limit = 0.1;
    limit *= kUnderTheLimit;
    double low = 1, high = std::min(most() * run_.layout.pp, steady_);
    const auto tpot = [&](double b) {
      const Prepared p = at(b);
      return p.profile.pp * serving::decode_step_s(p.profile, constants_) +
             b * serving::prompt_added_s(p.profile, constants_) / run_.shape.output_tokens;
    };
    for (int i = 0; i < kBisections && high > 1.02 * low; ++i) {
      const double middle = low + (high - low) * (i < 4 ? 0.35 : 0.5);
      (tpot(middle) < limit ? low : high) = middle;
    }
    return at(high);
  }
};

}  // namespace

serving::Constants constants_of(const Run& run, const spec::ServingCalibration& c) {
  serving::Constants out;
  out.engine = **catalog::find_engine(c, run.engine, "/engine");
  out.generation = catalog::serving_generation_of(c, run.cluster.accelerator);
  out.physics = c.physics;
  out.harness = catalog::harness_of(c, run.harness);
  out.harness.wait_steps = run.wait_steps;
  if (run.chunk_tokens > 0) out.engine.chunk_tokens = run.chunk_tokens;
  if (run.mode == Mode::kDecodePool || run.mode == Mode::kStaticBatch || run.mode == Mode::kPrefill)
    out.engine.mixes_prefill = false;
  return out;
}

serving::Problem problem_of(const Run& run, const spec::ServingCalibration& c) {
  const serving::Constants k = constants_of(run, c);
  return {run.model,
          run.cluster,
          k.engine,
          k.generation,
          k.physics,
          catalog::kernel_table_of(c, run.cluster.accelerator),
          catalog::pcie_table_of(c, run.cluster.accelerator)};
}

Prepared prepare(const Run& run, const spec::ServingCalibration& calibration) {
  return Preparation(run, calibration).run();
}

Prediction predict(const Run& run, const Prepared& p, const serving::Constants& c) {
  Prediction out;
  const serving::Profile& f = p.profile;
  const double gpus_per_group = static_cast<double>(run.layout.tp) * run.layout.pp;
  switch (run.mode) {
    case Mode::kServing: {
      const serving::Latency l = serving::closed_loop(f, c, p.concurrency, p.wait);
      out.ttft_s = l.ttft_s;
      out.tpot_s = l.tpot_s;
      out.tokens_per_s_per_gpu = p.concurrency * (1 + p.wait) * f.shape.output_tokens /
                                 (l.ttft_s + (f.shape.output_tokens - 1) * l.tpot_s) / gpus_per_group;
      break;
    }
    case Mode::kDecodePool: out.tpot_s = f.pp * serving::decode_step_s(f, c); break;
    case Mode::kPrefill: out.ttft_s = f.pp * serving::prompt_alone_s(f, c); break;
    case Mode::kStaticBatch:
      out.tokens_per_s_per_gpu = serving::static_batch_tokens_per_s(f, c) / gpus_per_group;
      break;
    default: out.tokens_per_s_per_gpu = serving::offline_tokens_per_s(f, c) / gpus_per_group;
  }
  return out;
}

}  // namespace shardplan::measured::serving
