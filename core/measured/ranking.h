// Does the planner put the best configuration first? Groups are runs of the same model on the same machines under
// several configurations.
#pragma once

#include <string>
#include <vector>

namespace shardplan::measured {

struct Candidate {
  std::string group;
  double predicted_s_per_token = 0;
  double measured_s_per_token = 0;
};

struct RankingSummary {
  int groups = 0;  // with at least two configurations
  int configurations = 0;
  double best_first_pct = 0;  // groups whose best run is predicted to be the best
  double best_in_three_pct = 0;
  double mean_regret_pct = 0;  // how much slower than the best run the one predicted best was
  double median_regret_pct = 0;
};

RankingSummary rank(const std::vector<Candidate>& candidates);

}  // namespace shardplan::measured
