// Evaluates ranges of a space and puts the parts together. `merge` is associative and commutative, so any slicing, in
// any order, on any number of workers, gives the same answer.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "search/space.h"

namespace shardplan::search {

// A legal strategy that fits.
struct Candidate {
  uint64_t index = 0;
  int gpus = 0;
  double step_time_s = 0;
  double reserved_bytes = 0;
  // Step time over the probability that the run does not run out of memory: what the ranking goes by.
  double expected_s = 0;

  bool operator==(const Candidate&) const = default;
};

// The legal strategy that comes nearest to fitting.
struct Nearest {
  bool found = false;
  uint64_t index = 0;
  double over_bytes = 0;

  bool operator==(const Nearest&) const = default;
};

// Best of all strategies with the same degrees.
struct Cell {
  int gpus = 0, tp = 0, pp = 0, cp = 0, ep = 0;
  bool fits = false;
  Candidate best;   // fits
  Nearest nearest;  // does not fit

  bool operator==(const Cell&) const = default;
};

struct Partial {
  uint64_t candidates = 0;  // numbers looked at
  uint64_t evaluated = 0;   // legal ones: memory worked out, and time where it fits
  uint64_t fits = 0;
  std::array<uint64_t, kRejections> rejected{};
  std::vector<Candidate> top;    // best first
  std::vector<Candidate> front;  // of each number of GPUs, no other is faster and smaller; by GPUs, then time
  Nearest nearest;
  std::vector<Cell> cells;  // by gpus, tp, pp, cp, ep

  bool operator==(const Partial&) const = default;
};

struct Options {
  spec::Objective objective = spec::Objective::kThroughput;
  size_t top = 20;          // candidates kept
  double usable_bytes = 0;  // of memory; what is reserved must stay below
  bool cells = false;
  bool time_everything = false;  // work out the time of what does not fit, too: for benchmarks
};

// Total order: better first. Ties fall to the smaller, then to the lower number.
bool better(const Candidate& a, const Candidate& b, spec::Objective objective);

Partial evaluate_range(const estimate::Context& context, const Space& space, uint64_t begin, uint64_t end,
                       const Options& options);

Partial merge(Partial a, const Partial& b, const Options& options);

}  // namespace shardplan::search
