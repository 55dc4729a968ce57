#include "api/rlhf_placement.h"

#include <gtest/gtest.h>

#include "base/units.h"

namespace shardplan::api {
namespace {

using advise::Reference;
using advise::RlAlgorithm;

RlhfQuestion question(RlAlgorithm algorithm) {
  RlhfQuestion q;
  q.question.model.name = "llama-3.1-8b";
  q.question.gpu = "h100";
  q.question.gpus = 8;
  q.question.batch_size = 64;
  q.question.seq_length = 2048;
  q.algorithm = algorithm;
  return q;
}

RlhfEstimate best(const RlhfQuestion& q) {
  const auto resolved = resolve(q);
  EXPECT_TRUE(resolved);
  const auto cluster = resolve(q.question)->problem.cluster;
  return estimates_of(*resolved, cluster).front();
}

const RlhfModelMemory* model(const RlhfEstimate& e, const std::string& role) {
  for (const RlhfModelMemory& m : e.models)
    if (m.role == role) return &m;
  return nullptr;
}

TEST(RlhfPlacement, EachMethodHoldsTheModelsThatItNeeds) {
  for (RlAlgorithm a : {RlAlgorithm::kPpo, RlAlgorithm::kGrpo, RlAlgorithm::kRloo, RlAlgorithm::kDpo, RlAlgorithm::kKto,
                        RlAlgorithm::kOrpo, RlAlgorithm::kReinforce}) {
    const auto& t = advise::traits_of(a);
    const RlhfEstimate e = best(question(a));
    EXPECT_TRUE(model(e, "policy"));
    EXPECT_EQ(model(e, "critic") != nullptr, t.critic);
    EXPECT_EQ(model(e, "reference") != nullptr, t.reference);
    EXPECT_EQ(model(e, "rollout") != nullptr, t.online && e.rollout);
    EXPECT_EQ(e.time.rollout_s > 0, t.online && e.rollout);
  }
}

TEST(RlhfPlacement, AReferenceTakesWhatItsPlaceSays) {
  RlhfQuestion q = question(RlAlgorithm::kDpo);
  const auto held = [&](Reference r) {
    q.reference = r;
    const RlhfEstimate e = best(q);
    const RlhfModelMemory* m = model(e, "reference");
    return m == nullptr ? 0 : m->gib_per_gpu;
  };
  // The same cut of the policy: 4 bits with embeddings in 16.
  q.question.stack = "hf-trl";
  EXPECT_GT(held(Reference::kWhole), 2 * held(Reference::kQuantized));
  EXPECT_GT(held(Reference::kQuantized), 0);
  q.question.method = TuningMethod::kLora;
  EXPECT_EQ(held(Reference::kShared), 0);
}

TEST(RlhfPlacement, AnOffloadedReferenceTakesTimeInPlaceOfMemory) {
  RlhfQuestion q = question(RlAlgorithm::kDpo);
  q.reference = Reference::kWhole;
  const RlhfEstimate whole = best(q);
  q.reference = Reference::kOffloaded;
  const RlhfEstimate host = best(q);
  EXPECT_GT(host.time.reference_scores_s, whole.time.reference_scores_s);
  EXPECT_LT(host.peaks.update, whole.peaks.update * 1.2);
}

TEST(RlhfPlacement, ALongerTailLastsLonger) {
  RlhfQuestion q = question(RlAlgorithm::kGrpo);
  const RlhfEstimate even = best(q);
  q.prompt_tokens = q.response_tokens = 1024;
  q.longest_response_tokens = 8192;
  EXPECT_GT(best(q).time.rollout_s, even.time.rollout_s);
}

TEST(RlhfPlacement, IterationIsTheSumOfItsPhases) {
  const RlhfEstimate e = best(question(RlAlgorithm::kPpo));
  const advise::RlTime& t = e.time;
  EXPECT_DOUBLE_EQ(t.iteration_s(), t.rollout_s + t.sync_s + t.policy_scores_s + t.reference_scores_s + t.reward_s +
                                        t.value_s + t.actor_update_s + t.critic_update_s);
  // Four epochs; a score is the forward pass of what an update passes forward and back.
  EXPECT_NEAR(t.policy_scores_s / (t.actor_update_s / 4), 1.0 / 3, 0.2);
}

}  // namespace
}  // namespace shardplan::api
