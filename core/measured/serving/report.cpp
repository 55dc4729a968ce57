#include "measured/serving/report.h"

#include "catalog/serving_catalog.h"
#include "measured/serving/decisions.h"
#include "measured/serving/fit.h"
#include "model/parameters.h"

namespace shardplan::measured::serving {
namespace {

Compared compared(double predicted, double measured, bool counts, const spec::ServingInterval& i) {
  Compared c;
  c.predicted = predicted;
  c.low = predicted * i.low;
  c.high = predicted * i.high;
  if (measured > 0 && predicted > 0) {
    c.measured = measured;
    c.error = predicted / measured - 1;
    c.counts = counts;
  }
  return c;
}

}  // namespace

Report report(const catalog::Catalog& catalog, const spec::ServingCalibration& calibration,
              const std::vector<spec::InferenceRow>& rows) {
  Report out;
  Loaded loaded = load(catalog, rows);
  for (auto& [id, reason] : loaded.skipped) out.skipped.push_back({id, reason});
  for (Run& run : loaded.runs) {
    const Prediction p = predict(run, prepare(run, calibration), constants_of(run, calibration));
    const Targets t = targets_of(run);
    const catalog::IntervalKey key{name_of(run.mode), run.model.id, model::is_moe(run.model), true};
    const auto interval = [&](const char* quantity) -> const spec::ServingInterval& {
      return catalog::serving_interval(calibration, quantity, key);
    };
    ReportRow r;
    r.ttft_s = compared(p.ttft_s, run.ttft_s, t.ttft, interval("ttft"));
    r.tpot_s = compared(p.tpot_s, run.tpot_s, t.tpot, interval("tpot"));
    r.tokens_per_s_per_gpu =
        compared(p.tokens_per_s_per_gpu, run.tokens_per_s_per_gpu, t.throughput, interval("throughput"));
    r.run = std::move(run);
    out.rows.push_back(std::move(r));
  }
  out.rankings = layout_rankings(out.rows);
  return out;
}

}  // namespace shardplan::measured::serving
