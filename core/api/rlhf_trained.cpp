#include "api/rlhf_trained.h"

#include <algorithm>

#include "advise/outcome.h"
#include "base/units.h"
#include "estimate/fine_tuning.h"

namespace shardplan::api {
namespace {

using estimate::Context;
using spec::Sharding;

double states_gib(const StageFields& s) { return s.parameters_gib + s.gradients_gib + s.optimizer_gib; }

}  // namespace

search::Limits training_limits(const ResolvedRlhf& q, const std::string& stack) {
  search::Limits limits;
  limits.optimizer_offload = q.asked.optimizer_offload;
  if (q.asked.tp) limits.tp = {*q.asked.tp};
  if (q.asked.pp) limits.pp = {*q.asked.pp};
  // The two answers of a pair pass together.
  if (!q.traits.online && q.traits.sequences == 2) limits.mbs = {2, 4, 8, 16};
  if (q.asked.mbs) limits.mbs = {*q.asked.mbs};
  // TRL's PPOTrainer cuts its frozen models under DeepSpeed, not under FSDP.
  if (q.traits.critic && is_trl(stack))
    limits.sharding = {Sharding::kZero0, Sharding::kZero1, Sharding::kZero2, Sharding::kZero3};
  return limits;
}

std::optional<RlhfTrained> trained(const Question& asked, const std::string& stack, int gpus,
                                   const search::Limits& limits, double others, double share) {
  Question q = asked;
  q.stack = stack;
  q.gpus = gpus;
  auto resolved = resolve(q);
  if (!resolved) return std::nullopt;
  const Context context(resolved->problem);
  const double usable = std::max(share * resolved->usable_bytes - others, 0.0);
  const auto found = advise::best_of(context, limits, usable);
  if (!found) return std::nullopt;
  RlhfTrained t{*std::move(resolved), found->strategy, make_plan(context, found->strategy, usable)};
  const StageFields& worst = t.plan.memory.stages[t.plan.memory.worst_stage];
  t.states = states_gib(worst) * kGib;
  t.working = (worst.reserved_gib - states_gib(worst)) * kGib;
  t.fits = t.plan.fits;
  return t;
}

double frozen_bytes(const RlhfTrained& actor, spec::BaseWeights base) {
  estimate::Problem problem = actor.question.problem;
  problem.training.fine_tuning = {.method = spec::Method::kLora, .base = base};
  const Context context(std::move(problem));
  double most = 0;
  for (const estimate::StageShape& shape : estimate::stage_shapes(context, actor.strategy))
    most = std::max(most, estimate::stage_states(context, actor.strategy, shape).parameters);
  return most;
}

}  // namespace shardplan::api
