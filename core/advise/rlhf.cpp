#include "advise/rlhf.h"

#include <algorithm>

namespace shardplan::advise {
namespace {

using enum RlAlgorithm;

// Answers of a prompt and epochs are the defaults of TRL 1.10's configurations. What an engine sampled the policy
// scores again: the engine's own log-probabilities differ (TRL, OpenRLHF and NeMo RL all do).
constexpr RlTraits kTable[] = {
    {kPpo, true, true, true, true, 1, 4, 1, 1, "Ouyang et al. 2022, arXiv 2203.02155"},
    {kGrpo, true, false, true, false, 8, 1, 1, 1, "Shao et al. 2024, arXiv 2402.03300"},
    {kRloo, true, false, true, true, 2, 1, 1, 1, "Ahmadian et al. 2024, arXiv 2402.14740"},
    {kReinforce, true, false, true, true, 1, 1, 1, 1, "Williams 1992, with a penalty on leaving the reference"},
    {kDpo, false, false, false, true, 2, 1, 0, 1, "Rafailov et al. 2023, arXiv 2305.18290"},
    {kIpo, false, false, false, true, 2, 1, 0, 1, "Azar et al. 2023, arXiv 2310.12036"},
    // Policy and reference also see answers of other prompts, which estimate the divergence.
    {kKto, false, false, false, true, 1, 1, 1, 2, "Ethayarajh et al. 2024, arXiv 2402.01306"},
    {kOrpo, false, false, false, false, 2, 1, 0, 0, "Hong et al. 2024, arXiv 2403.07691"},
    {kSimpo, false, false, false, false, 2, 1, 0, 0, "Meng et al. 2024, arXiv 2405.14734"},
};

}  // namespace

const RlTraits& traits_of(RlAlgorithm algorithm) {
  for (const RlTraits& t : kTable)
    if (t.algorithm == algorithm) return t;
  return kTable[0];
}

double RlPeaks::highest() const { return std::max({generation, scoring, update}); }

RlPeaks peaks_of(const RlMemory& m) {
  const double resident = m.actor_states + m.critic_states + m.reference + m.reward + m.rollout_overhead;
  const double generation = m.rollout_weights > 0 ? resident + m.rollout_weights + m.rollout_cache : 0;
  return {generation, resident + m.scoring, resident + std::max(m.actor_working, m.critic_working)};
}

double RlTime::iteration_s() const {
  return rollout_s + sync_s + policy_scores_s + reference_scores_s + reward_s + value_s + actor_update_s +
         critic_update_s;
}

double RlTime::one_step_off_policy_s() const { return std::max(rollout_s, iteration_s() - rollout_s); }

}  // namespace shardplan::advise
