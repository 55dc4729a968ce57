// Would the best layout have been chosen? Offline by throughput; in serving by throughput under a limit on TPOT, where
// a layout's measured points are joined along the number of users.
#pragma once

#include <vector>

#include "measured/serving/report.h"

namespace shardplan::measured::serving {

// One ranking for "offline throughput", one for each limit of TPOT ("TPOT 15 ms"), and "TPOT limits" for all of them.
std::vector<FamilyRanking> layout_rankings(const std::vector<ReportRow>& rows);

// Tokens per second and GPU at the limit, interpolated in logarithms between points ordered by TPOT; 0 where none is
// fast enough.
struct FrontierPoint {
  double tpot_s = 0, tokens_per_s_per_gpu = 0;
};
double throughput_at(std::vector<FrontierPoint> points, double tpot_limit_s);

}  // namespace shardplan::measured::serving
