// Every row of measured serving beside its prediction, what became of the others, and whether the best of several
// layouts would have been chosen.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "measured/ranking.h"
#include "measured/report.h"
#include "measured/serving/predict.h"

namespace shardplan::measured::serving {

struct ReportRow {
  Run run;
  Compared ttft_s, tpot_s, tokens_per_s_per_gpu;
};

struct Report {
  std::vector<ReportRow> rows;
  std::vector<SkippedRow> skipped;
  std::vector<FamilyRanking> rankings;
};

// Intervals are named by quantity and kind of run: "tpot, serving". The one of a quantity alone stands for the rest.
const spec::ServingInterval& interval_of(const spec::ServingCalibration& calibration, const std::string& quantity,
                                         const std::string& kind);

Report report(const catalog::Catalog& catalog, const spec::ServingCalibration& calibration,
              const std::vector<spec::InferenceRow>& rows);

}  // namespace shardplan::measured::serving
