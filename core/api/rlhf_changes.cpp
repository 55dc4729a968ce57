#include <algorithm>

#include "api/rlhf_response.h"
#include "base/units.h"

namespace shardplan::api {
namespace {

using advise::Reference;
using advise::RlAlgorithm;

struct Attempt {
  std::string change, patch;
  RlhfQuestion question;
};

class Attempts {
 public:
  Attempts(const RlhfQuestion& q, const ResolvedRlhf& r, const RlhfEstimate& best) : q_(q), r_(r), best_(best) {}

  std::vector<Attempt> run() {
    references();
    optimizer();
    if (r_.traits.critic) {
      RlhfQuestion& grpo =
          add("GRPO, which has no critic and samples each prompt several times", R"({"algorithm": "grpo"})");
      grpo.algorithm = RlAlgorithm::kGrpo;
      grpo.critic_model = {};
    }
    if (!q_.question.method) {
      RlhfQuestion& lora = add("adapters (LoRA) in place of all weights", R"({"method": "lora"})");
      lora.question.method = TuningMethod::kLora;
      lora.reference.reset();
    }
    if (r_.traits.online && q_.rollout == RolloutPlace::kAuto && !q_.rollout_gpus) places();
    return std::move(out_);
  }

 private:
  const RlhfQuestion& q_;
  const ResolvedRlhf& r_;
  const RlhfEstimate& best_;
  std::vector<Attempt> out_;

  RlhfQuestion& add(std::string change, std::string patch) {
    out_.push_back({std::move(change), std::move(patch), q_});
    return out_.back().question;
  }

  void references() {
    if (r_.reference == Reference::kNone || r_.reference == Reference::kShared) return;
    struct Other {
      Reference where;
      const char* change;
      const char* patch;
    };
    constexpr Other kOthers[] = {
        {Reference::kWhole, "the reference on the GPUs in 16 bits", R"({"reference": "whole"})"},
        {Reference::kQuantized, "the reference in 4 bits", R"({"reference": "quantized"})"},
        {Reference::kOffloaded, "the reference on the host but while it scores", R"({"reference": "offloaded"})"},
        {Reference::kNone, "no reference", R"({"reference": "none"})"},
    };
    for (const Other& o : kOthers) {
      const bool is_needed = o.where == Reference::kNone && !r_.traits.online;
      if (o.where != r_.reference && !is_needed) add(o.change, o.patch).reference = o.where;
    }
  }

  void optimizer() {
    if (!q_.question.optimizer)
      add("8-bit AdamW moments", R"({"optimizer": "adamw_8bit"})").question.optimizer = spec::Optimizer::kAdamW8Bit;
    if (!q_.optimizer_offload)
      add("optimizer states on the host", R"({"optimizer_offload": true})").optimizer_offload = true;
  }

  void places() {
    if (best_.placement.colocated)
      add("engines on GPUs of their own", R"({"rollout": "separate"})").rollout = RolloutPlace::kSeparate;
    else add("engines on the training GPUs", R"({"rollout": "colocated"})").rollout = RolloutPlace::kColocated;
  }
};

RlhfChange change_of(const Attempt& a, const RlhfEstimate& then, const RlhfEstimate& now) {
  const RlhfChoice before = choice_of(now), after = choice_of(then);
  RlhfChange c;
  c.change = a.change;
  c.request = {a.patch};
  c.fits = after.fits;
  c.over_gib = after.over_gib;
  c.peak_gib = after.peak_gib;
  c.iteration_s = after.iteration_s;
  c.peak_change_gib = after.peak_gib - before.peak_gib;
  if (before.iteration_s > 0 && after.iteration_s > 0) c.iteration_change_s = after.iteration_s - before.iteration_s;
  c.summary = after.summary;
  return c;
}

std::optional<RlhfChange> asked_again(const Attempt& a, spec::Cluster cluster, const RlhfEstimate& now) {
  const auto resolved = resolve(a.question);
  if (!resolved) return std::nullopt;
  if (a.question.question.gpus) cluster.gpus = *a.question.question.gpus;
  const auto found = estimates_of(*resolved, cluster);
  if (found.empty()) return std::nullopt;
  return change_of(a, found.front(), now);
}

}  // namespace

std::vector<RlhfChange> rlhf_changes(const RlhfQuestion& q, const ResolvedRlhf& r, const spec::Cluster& cluster,
                                     const RlhfEstimate& best) {
  std::vector<RlhfChange> out;
  for (const Attempt& a : Attempts(q, r, best).run())
    if (auto change = asked_again(a, cluster, best)) out.push_back(*std::move(change));
  constexpr int kMostFactor = 64;
  for (int factor = 2; factor <= (best.fits ? 2 : kMostFactor); factor *= 2) {
    const std::string gpus = std::to_string(factor * cluster.gpus);
    Attempt more{gpus + " GPUs", "{\"gpus\": " + gpus + "}", q};
    more.question.question.gpus = factor * cluster.gpus;
    auto change = asked_again(more, cluster, best);
    if (!change || (!best.fits && !change->fits)) continue;
    out.push_back(*std::move(change));
    break;
  }
  return out;
}

}  // namespace shardplan::api
