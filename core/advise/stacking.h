// The best stack of techniques for one question: what each is worth is the difference of two estimates, and what they
// are worth together is a third one, not their sum.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "advise/outcome.h"
#include "advise/switches.h"

namespace shardplan::advise {

// Estimates plans under their own software and optimizer. Contexts are built once for each.
class Estimator {
 public:
  // `full`: the question with nothing switched off.
  Estimator(estimate::Problem full, double usable_bytes, bool tp_across_domains);

  const estimate::Problem& full() const { return full_; }
  double usable_bytes() const { return usable_bytes_; }
  bool tp_across_domains() const { return tp_across_domains_; }
  const estimate::Context& context(const Switches& switches);
  // Nothing where a rule forbids it.
  std::optional<Outcome> of(const Switches& switches);
  // The rule that forbids it, in words; empty where none does.
  std::string why_not(const Switches& switches);

 private:
  struct Entry {
    Switches key;
    std::unique_ptr<estimate::Context> context;
  };
  const estimate::Problem full_;
  const double usable_bytes_;
  const bool tp_across_domains_;
  std::vector<Entry> contexts_;
};

struct StackLimits {
  int difficulty = 3;                 // of every setting
  std::vector<Technique> techniques;  // that may be switched
  Offer offer;
  spec::Objective objective = spec::Objective::kThroughput;
};

// A total order of outcomes: what fits, then what the objective reads; of what does not fit, the nearest.
bool better(const Outcome& a, const Outcome& b, spec::Objective objective);

// Settings of a technique that the limits allow, beside the one that is there.
std::vector<Switches> allowed_alternatives(const Estimator& estimator, const StackLimits& limits, Technique technique,
                                           const Switches& at);

// From `baseline` on: takes the best change of one or two techniques, or the best degrees for what is switched on, as
// long as one is better; then gives back whatever earns less than kLeastGain, or as much with a milder setting.
Switches best_stack(Estimator& estimator, const StackLimits& limits, const Switches& baseline);
inline constexpr double kLeastGain = 0.002;  // of the step time, for each point of difficulty

}  // namespace shardplan::advise
