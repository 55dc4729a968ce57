#include "measured/serving/decisions.h"

#include <algorithm>
#include <map>

#include "base/math.h"
#include "base/text.h"
#include "measured/accuracy.h"

namespace shardplan::measured::serving {
namespace {

constexpr double kLimits_s[] = {0.008, 0.015, 0.030, 0.060};

// What one layout would bring within the limit, as predicted and as measured; 0 where it is never fast enough.
struct Choice {
  int gpus = 0;
  double predicted = 0, measured = 0;
  double fastest_s = 0;  // predicted TPOT with the fewest users
};

// One decision: whether the choice was the best one, and the share of the best throughput that it loses.
struct Regret {
  bool right = false;
  double lost = 0;
};

Regret regret_of(const std::vector<Choice>& choices, const Choice& chosen) {
  double best = 0;
  for (const Choice& c : choices) best = std::max(best, c.measured);
  return {chosen.measured >= best, 1 - chosen.measured / best};
}

FamilyRanking summary_of(std::string name, const std::vector<Regret>& regrets, int configurations) {
  FamilyRanking out;
  out.family = std::move(name);
  RankingSummary& s = out.summary;
  s.groups = static_cast<int>(regrets.size());
  s.configurations = configurations;
  if (regrets.empty()) return out;
  std::vector<double> lost;
  double sum = 0;
  int right = 0;
  for (const Regret& r : regrets) {
    lost.push_back(r.lost);
    sum += r.lost;
    right += r.right;
  }
  s.best_first_pct = 100.0 * right / s.groups;
  s.mean_regret_pct = 100 * sum / s.groups;
  s.median_regret_pct = 100 * quantile(lost, 0.5);
  return out;
}

std::string problem_key(const Run& r) {
  return r.model.id + "|" + r.cluster.accelerator.id + "|" + std::to_string(static_cast<int>(r.precision.mlp)) + "|" +
         number_text(r.shape.input_tokens) + "|" + number_text(r.shape.output_tokens);
}
std::string layout_key(const Run& r) {
  return std::to_string(r.layout.tp) + "/" + std::to_string(r.layout.pp) + "/" + std::to_string(r.layout.dp) + "/" +
         std::to_string(r.layout.ep);
}

FamilyRanking offline_ranking(const std::vector<ReportRow>& rows) {
  std::vector<Candidate> candidates;
  for (const ReportRow& r : rows)
    if (r.run.mode == Mode::kOffline && r.tokens_per_s_per_gpu.counts)
      candidates.push_back({problem_key(r.run) + "|" + r.run.row.framework, 1 / r.tokens_per_s_per_gpu.predicted,
                            1 / *r.tokens_per_s_per_gpu.measured});
  return {"offline throughput", rank(candidates)};
}

using Layouts = std::map<std::string, std::vector<const ReportRow*>>;

std::map<std::string, Layouts> serving_groups(const std::vector<ReportRow>& rows) {
  std::map<std::string, Layouts> groups;
  for (const ReportRow& r : rows) {
    if (r.run.mode != Mode::kServing || !r.run.doubts.empty() || r.run.row.derived_out_tps_per_gpu <= 0) continue;
    groups[problem_key(r.run) + "|" + r.run.engine][layout_key(r.run)].push_back(&r);
  }
  for (auto& [key, layouts] : groups) std::erase_if(layouts, [](const auto& l) { return l.second.size() < 2; });
  return groups;
}

Choice choice_of(const std::vector<const ReportRow*>& rows, double limit_s) {
  std::vector<FrontierPoint> predicted, measured;
  Choice c;
  c.gpus = gpus_of(rows.front()->run.layout);
  for (const ReportRow* r : rows) {
    predicted.push_back({r->tpot_s.predicted, r->tokens_per_s_per_gpu.predicted});
    measured.push_back({r->run.tpot_s, r->run.row.derived_out_tps_per_gpu});
    if (c.fastest_s == 0 || r->tpot_s.predicted < c.fastest_s) c.fastest_s = r->tpot_s.predicted;
  }
  c.predicted = throughput_at(std::move(predicted), limit_s);
  c.measured = throughput_at(std::move(measured), limit_s);
  return c;
}

const Choice& predicted_best(const std::vector<Choice>& choices) {
  const auto by_throughput = [](const Choice& a, const Choice& b) { return a.predicted < b.predicted; };
  const Choice& best = *std::max_element(choices.begin(), choices.end(), by_throughput);
  if (best.predicted > 0) return best;
  return *std::min_element(choices.begin(), choices.end(),
                           [](const Choice& a, const Choice& b) { return a.fastest_s < b.fastest_s; });
}

// The layout of the fewest GPUs that meets the limit, by measurement: a rule that nobody could follow beforehand.
const Choice& smallest(const std::vector<Choice>& choices) {
  const Choice* least = nullptr;
  for (const Choice& c : choices)
    if (c.measured > 0 && (least == nullptr || c.gpus < least->gpus)) least = &c;
  return *least;
}

}  // namespace

double throughput_at(std::vector<FrontierPoint> points, double limit_s) {
  std::stable_sort(points.begin(), points.end(),
                   [](const FrontierPoint& a, const FrontierPoint& b) { return a.tpot_s < b.tpot_s; });
  double best = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    const FrontierPoint& p = points[i];
    if (p.tpot_s <= limit_s) {
      best = std::max(best, p.tokens_per_s_per_gpu);
      continue;
    }
    if (i == 0) break;
    const FrontierPoint& before = points[i - 1];
    const double share = log2(limit_s / before.tpot_s) / log2(p.tpot_s / before.tpot_s);
    return std::max(best, exp2((1 - share) * log2(before.tokens_per_s_per_gpu) + share * log2(p.tokens_per_s_per_gpu)));
  }
  return best;
}

std::vector<FamilyRanking> layout_rankings(const std::vector<ReportRow>& rows) {
  std::vector<FamilyRanking> out;
  if (const FamilyRanking offline = offline_ranking(rows); offline.summary.groups > 0) out.push_back(offline);
  std::vector<Regret> all, all_smallest;
  int all_configurations = 0;
  const auto groups = serving_groups(rows);
  for (const double limit : kLimits_s) {
    std::vector<Regret> model, rule;
    int configurations = 0;
    for (const auto& [key, layouts] : groups) {
      std::vector<Choice> choices;
      for (const auto& [name, of_layout] : layouts) choices.push_back(choice_of(of_layout, limit));
      const auto meets = std::count_if(choices.begin(), choices.end(), [](const Choice& c) { return c.measured > 0; });
      if (meets < 2) continue;
      configurations += static_cast<int>(choices.size());
      model.push_back(regret_of(choices, predicted_best(choices)));
      rule.push_back(regret_of(choices, smallest(choices)));
    }
    if (model.empty()) continue;
    const std::string name = "TPOT " + number_text(1e3 * limit) + " ms";
    out.push_back(summary_of(name, model, configurations));
    out.push_back(summary_of(name + ", smallest layout", rule, configurations));
    all.insert(all.end(), model.begin(), model.end());
    all_smallest.insert(all_smallest.end(), rule.begin(), rule.end());
    all_configurations += configurations;
  }
  if (!all.empty()) {
    out.push_back(summary_of("TPOT limits", all, all_configurations));
    out.push_back(summary_of("TPOT limits, smallest layout", all_smallest, all_configurations));
  }
  return out;
}

}  // namespace shardplan::measured::serving
