#include "api/rlhf_placement.h"

#include <algorithm>

#include "api/rlhf_rollout.h"
#include "base/units.h"
#include "estimate/step.h"
#include "json/presets.h"
#include "model/parameters.h"

namespace shardplan::api {
namespace {

using advise::Reference;
using estimate::Context;

constexpr double kLeastRolloutShare = 0.05;  // of a GPU's memory, for an engine's context and its graphs
constexpr double kSeparateRolloutShare = 0.9;
constexpr double kRolloutReserveShare = 0.1;

double total_parameters(const spec::Model& m) { return model::total_parameters(m).total; }

class Estimator {
 public:
  // `reserve`: bytes that training leaves to engines on its own GPUs.
  Estimator(const ResolvedRlhf& q, const RlhfPlacement& at, double reserve) : q_(q), reserve_(reserve) {
    out_.placement = at;
  }

  std::optional<RlhfEstimate> run() {
    if (!train()) return std::nullopt;
    scores();
    if (q_.traits.online) sample();
    finish();
    return std::move(out_);
  }

 private:
  const ResolvedRlhf& q_;
  const double reserve_;
  RlhfEstimate out_;
  std::optional<RlhfTrained> actor_, critic_;
  advise::RlMemory memory_;
  double missing_ = 0;  // bytes that a phase without any plan lacks

  const RlhfPlacement& at() const { return out_.placement; }

  // Policy and critic share their GPUs: each is planned beside what the other one keeps.
  bool train() {
    const search::Limits limits = training_limits(q_, at().stack);
    const auto plan = [&](const Question& q, double others, double share = 1) {
      return trained(q, at().stack, at().training_gpus, limits, others, share);
    };
    actor_ = plan(q_.actor, reserve_, policy_share());
    if (!actor_) return false;
    frozen();
    double others = reserve_ + memory_.reference + memory_.reward;
    if (q_.critic) {
      critic_ = plan(*q_.critic, others + actor_->states);
      if (!critic_) return false;
      others += critic_->states;
    }
    if (auto beside = plan(q_.actor, others)) actor_ = std::move(beside);
    frozen();
    if (q_.critic) {
      const double kept = reserve_ + memory_.reference + memory_.reward + actor_->states;
      if (auto beside = plan(*q_.critic, kept)) critic_ = std::move(beside);
      memory_.critic_states = critic_->states;
      memory_.critic_working = critic_->working;
    }
    memory_.actor_states = actor_->states;
    memory_.actor_working = actor_->working;
    return true;
  }

  // Of the memory, before the critic's own plan is known: as their parameters are to each other.
  double policy_share() const {
    if (!q_.critic) return 1;
    std::vector<std::string> ignored;
    const auto policy = resolve_model(presets(), q_.actor.model, ignored);
    const auto critic = resolve_model(presets(), q_.critic->model, ignored);
    if (!policy || !critic) return 1;
    return total_parameters(*policy) / (total_parameters(*policy) + total_parameters(*critic));
  }

  // Copies that only score.
  void frozen() {
    const double whole = frozen_bytes(*actor_, spec::BaseWeights::k16Bit);
    const StageFields& worst = actor_->plan.memory.stages[actor_->plan.memory.worst_stage];
    memory_.scoring = worst.buffers_gib * kGib;
    memory_.reference = 0;
    switch (q_.reference) {
      case Reference::kWhole: memory_.reference = whole; break;
      case Reference::kQuantized: memory_.reference = frozen_bytes(*actor_, spec::BaseWeights::kNf4Double); break;
      case Reference::kOffloaded: memory_.scoring += whole; break;
      case Reference::kShared:
      case Reference::kNone: break;
    }
    memory_.reward =
        q_.reward ? whole * total_parameters(*q_.reward) / total_parameters(actor_->question.problem.model) : 0;
  }

  void scores() {
    const Context context(actor_->question.problem);
    const double pass_s = q_.minibatches * estimate::scoring_s(context, actor_->strategy);
    advise::RlTime& t = out_.time;
    t.policy_scores_s = q_.traits.policy_scores * pass_s;
    if (q_.reference != Reference::kNone) {
      t.reference_scores_s = q_.traits.reference_scores * pass_s;
      if (q_.reference == Reference::kOffloaded)
        t.reference_scores_s += 2 * frozen_bytes(*actor_, spec::BaseWeights::k16Bit) /
                                estimate::host_link_bytes_per_s(actor_->question.problem);
    }
    if (q_.reward) {
      const double seq = q_.actor.seq_length.value_or(0);
      t.reward_s = pass_s * model::flops_per_token(*q_.reward, seq) / model::flops_per_token(context.model(), seq);
    }
    t.actor_update_s = q_.epochs * q_.minibatches * actor_->plan.time.step_time_s;
    if (!critic_) return;
    t.value_s = q_.minibatches * estimate::scoring_s(Context(critic_->question.problem), critic_->strategy);
    t.critic_update_s = q_.epochs * q_.minibatches * critic_->plan.time.step_time_s;
  }

  void sample() {
    const double capacity = actor_->question.problem.cluster.accelerator.memory_gib * kGib;
    double share = kSeparateRolloutShare;
    if (at().colocated) {
      const double resident = memory_.actor_states + memory_.critic_states + memory_.reference + memory_.reward;
      share = std::min(share, (actor_->question.usable_bytes - resident) / capacity);
    }
    if (share <= kLeastRolloutShare) {
      // How long it would take if there were room.
      missing_ = std::max(1.0, (kLeastRolloutShare - share) * capacity);
      share = kSeparateRolloutShare;
    }
    auto rollout = rollout_of(q_, at().rollout_gpus, share);
    if (!rollout) {
      missing_ = std::max(missing_, 1.0);
      out_.over_in = "generation";
      return;
    }
    const int gpus = at().colocated ? at().training_gpus : at().training_gpus + at().rollout_gpus;
    out_.time.rollout_s = rollout->seconds;
    out_.time.sync_s = weight_sync_s(q_, gpus, rollout->plan);
    const ServingMemoryFields& m = rollout->plan.memory;
    const double cache = missing_ > 0 ? 0 : rollout->cache_bytes;
    out_.rollout_cache_gib = cache / kGib;
    if (at().colocated) {
      memory_.rollout_overhead = m.activations_gib * kGib;
      memory_.rollout_weights = m.weights_gib * kGib;
      memory_.rollout_cache = cache;
    }
    out_.rollout = std::move(rollout->plan);
  }

  void add(const char* role, const std::string& model, const char* held, RlhfModelMemory m, int gpus) {
    m.role = role;
    m.model = model;
    m.held = held;
    m.gpus = gpus;
    m.gib_per_gpu = m.weights_gib + m.gradients_gib + m.optimizer_gib + m.kv_cache_gib + m.working_gib;
    out_.models.push_back(std::move(m));
  }

  void add_trained(const char* role, const RlhfTrained& t) {
    const StageFields& s = t.plan.memory.stages[t.plan.memory.worst_stage];
    add(role, t.question.problem.model.name, "all the time; activations during its update",
        {.weights_gib = s.parameters_gib,
         .gradients_gib = s.gradients_gib,
         .optimizer_gib = s.optimizer_gib,
         .working_gib = t.working / kGib},
        at().training_gpus);
  }

  void list_models() {
    const std::string& policy = actor_->question.problem.model.name;
    add_trained("policy", *actor_);
    if (critic_) add_trained("critic", *critic_);
    if (q_.reference == Reference::kOffloaded)
      add("reference", policy, "while it scores",
          {.weights_gib = frozen_bytes(*actor_, spec::BaseWeights::k16Bit) / kGib}, at().training_gpus);
    if (memory_.reference > 0)
      add("reference", policy, "all the time", {.weights_gib = memory_.reference / kGib}, at().training_gpus);
    if (q_.reference == Reference::kShared) add("reference", policy, "shared with the policy", {}, at().training_gpus);
    if (q_.reward)
      add("reward", q_.reward->name, "all the time", {.weights_gib = memory_.reward / kGib}, at().training_gpus);
    if (out_.rollout) {
      const ServingMemoryFields& m = out_.rollout->memory;
      add("rollout", policy, at().colocated ? "while it samples" : "all the time",
          {.weights_gib = m.weights_gib, .kv_cache_gib = out_.rollout_cache_gib, .working_gib = m.activations_gib},
          out_.rollout->gpus);
    }
  }

  void finish() {
    out_.peaks = advise::peaks_of(memory_);
    const double usable = actor_->question.usable_bytes, over = out_.peaks.highest() - usable;
    out_.usable_gib = usable / kGib;
    out_.capacity_gib = actor_->plan.memory.capacity_gib;
    const bool trains = actor_->fits && (!critic_ || critic_->fits);
    out_.fits = trains && over <= 0 && missing_ <= 0;
    if (!out_.fits) {
      const double lacking = std::max({over, missing_, actor_->plan.over_gib * kGib});
      out_.over_gib = lacking / kGib;
      if (out_.over_in.empty() || over > missing_)
        out_.over_in = out_.peaks.update >= out_.peaks.highest()    ? "update"
                       : out_.peaks.scoring >= out_.peaks.highest() ? "scoring"
                                                                    : "generation";
    }
    list_models();
    out_.strategy = actor_->strategy;
    out_.actor = std::move(actor_->plan);
    if (critic_) out_.critic = std::move(critic_->plan);
    out_.policy_parameters = total_parameters(actor_->question.problem.model);
    out_.assumptions = std::move(actor_->question.assumptions);
    out_.warnings = std::move(actor_->question.warnings);
    if (missing_ > 0 && out_.rollout)
      out_.warnings.emplace_back("The rollout's time is that of engines with 90 % of the GPUs' memory to themselves.");
  }
};

bool better(const RlhfEstimate& a, const RlhfEstimate& b) {
  if (a.fits != b.fits) return a.fits;
  return a.fits ? a.time.iteration_s() < b.time.iteration_s() : a.over_gib < b.over_gib;
}

}  // namespace

std::vector<RlhfPlacement> placements_of(const ResolvedRlhf& q, const spec::Cluster& cluster) {
  std::vector<std::string> stacks = {"hf-trl", "megatron-bridge"};
  if (!q.actor.stack.empty()) stacks = {q.actor.stack};
  const int gpus = cluster.gpus, node = cluster.gpus_per_node;
  std::vector<int> apart;  // GPUs of engines that share nothing
  if (q.asked.rollout_gpus) apart = {*q.asked.rollout_gpus};
  else
    for (int part : {4, 2})
      if (gpus % part == 0) apart.push_back(gpus / part);
  const auto whole = [&](int n) { return n > 0 && (n % node == 0 || (n < node && node % n == 0) || gpus <= node); };
  std::vector<RlhfPlacement> out;
  for (const std::string& stack : stacks) {
    if (!q.traits.online) {
      out.push_back({stack, true, gpus, 0});
      continue;
    }
    if (q.asked.rollout != RolloutPlace::kSeparate) out.push_back({stack, true, gpus, gpus});
    if (q.asked.rollout == RolloutPlace::kColocated) continue;
    for (int n : apart)
      if (whole(n) && whole(gpus - n)) out.push_back({stack, false, gpus - n, n});
  }
  return out;
}

std::optional<RlhfEstimate> estimate_of(const ResolvedRlhf& question, const RlhfPlacement& placement) {
  auto plain = Estimator(question, placement, 0).run();
  if (!plain || !placement.colocated || !question.traits.online) return plain;
  // A plan that shards more may train slower and leave engines more room.
  const double reserve =
      2 * plain->policy_parameters / placement.training_gpus + kRolloutReserveShare * plain->capacity_gib * kGib;
  auto roomy = Estimator(question, placement, reserve).run();
  return roomy && better(*roomy, *plain) ? roomy : plain;
}

std::vector<RlhfEstimate> estimates_of(const ResolvedRlhf& question, const spec::Cluster& cluster) {
  std::vector<RlhfEstimate> out;
  for (const RlhfPlacement& p : placements_of(question, cluster))
    if (auto e = estimate_of(question, p)) out.push_back(*std::move(e));
  std::stable_sort(out.begin(), out.end(), better);
  return out;
}

}  // namespace shardplan::api
