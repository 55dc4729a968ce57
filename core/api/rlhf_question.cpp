#include "api/rlhf_question.h"

#include <algorithm>

#include "api/rlhf_fields.h"
#include "base/text.h"
#include "json/presets.h"

namespace shardplan::api {
namespace {

using advise::Reference;
using advise::RlAlgorithm;

constexpr int kDefaultPrompts = 64;
constexpr int kDefaultSequence = 2048;
constexpr int kMostSequences = 100000000;
constexpr const char* kFunction = "function";

bool is_adapted(const Question& q) { return q.method && *q.method != TuningMethod::kFull; }

class Resolver {
 public:
  explicit Resolver(const RlhfQuestion& q) : q_(q) {}

  Result<ResolvedRlhf> run() {
    out_.asked = q_;
    out_.traits = advise::traits_of(q_.algorithm);
    lengths();
    samples();
    places();
    reference();
    models();
    if (!problems_.empty()) return tl::unexpected<Diagnostics>(std::move(problems_));
    return std::move(out_);
  }

 private:
  const RlhfQuestion& q_;
  ResolvedRlhf out_{};
  Diagnostics problems_;

  void problem(std::string path, std::string message, std::string hint = "") {
    problems_.push_back({std::move(path), std::move(message), std::move(hint)});
  }
  void assume(std::string text) { out_.assumptions.push_back(std::move(text)); }

  // Prompt and response make up the sequence; what is missing is the rest of it.
  void lengths() {
    int prompt = q_.prompt_tokens.value_or(0), response = q_.response_tokens.value_or(0);
    const int sequence =
        q_.question.seq_length.value_or(prompt > 0 && response > 0 ? prompt + response : kDefaultSequence);
    if (prompt == 0 && response == 0) {
      prompt = response = sequence / 2;
      assume("Prompts and answers of " + std::to_string(prompt) + " tokens each: half of the sequence.");
    } else if (prompt == 0) prompt = sequence - response;
    else if (response == 0) response = sequence - prompt;
    if (prompt <= 0 || response <= 0 || prompt + response > sequence)
      problem("/seq_length",
              "Prompts of " + std::to_string(prompt) + " and answers of " + std::to_string(response) +
                  " tokens do not fit into sequences of " + std::to_string(sequence) + ".",
              "Leave out one of prompt_tokens, response_tokens and seq_length.");
    out_.prompt_tokens = prompt;
    out_.response_tokens = response;
    out_.longest_response_tokens = q_.longest_response_tokens.value_or(response);
    if (out_.longest_response_tokens < response)
      problem("/longest_response_tokens",
              "The longest answer has " + std::to_string(out_.longest_response_tokens) + " tokens, the mean one " +
                  std::to_string(response) + ".",
              "State response_tokens as the mean, longest_response_tokens as the limit.");
    if (!q_.question.seq_length && !(q_.prompt_tokens && q_.response_tokens))
      assume("Sequence: " + std::to_string(sequence) + " tokens.");
    out_.actor.seq_length = sequence;
  }

  void samples() {
    const advise::RlTraits& t = out_.traits;
    const char* unit = t.online ? "prompts" : t.sequences == 2 ? "pairs" : "examples";
    if (q_.question.gbs && q_.question.batch_size)
      problem("/batch_size", "'gbs' and 'batch_size' both state the batch; give one of them.");
    out_.prompts = q_.question.batch_size.value_or(q_.question.gbs.value_or(kDefaultPrompts));
    assume("An iteration learns from " + std::to_string(out_.prompts) + " " + unit + ".");
    int each = t.sequences;
    if (t.online) {
      each = q_.num_generations.value_or(t.sequences);
      if (!q_.num_generations) assume("Answers sampled per prompt: " + std::to_string(each) + ".");
    } else if (q_.num_generations) {
      problem("/num_generations", "The algorithm learns from given answers and samples none.", "Leave it out.");
    }
    if (out_.prompts > kMostSequences / each) {
      problem("/batch_size", "An iteration of more than " + std::to_string(kMostSequences) + " sequences is none.",
              "Lower the batch or num_generations.");
      each = 1;
    }
    out_.sequences = out_.prompts * each;
    out_.epochs = q_.epochs.value_or(t.epochs);
    out_.minibatches = q_.minibatches.value_or(1);
    if (out_.sequences % out_.minibatches != 0)
      problem("/minibatches",
              std::to_string(out_.sequences) + " sequences do not divide into " + std::to_string(out_.minibatches) +
                  " equal parts.",
              "Use a divisor of " + std::to_string(out_.sequences) + ".");
    if (!q_.epochs && out_.epochs > 1)
      assume("Each sample is learnt from " + std::to_string(out_.epochs) + " times, TRL's default.");
  }

  void places() {
    const bool has_place = q_.rollout != RolloutPlace::kAuto;
    if (!out_.traits.online) {
      if (has_place) problem("/rollout", "The algorithm learns from given answers and samples none.", "Leave it out.");
      if (q_.rollout_gpus) problem("/rollout_gpus", "The algorithm samples nothing.", "Leave it out.");
      return;
    }
    if (q_.rollout == RolloutPlace::kColocated && q_.rollout_gpus)
      problem("/rollout_gpus", "Colocated engines have no GPUs of their own.",
              "Leave it out, or set rollout to separate.");
    if (q_.rollout_gpus && q_.question.gpus && *q_.rollout_gpus >= *q_.question.gpus)
      problem("/rollout_gpus",
              "Of " + std::to_string(*q_.question.gpus) + " GPUs, " + std::to_string(*q_.rollout_gpus) +
                  " for engines leave none for training.",
              "Lower rollout_gpus; gpus counts both.");
  }

  void reference() {
    const advise::RlTraits& t = out_.traits;
    const bool adapted = is_adapted(q_.question);
    if (q_.reference) {
      out_.reference = *q_.reference;
      if (out_.reference == Reference::kShared && !adapted)
        problem("/reference", "Only adapters leave the base as it was; the policy trains every weight.",
                "Set method to lora, or reference to whole, quantized or offloaded.");
      if (out_.reference == Reference::kNone && t.reference)
        out_.warnings.push_back("The loss compares with a reference; without one its penalty is switched off.");
      return;
    }
    if (!t.reference) {
      if (t.reference_scores > 0) assume("No reference model: the penalty is off, TRL's default.");
      return;
    }
    out_.reference = adapted ? Reference::kShared : Reference::kWhole;
    assume(adapted ? "Reference: the policy's base with its adapters switched off."
                   : "Reference: a second copy of the policy in 16 bits, cut as the policy is.");
  }

  void models() {
    const advise::RlTraits& t = out_.traits;
    out_.actor = question_of(q_.question, out_.actor);
    std::vector<std::string> ignored;
    if (const auto model = resolve_model(presets(), q_.question.model, ignored); !model)
      problems_.insert(problems_.end(), model.error().begin(), model.error().end());
    if (t.critic) {
      out_.critic = out_.actor;
      const bool named = !q_.critic_model.name.empty() || q_.critic_model.definition;
      if (named) {
        out_.critic->model = q_.critic_model;
        check(q_.critic_model, "/critic_model");
      } else assume("Critic: as large as the policy, trained as it is.");
    } else if (!q_.critic_model.name.empty()) {
      problem("/critic_model", "The algorithm has no critic.", "Leave it out, or set algorithm to ppo.");
    }
    if (t.reward) reward();
    else if (!q_.reward_model.empty())
      problem("/reward_model", "The algorithm learns from given preferences and judges nothing.", "Leave it out.");
  }

  void reward() {
    std::string name = q_.reward_model;
    if (name == kFunction || name == "none") return;
    if (name.empty() && out_.traits.algorithm == RlAlgorithm::kGrpo) return assume("Rewards: a function, no model.");
    ModelChoice choice{name, {}};
    if (name.empty()) {
      choice = q_.question.model;
      assume("Reward model: as large as the policy.");
    }
    std::vector<std::string> ignored;
    if (auto model = resolve_model(presets(), choice, ignored)) out_.reward = *std::move(model);
    else if (!name.empty()) check(choice, "/reward_model");
  }

  void check(const ModelChoice& choice, const std::string& path) {
    std::vector<std::string> ignored;
    const auto model = resolve_model(presets(), choice, ignored);
    if (model) return;
    for (const Diagnostic& d : model.error()) problem(path, d.message, d.hint);
  }

  // The policy's own question: its batch is an optimizer step's sequences.
  Question question_of(Question q, const Question& so_far) const {
    q.seq_length = so_far.seq_length;
    q.batch_size.reset();
    q.gbs = std::max(1, out_.sequences / out_.minibatches);
    return q;
  }
};

}  // namespace

Result<ResolvedRlhf> resolve(const RlhfQuestion& question) { return Resolver(question).run(); }

}  // namespace shardplan::api
