// Techniques: what may be switched about a plan without changing the question that it answers, in the strategy and in
// what software and optimizer do. advise/stacking.h combines them; advise/neighbours.h walks the strategy alone.
#pragma once

#include <string>
#include <vector>

#include "estimate/problem.h"

namespace shardplan::advise {

// The setting of every technique.
struct Switches {
  spec::Strategy strategy;
  spec::Optimizer optimizer = spec::Optimizer::kAdamW;
  spec::CudaGraphs cuda_graphs = spec::CudaGraphs::kNone;
  bool tp_overlap = true;

  bool operator==(const Switches&) const = default;
};

enum class Technique {
  kDegrees,
  kPrecision,
  kOptimizer,
  kRecompute,
  kMicroBatch,
  kPipeline,
  kSequenceParallel,
  kTpOverlap,
  kCudaGraphs,
  kSharding,
  kOptimizerOffload,
  kActivationOffload,
};
inline constexpr int kTechniques = static_cast<int>(Technique::kActivationOffload) + 1;
inline constexpr Technique technique_of(int i) { return static_cast<Technique>(i); }

const char* name_of(Technique technique);  // "micro_batch"

Switches switches_of(const estimate::Problem& problem, const spec::Strategy& strategy);
// `problem` is one in which nothing is switched off.
estimate::Problem switched(estimate::Problem problem, const Switches& switches);

// Takes the setting of one technique from another plan. What it makes impossible at once falls back: sequence
// parallelism with tp, virtual stages with pp.
void copy(Technique technique, Switches& to, const Switches& from);
bool same(Technique technique, const Switches& a, const Switches& b);

// What may be tried beside what the software stack says.
struct Offer {
  std::vector<spec::Optimizer> optimizers;
};
// The optimizers that large runs are known to have used, from the one that most recipes are tuned for on.
Offer usual_offer();

// Other settings of a technique, everything else as it stands; rules and memory are not looked at. None of
// the degrees: a search lays them out.
std::vector<Switches> alternatives(const estimate::Problem& problem, const Offer& offer, Technique technique,
                                   const Switches& at);

// What a setting asks of its user.
struct Effort {
  int difficulty = 1;  // 1: one flag, 2: wants a validation run, 3: changes the numbers that are trained
  const char* reason = "";
  bool changes_numerics = false;
  int rank = 0;  // of settings as difficult as each other, the milder first
};
Effort effort_of(Technique technique, const Switches& value);

}  // namespace shardplan::advise
