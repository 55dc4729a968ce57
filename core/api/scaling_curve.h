// How speed grows with the number of GPUs: plans at several sizes side by side, and what is lost on the way.
// api/operations/scaling.cpp finds the plans.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/plan.h"

namespace shardplan::api {

// One part of the GPU time that a token takes, and by how much of the whole it grew since the size before.
struct Loss {
  std::string part;
  double pct = 0;
};

struct ScalingPoint {
  int gpus = 0;
  int gbs = 0;
  bool fits = false;
  std::string reason;  // why there is no plan, or none that fits
  double over_gib = 0;
  std::string summary;
  std::optional<StrategyFields> strategy;
  double step_time_s = 0;
  std::vector<double> step_time_range_s;
  double tokens_per_s = 0, tokens_per_s_per_gpu = 0, mfu = 0;
  double peak_gib = 0;
  std::optional<double> usd_per_million_tokens;
  double speedup = 0;                    // against the first size that fits
  double efficiency = 0;                 // speed per GPU against the size whose GPUs are fastest
  std::vector<double> efficiency_range;  // as far as this size's step time may be off
  double lost_pct = 0;                   // of the speed per GPU since the size before
  std::vector<Loss> lost_to;
};

struct ScalingCurve {
  std::vector<ScalingPoint> points;
  int efficient_up_to_gpus = 0;      // 0: nothing fits
  std::optional<int> bends_at_gpus;  // first size that loses more than the estimates' error
  std::string why;
};

// A size at which a plan was looked for: a plan, or the reason for there being none.
struct SizedPlan {
  int gpus = 0;
  int gbs = 0;
  std::optional<Plan> plan;
  std::string reason;
};

// `tie_gap`: gap of two plans below which the estimates do not tell them apart.
ScalingCurve curve_of(const std::vector<SizedPlan>& plans, double least_efficiency, double tie_gap);

}  // namespace shardplan::api
