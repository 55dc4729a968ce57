#include "measured/ranking.h"

#include <algorithm>
#include <map>

#include "measured/accuracy.h"

namespace shardplan::measured {

RankingSummary rank(const std::vector<Candidate>& candidates) {
  std::map<std::string, std::vector<Candidate>> groups;
  for (const Candidate& c : candidates)
    if (!c.group.empty()) groups[c.group].push_back(c);
  RankingSummary out;
  int first = 0, in_three = 0;
  std::vector<double> regrets;
  for (auto& [name, group] : groups) {
    if (group.size() < 2) continue;
    std::stable_sort(group.begin(), group.end(), [](const Candidate& a, const Candidate& b) {
      return a.predicted_s_per_token < b.predicted_s_per_token;
    });
    const auto best = std::min_element(group.begin(), group.end(), [](const Candidate& a, const Candidate& b) {
      return a.measured_s_per_token < b.measured_s_per_token;
    });
    ++out.groups;
    out.configurations += static_cast<int>(group.size());
    first += best == group.begin();
    in_three += best - group.begin() < 3;
    regrets.push_back(group.front().measured_s_per_token / best->measured_s_per_token - 1);
  }
  if (out.groups == 0) return out;
  out.best_first_pct = 100.0 * first / out.groups;
  out.best_in_three_pct = 100.0 * in_three / out.groups;
  double sum = 0;
  for (double r : regrets) sum += r;
  out.mean_regret_pct = 100 * sum / out.groups;
  out.median_regret_pct = 100 * quantile(regrets, 0.5);
  return out;
}

}  // namespace shardplan::measured
