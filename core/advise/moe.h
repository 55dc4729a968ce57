// Mixtures of experts: how expert and tensor parallelism fold over the same ranks, and what uneven loads cost.
#pragma once

#include <vector>

#include "advise/outcome.h"

namespace shardplan::advise {

// The best strategy of one way to fold (Liu et al. 2025, arXiv 2504.14960).
struct Folding {
  int tp = 1, ep = 1, etp = 1;
  Found found;
};
// Every way that has a legal strategy, the best first.
std::vector<Folding> foldings(const estimate::Context& context, const search::Limits& asked, double usable_bytes);

// The same strategy where the busiest rank's experts get `imbalance` times the mean of tokens, and the strategy that is
// best then among the foldings whose own strategies do best.
struct Imbalanced {
  double imbalance = 1;
  Outcome same;
  std::optional<Found> best;  // nothing without foldings
};
Imbalanced with_imbalance(const estimate::Context& context, const spec::Strategy& strategy,
                          const search::Limits& limits, double usable_bytes, double imbalance,
                          const std::vector<Folding>& foldings);

// The model without its shared experts, and without its limit on the nodes that a token may visit: for the difference.
estimate::Problem without_shared_experts(estimate::Problem problem);
estimate::Problem without_group_limit(estimate::Problem problem);

}  // namespace shardplan::advise
