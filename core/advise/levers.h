// What moves a plan: each resource of the machines, each axis of the strategy and the workload changed on its own, and
// estimated again. Resources, neighbours and outcomes are in the headers beside this one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "advise/neighbours.h"
#include "advise/outcome.h"
#include "advise/resources.h"

namespace shardplan::advise {

inline constexpr double kSmallStep = 0.1;  // the change of a resource by which its worth is measured

// A resource a tenth and twice as fast, the strategy the same.
struct Lever {
  Resource resource;
  double amount = 0;
  double step_s = 0, more_s = 0, double_s = 0;  // step time now, with a tenth more, with twice as much
  double elasticity = 0;  // -d ln(step time) / d ln(resource): 1 where the whole step waits for it
};
// Those that the machines have, most worth first.
std::vector<Lever> levers(const estimate::Context& context, const spec::Strategy& strategy);

// Memory buys another plan: the best one with what there is, with a tenth more, and with twice as much.
struct MemoryLever {
  std::optional<Found> now, more, twice;  // nothing where no strategy is legal
};
MemoryLever memory_lever(const estimate::Context& context, const search::Limits& limits, double usable_bytes);

// The same strategy in a changed problem.
struct Variant {
  estimate::Problem problem;
  spec::Strategy strategy;
};
// Sequences of so many tokens, or steps of so many sequences; nothing where the strategy is then illegal.
std::optional<Variant> with_sequence(const estimate::Context& context, const spec::Strategy& strategy, int64_t tokens,
                                     bool tp_across_domains);
std::optional<Variant> with_batch(const estimate::Context& context, const spec::Strategy& strategy, int64_t sequences,
                                  bool tp_across_domains);

// One end of a bar in a tornado chart.
struct End {
  double value = 0;
  spec::Strategy strategy;
  Outcome outcome;
  double per_token_s = 0;  // GPU-seconds
};
struct Swing {
  const char* id;
  const char* kind;  // "resource", "axis", "workload"
  const char* unit;
  double value = 0;
  std::optional<End> low, high;
  double largest = 0;  // change of GPU time per token, the larger of both ends, as a share
};
// Resources by a tenth; degrees to the next legal value, what else has to change chosen well; sequence and batch halved
// and doubled. Largest first, what moves nothing left out.
std::vector<Swing> swings(const estimate::Context& context, const spec::Strategy& strategy, double usable_bytes,
                          bool tp_across_domains);

}  // namespace shardplan::advise
