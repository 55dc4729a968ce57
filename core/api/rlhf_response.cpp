#include "api/rlhf_response.h"

#include <algorithm>

#include "base/units.h"

namespace shardplan::api {
namespace {

// Published steps of GRPO took up to so many times the estimate of their degrees (NeMo RL's performance summary, v0.5:
// tests/published/rlhf.json): answers of mixed lengths, and waits between the phases, are not estimated.
constexpr double kSlowestPublished = 2;

}  // namespace

std::string summary_of(const RlhfPlacement& p) {
  std::string text = p.stack + " on " + std::to_string(p.training_gpus) + " GPUs";
  if (p.rollout_gpus > 0)
    text += p.colocated ? ", engines on the same" : ", engines on " + std::to_string(p.rollout_gpus) + " others";
  return text;
}

RlhfChoice choice_of(const RlhfEstimate& e) {
  const RlhfPlacement& p = e.placement;
  RlhfChoice c;
  c.summary = summary_of(p);
  c.stack = p.stack;
  c.rollout = p.rollout_gpus == 0 ? "none" : p.colocated ? "colocated" : "separate";
  c.training_gpus = p.training_gpus;
  c.rollout_gpus = p.rollout_gpus;
  c.fits = e.fits;
  c.over_gib = e.fits ? 0 : e.over_gib;
  c.over_in = e.fits ? "" : e.over_in;
  c.peak_gib = e.peaks.highest() / kGib;
  c.iteration_s = e.rollout || p.rollout_gpus == 0 ? e.time.iteration_s() : 0;
  return c;
}

RlhfTimeFields time_of(const RlhfEstimate& e) {
  const advise::RlTime& t = e.time;
  const bool apart = e.placement.rollout_gpus > 0 && !e.placement.colocated;
  return {t.iteration_s(),   apart ? t.one_step_off_policy_s() : t.iteration_s(),
          t.rollout_s,       t.sync_s,
          t.policy_scores_s, t.reference_scores_s,
          t.reward_s,        t.value_s,
          t.actor_update_s,  t.critic_update_s};
}

RlhfConfidence confidence_of(const RlhfEstimate& e) {
  const advise::RlTime& t = e.time;
  const Confidence& c = e.actor->confidence;
  const double step_s = e.actor->time.step_time_s;
  const double trained_s = t.iteration_s() - t.rollout_s;
  double low = trained_s * c.step_time_s[0] / step_s, high = trained_s * c.step_time_s[1] / step_s;
  RlhfConfidence out;
  // What a trainer does between the phases no run here has measured.
  out.level = c.level == "high" ? "medium" : c.level;
  out.basis = "update and scores: " + c.basis;
  if (e.rollout) {
    const ServingConfidence& s = e.rollout->confidence;
    low += t.rollout_s * e.rollout->tokens_per_s / s.tokens_per_s[1];
    high += t.rollout_s * e.rollout->tokens_per_s / s.tokens_per_s[0];
    out.basis += "; rollout: " + s.basis;
    if (s.level == "low") out.level = s.level;
  }
  if (e.placement.rollout_gpus > 0) {
    high = std::max(high, kSlowestPublished * t.iteration_s());
    out.level = "low";
    out.basis += "; upper end: published steps, which took 1.4 to 1.9 times the estimate";
  }
  out.iteration_s = {low, high};
  const double peak = e.peaks.highest() / kGib, planned = e.actor->memory.peak_gib;
  out.peak_gib = {peak * c.peak_gib[0] / planned, peak * c.peak_gib[1] / planned};
  return out;
}

}  // namespace shardplan::api
