#include "advise/moe.h"

#include <algorithm>

#include "base/integers.h"

namespace shardplan::advise {
namespace {

using estimate::Context;

bool allowed(const std::vector<int>& list, int64_t value) {
  return list.empty() || std::find(list.begin(), list.end(), static_cast<int>(value)) != list.end();
}

Context with_imbalance_of(const Context& c, double imbalance) {
  estimate::Problem p = c.problem;
  p.training.expert_imbalance = imbalance;
  return Context(std::move(p));
}

search::Limits limited(search::Limits limits, const Folding& f) {
  limits.tp = {f.tp};
  limits.ep = {f.ep};
  limits.etp = {f.etp};
  return limits;
}

// The best first.
void sort(std::vector<Folding>& all) {
  std::stable_sort(all.begin(), all.end(), [](const Folding& a, const Folding& b) {
    return better_or_nearer(a.found.outcome, b.found.outcome);
  });
}

}  // namespace

std::vector<Folding> foldings(const Context& c, const search::Limits& asked, double usable_bytes) {
  std::vector<Folding> out;
  for (int64_t tp : divisors(c.problem.cluster.gpus)) {
    if (!allowed(asked.tp, tp) || (tp > c.links.domain && !asked.tp_across_domains)) continue;
    for (int64_t etp : divisors(tp)) {
      if (!allowed(asked.etp, etp)) continue;
      for (int64_t ep : divisors(c.model().num_experts)) {
        if (!allowed(asked.ep, ep) || ep * etp > c.problem.cluster.gpus) continue;
        Folding f{static_cast<int>(tp), static_cast<int>(ep), static_cast<int>(etp), {}};
        const auto found = best_of(c, limited(asked, f), usable_bytes);
        if (!found) continue;
        f.found = *found;
        out.push_back(std::move(f));
      }
    }
  }
  sort(out);
  return out;
}

Imbalanced with_imbalance(const Context& c, const spec::Strategy& s, const search::Limits& limits, double usable_bytes,
                          double imbalance, const std::vector<Folding>& foldings) {
  const Context uneven = with_imbalance_of(c, imbalance);
  Imbalanced out{imbalance, outcome_of(uneven, s, usable_bytes), std::nullopt};
  std::vector<Folding> order = foldings;
  for (Folding& f : order) f.found.outcome = outcome_of(uneven, f.found.strategy, usable_bytes);
  sort(order);
  constexpr size_t kSearched = 6;
  if (order.size() > kSearched) order.resize(kSearched);
  for (const Folding& f : order) {
    const auto found = best_of(uneven, limited(limits, f), usable_bytes);
    if (found && (!out.best || better_or_nearer(found->outcome, out.best->outcome))) out.best = found;
  }
  return out;
}

estimate::Problem without_shared_experts(estimate::Problem p) {
  p.model.shared_expert_intermediate_size = 0;
  p.model.shared_expert_gate = false;
  return p;
}

estimate::Problem without_group_limit(estimate::Problem p) {
  p.model.n_group = p.model.topk_group = 0;
  return p;
}

}  // namespace shardplan::advise
