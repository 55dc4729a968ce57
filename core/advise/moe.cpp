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

}  // namespace

std::vector<Folding> foldings(const Context& c, search::Limits limits, double usable_bytes) {
  const search::Limits asked = limits;
  std::vector<Folding> out;
  for (int64_t tp : divisors(c.problem.cluster.gpus)) {
    if (!allowed(asked.tp, tp) || (tp > c.links.domain && !asked.tp_across_domains)) continue;
    for (int64_t etp : divisors(tp)) {
      if (!allowed(asked.etp, etp)) continue;
      for (int64_t ep : divisors(c.model().num_experts)) {
        if (!allowed(asked.ep, ep) || ep * etp > c.problem.cluster.gpus) continue;
        limits.tp = {static_cast<int>(tp)};
        limits.ep = {static_cast<int>(ep)};
        limits.etp = {static_cast<int>(etp)};
        if (auto found = best_of(c, limits, usable_bytes))
          out.push_back({limits.tp.front(), limits.ep.front(), limits.etp.front(), *std::move(found)});
      }
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Folding& a, const Folding& b) {
    if (!a.found.outcome.fits() && !b.found.outcome.fits())
      return a.found.outcome.over_bytes < b.found.outcome.over_bytes;
    return better(a.found.outcome, b.found.outcome);
  });
  return out;
}

Imbalanced with_imbalance(const Context& c, const spec::Strategy& s, const search::Limits& limits, double usable_bytes,
                          double imbalance) {
  const Context uneven = with_imbalance_of(c, imbalance);
  return {imbalance, outcome_of(uneven, s, usable_bytes), best_of(uneven, limits, usable_bytes)};
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
