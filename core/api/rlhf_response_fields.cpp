// Field tables of what 'rlhf' answers.
#include "api/job.h"
#include "api/rlhf_fields.h"
#include "api/serving_fields.h"

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::RlhfModelMemory, "rlhf_model");
SHARDPLAN_DESCRIBE(api::RlhfMemoryFields, "rlhf_memory");
SHARDPLAN_DESCRIBE(api::RlhfTimeFields, "rlhf_time");
SHARDPLAN_DESCRIBE(api::RlhfChoice, "rlhf_placement");
SHARDPLAN_DESCRIBE(api::RlhfChange, "rlhf_change");
SHARDPLAN_DESCRIBE(api::RlhfConfidence, "rlhf_confidence");

Fields Describe<api::RlhfModelMemory>::fields() {
  using M = api::RlhfModelMemory;
  static constexpr Field table[] = {
      field<&M::role>("role", "policy, critic, reference, reward or rollout."),
      field<&M::model>("model"),
      field<&M::held>("held", "When it is on the GPU."),
      field<&M::gpus>("gpus", "GPUs over which it is divided or repeated."),
      field<&M::gib_per_gpu>("gib_per_gpu", "The sum of the parts below."),
      field<&M::weights_gib>("weights_gib"),
      field<&M::gradients_gib>("gradients_gib").omit_default(),
      field<&M::optimizer_gib>("optimizer_gib").omit_default(),
      field<&M::kv_cache_gib>("kv_cache_gib").omit_default(),
      field<&M::working_gib>("working_gib", "Activations, buffers and overhead while it works.").omit_default(),
  };
  return table;
}

Fields Describe<api::RlhfMemoryFields>::fields() {
  using M = api::RlhfMemoryFields;
  static constexpr Field table[] = {
      field<&M::peak_gib>("peak_gib", "Of a training GPU: the largest of the phases."),
      field<&M::generation_gib>("generation_gib", "While engines on the training GPUs sample."),
      field<&M::scoring_gib>("scoring_gib", "While reference, reward model and critic score."),
      field<&M::update_gib>("update_gib", "While policy or critic is trained."),
      field<&M::usable_gib>("usable_gib"),
      field<&M::capacity_gib>("capacity_gib"),
  };
  return table;
}

Fields Describe<api::RlhfTimeFields>::fields() {
  using T = api::RlhfTimeFields;
  static constexpr Field table[] = {
      field<&T::iteration_s>("iteration_s", "The sum of the parts below: one phase after the other."),
      field<&T::one_step_off_policy_s>("one_step_off_policy_s",
                                       "With the next rollout beside the update, where engines have their own GPUs."),
      field<&T::rollout_s>("rollout_s", "Sampling all answers."),
      field<&T::sync_s>("sync_s", "New weights to the engines."),
      field<&T::policy_scores_s>("policy_scores_s", "Log-probabilities of the policy that sampled."),
      field<&T::reference_scores_s>("reference_scores_s"),
      field<&T::reward_s>("reward_s"),
      field<&T::value_s>("value_s", "The critic's values."),
      field<&T::actor_update_s>("actor_update_s", "All epochs."),
      field<&T::critic_update_s>("critic_update_s", "All epochs."),
  };
  return table;
}

Fields Describe<api::RlhfChoice>::fields() {
  using C = api::RlhfChoice;
  static constexpr Field table[] = {
      field<&C::summary>("summary"),
      field<&C::stack>("stack"),
      field<&C::rollout>("rollout", "colocated, separate, or none."),
      field<&C::training_gpus>("training_gpus"),
      field<&C::rollout_gpus>("rollout_gpus"),
      field<&C::fits>("fits"),
      field<&C::over_gib>("over_gib").omit_default(),
      field<&C::over_in>("over_in", "The phase that does not fit.").omit_default(),
      field<&C::peak_gib>("peak_gib", "Of a training GPU."),
      field<&C::iteration_s>("iteration_s").omit_default(),
  };
  return table;
}

Fields Describe<api::RlhfChange>::fields() {
  using C = api::RlhfChange;
  static constexpr Field table[] = {
      field<&C::change>("change"),
      field<&C::request>("request", "Fields to set in the request."),
      field<&C::fits>("fits"),
      field<&C::over_gib>("over_gib").omit_default(),
      field<&C::peak_gib>("peak_gib", "Of a training GPU."),
      field<&C::iteration_s>("iteration_s").omit_default(),
      field<&C::peak_change_gib>("peak_change_gib", "Against the best placement of the request."),
      field<&C::iteration_change_s>("iteration_change_s", "Against the best placement of the request.").omit_default(),
      field<&C::summary>("summary", "Its own best placement."),
  };
  return table;
}

Fields Describe<api::RlhfConfidence>::fields() {
  using C = api::RlhfConfidence;
  static constexpr Field table[] = {
      field<&C::iteration_s>("iteration_s", "Low and high end, the parts' own added up."),
      field<&C::peak_gib>("peak_gib", "Low and high end."),
      field<&C::level>("level", "medium or low: no run here measured what a trainer does between the phases."),
      field<&C::basis>("basis"),
  };
  return table;
}

Fields Describe<api::RlhfResponse>::fields() {
  using R = api::RlhfResponse;
  static constexpr Field table[] = {
      field<&R::fits>("fits"),
      field<&R::over_gib>("over_gib", "Beyond the usable memory of a GPU.").omit_default(),
      field<&R::over_in>("over_in", "The phase that does not fit.").omit_default(),
      field<&R::best>("best", "The placement that the rest describes: the best, or the nearest to fitting."),
      field<&R::models>("models", "What each takes of a GPU that holds it."),
      field<&R::memory>("memory"),
      field<&R::time>("time", "Of one iteration."),
      field<&R::prompts>("prompts", "Prompts, pairs or examples of an iteration."),
      field<&R::sequences>("sequences", "Sequences that it learns from."),
      field<&R::samples_per_s>("samples_per_s", "Sequences per second."),
      field<&R::tokens_per_s>("tokens_per_s", "Trained tokens per second of the whole iteration."),
      field<&R::usd_per_hour>("usd_per_hour"),
      field<&R::usd_per_thousand_samples>("usd_per_thousand_samples"),
      field<&R::placements>("placements", "All that were compared, best first."),
      field<&R::alternatives>("alternatives", "The request with one change, estimated again."),
      field<&R::smallest_change>("smallest_change", "Where nothing fits: changes after which something does.")
          .omit_default(),
      field<&R::actor_plan>("actor_plan", "How the policy trains, beside the other models."),
      field<&R::critic_plan>("critic_plan"),
      field<&R::rollout_plan>("rollout_plan", "How answers are sampled."),
      field<&R::artefacts>("artefacts", "How Hugging Face TRL starts it: the best placement that TRL can run."),
      field<&R::confidence>("confidence"),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
