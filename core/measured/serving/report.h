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

Report report(const catalog::Catalog& catalog, const spec::ServingCalibration& calibration,
              const std::vector<spec::InferenceRow>& rows);

}  // namespace shardplan::measured::serving
