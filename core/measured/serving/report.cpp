#include "measured/serving/report.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "measured/serving/decisions.h"
#include "measured/serving/fit.h"

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

const spec::ServingInterval& interval_of(const spec::ServingCalibration& c, const std::string& quantity,
                                         const std::string& kind) {
  static const spec::ServingInterval kNone;
  const spec::ServingInterval* general = &kNone;
  for (const spec::ServingInterval& i : c.intervals) {
    if (i.id == quantity + ", " + kind) return i;
    if (i.id == quantity) general = &i;
  }
  return *general;
}

Report report(const catalog::Catalog& catalog, const spec::ServingCalibration& calibration,
              const std::vector<spec::InferenceRow>& rows) {
  Report out;
  Loaded loaded = load(catalog, rows);
  for (auto& [id, reason] : loaded.skipped) out.skipped.push_back({id, reason});
  for (Run& run : loaded.runs) {
    const Prediction p = predict(run, prepare(run, calibration), constants_of(run, calibration));
    const Targets t = targets_of(run);
    const std::string kind = name_of(run.mode);
    ReportRow r;
    r.ttft_s = compared(p.ttft_s, run.ttft_s, t.ttft, interval_of(calibration, "ttft", kind));
    r.tpot_s = compared(p.tpot_s, run.tpot_s, t.tpot, interval_of(calibration, "tpot", kind));
    r.tokens_per_s_per_gpu = compared(p.tokens_per_s_per_gpu, run.tokens_per_s_per_gpu, t.throughput,
                                      interval_of(calibration, "throughput", kind));
    r.run = std::move(run);
    out.rows.push_back(std::move(r));
  }
  out.rankings = layout_rankings(out.rows);
  return out;
}

}  // namespace shardplan::measured::serving
