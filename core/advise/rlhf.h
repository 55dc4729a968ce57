// Training on preferences: which models an algorithm keeps, what each phase of an iteration holds in a GPU's memory,
// and how long the phases take one after the other. Above: api/rlhf_placement fills in the estimates.
#pragma once

#include <vector>

namespace shardplan::advise {

enum class RlAlgorithm { kPpo, kGrpo, kRloo, kReinforce, kDpo, kIpo, kKto, kOrpo, kSimpo };

// Where the frozen copy of the policy is that some losses compare with.
enum class Reference { kNone, kWhole, kQuantized, kOffloaded, kShared };

struct RlTraits {
  RlAlgorithm algorithm;
  bool online = false;          // samples its own answers
  bool critic = false;          // trains a value model beside the policy
  bool reward = false;          // a model or a function judges each answer
  bool reference = false;       // the loss needs one; GRPO's and RLOO's penalty may be switched off
  int sequences = 1;            // of a prompt: answers sampled where nobody says, or the two of a pair
  int epochs = 1;               // passes over an iteration's samples
  double policy_scores = 0;     // forward passes of the policy beside its update
  double reference_scores = 0;  // forward passes of the reference
  const char* source = "";
};
const RlTraits& traits_of(RlAlgorithm algorithm);

// Bytes on one training GPU of models that stay through an iteration, and what phases need beside them.
struct RlMemory {
  double actor_states = 0;  // weights, gradients, optimizer
  double critic_states = 0;
  double reference = 0;  // resident; an offloaded one counts while it scores
  double reward = 0;
  double actor_working = 0;  // activations, buffers, overhead of its update
  double critic_working = 0;
  double scoring = 0;           // an offloaded reference, logits and one layer
  double rollout_overhead = 0;  // of a colocated engine that sleeps
  double rollout_weights = 0;   // of a colocated engine that is awake
  double rollout_cache = 0;
};
struct RlPeaks {
  double generation = 0;
  double scoring = 0;
  double update = 0;
  double highest() const;
};
RlPeaks peaks_of(const RlMemory& m);

// Seconds of one iteration.
struct RlTime {
  double rollout_s = 0;
  double sync_s = 0;  // weights to the rollout engines
  double policy_scores_s = 0;
  double reference_scores_s = 0;
  double reward_s = 0;
  double value_s = 0;
  double actor_update_s = 0;
  double critic_update_s = 0;
  double iteration_s() const;
  // With rollouts of the next iteration beside the rest of this one, where engines have GPUs of their own.
  double one_step_off_policy_s() const;
};

}  // namespace shardplan::advise
