// Training on preferences: what each model takes of a GPU, how long an iteration lasts, and where to put the engines.
#include <algorithm>

#include "api/registry.h"
#include "api/rlhf_fields.h"
#include "api/rlhf_rollout.h"
#include "api/sentences.h"
#include "base/units.h"

namespace shardplan::api {

struct RlhfRequest {
  RlhfQuestion question;
};

namespace {

// The machines alone: they decide which placements there are.
Result<spec::Cluster> cluster_of(const Question& q) {
  Question machines = q;
  machines.stack.clear();
  machines.method.reset();
  machines.lora_targets.clear();
  machines.lora_rank.reset();
  machines.lora_dropout.reset();
  machines.base_precision.reset();
  auto resolved = resolve(machines);
  if (!resolved) return tl::unexpected<Diagnostics>(std::move(resolved.error()));
  return resolved->problem.cluster;
}

void take_rates(double tokens, const spec::Cluster& cluster, RlhfResponse& r) {
  const double iteration = r.best.iteration_s;
  if (iteration <= 0) return;
  r.samples_per_s = r.sequences / iteration;
  r.tokens_per_s = tokens / iteration;
  if (cluster.usd_per_gpu_hour <= 0) return;
  const bool has_others = r.best.rollout == "separate";
  r.usd_per_hour = cluster.usd_per_gpu_hour * (r.best.training_gpus + (has_others ? r.best.rollout_gpus : 0));
  r.usd_per_thousand_samples = *r.usd_per_hour / kSecondsPerHour / r.samples_per_s * 1000;
}

void take_best(RlhfEstimate best, RlhfResponse& r) {
  r.best = choice_of(best);
  r.fits = r.best.fits;
  r.over_gib = r.best.over_gib;
  r.over_in = r.best.over_in;
  r.models = std::move(best.models);
  const advise::RlPeaks& p = best.peaks;
  r.memory = {p.highest() / kGib, p.generation / kGib, p.scoring / kGib,
              p.update / kGib,    best.usable_gib,     best.capacity_gib};
  r.time = time_of(best);
  r.confidence = confidence_of(best);
  r.assumptions.insert(r.assumptions.end(), best.assumptions.begin(), best.assumptions.end());
  r.warnings.insert(r.warnings.end(), best.warnings.begin(), best.warnings.end());
  if (!r.fits) {
    r.warnings.push_back("It does not fit: the " + r.over_in + " lacks " + gib_text(r.over_gib) + " on a GPU.");
    for (const RlhfChange& c : r.alternatives)
      if (c.fits) r.smallest_change.push_back(c);
  }
  r.actor_plan = std::move(best.actor);
  r.critic_plan = std::move(best.critic);
  r.rollout_plan = std::move(best.rollout);
}

// Of the best placement that TRL can run, which need not be the best of all.
void take_artefacts(const ResolvedRlhf& q, const spec::Cluster& cluster, const std::vector<RlhfEstimate>& all,
                    RlhfResponse& r) {
  for (const RlhfEstimate& e : all) {
    r.artefacts = rlhf_artefacts(q, cluster, e);
    if (r.artefacts.empty()) continue;
    const RlhfChoice c = choice_of(e);
    std::string text = "For " + c.summary;
    if (c.iteration_s > 0) text += ", " + seconds_text(c.iteration_s) + " an iteration";
    if (!c.fits) text += "; it does not fit, by " + gib_text(c.over_gib) + " on a GPU";
    r.artefacts.back().notes.insert(r.artefacts.back().notes.begin(), text + ".");
    return;
  }
  r.warnings.push_back("No launch command: TRL has no trainer for this algorithm, or cannot cut the policy this way.");
}

Result<RlhfResponse> rlhf(const RlhfRequest& request) {
  auto question = resolve(request.question);
  Diagnostics problems;
  if (!question) problems = question.error();
  auto cluster = cluster_of(request.question.question);
  if (!cluster)
    for (Diagnostic& d : cluster.error())
      if (std::none_of(problems.begin(), problems.end(), [&](const Diagnostic& p) { return p.path == d.path; }))
        problems.push_back(std::move(d));
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  // A placement of the stated stack says what is wrong with the rest of the question.
  if (!question->actor.stack.empty() || question->actor.method) {
    if (auto checked = resolve(question->actor); !checked)
      return tl::unexpected<Diagnostics>(std::move(checked.error()));
  }
  if (Diagnostics engine = rollout_problems(*question); !engine.empty())
    return tl::unexpected<Diagnostics>(std::move(engine));
  std::vector<RlhfEstimate> all = estimates_of(*question, *cluster);
  if (all.empty())
    return fail("/gpus", "No way to cut these models over " + std::to_string(cluster->gpus) + " GPUs is legal.",
                "Use a batch whose sequences divide over the GPUs, or ask 'recommend' with the policy alone.");
  RlhfResponse r;
  for (const RlhfEstimate& e : all) r.placements.push_back(choice_of(e));
  r.alternatives = rlhf_changes(request.question, *question, *cluster, all.front());
  take_artefacts(*question, *cluster, all, r);
  r.assumptions = std::move(question->assumptions);
  if (question->traits.online)
    r.assumptions.push_back("Engines sleep while their GPUs train: weights leave, keys and values are dropped.");
  r.warnings.insert(r.warnings.begin(), question->warnings.begin(), question->warnings.end());
  r.prompts = question->prompts;
  r.sequences = question->sequences;
  const double tokens = static_cast<double>(r.sequences) * question->actor.seq_length.value_or(0);
  take_best(std::move(all.front()), r);
  take_rates(tokens, *cluster, r);
  return r;
}

}  // namespace

Operation rlhf_operation() {
  return make_operation<&rlhf>(
      "rlhf", "Memory of every model, time of an iteration and placement of training on preferences.",
      R"({"model": "llama-3.1-8b", "algorithm": "grpo", "gpu": "h100", "gpus": 8, "batch_size": 64, "seq_length": 4096})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::RlhfRequest, "rlhf_request");

Fields Describe<api::RlhfRequest>::fields() {
  static const FieldList table = FieldList().include<&api::RlhfRequest::question>();
  return table;
}

}  // namespace shardplan::json
