// Long sequences: each way to cut them over GPUs, what it takes, and how far it reaches.
#pragma once

#include <vector>

#include "advise/outcome.h"

namespace shardplan::advise {

inline constexpr int kShortestSequence = 4096;
inline constexpr int kLongestSequence = 1 << 20;

// Context parallelism of one degree by one way of communication.
struct ContextWay {
  int cp = 1;
  spec::ContextParallel comm = spec::ContextParallel::kRing;
};
// All degrees that divide the GPUs and that the limits allow; one way where cp is 1.
std::vector<ContextWay> context_ways(const estimate::Context& context, const search::Limits& limits);

struct WayAt {
  int seq_length = 0;
  std::optional<Found> found;          // nothing where no strategy is legal
  search::Rejection rejected_by = {};  // then: the rule that most of them break
};
WayAt way_at(const estimate::Context& context, search::Limits limits, double usable_bytes, const ContextWay& way,
             int seq_length);

// The sequences 4096, 8192, ... 2^20.
std::vector<int> sequence_ladder();

// The longest sequence up to 2^20 for which a plan fits, to an eighth of a doubling; 0 where even the shortest of the
// ladder does not. `ladder` is the way at each of sequence_ladder().
int longest_sequence(const estimate::Context& context, const search::Limits& limits, double usable_bytes,
                     const ContextWay& way, const std::vector<WayAt>& ladder);

// The problem with sequences of so many tokens.
estimate::Context at_sequence(const estimate::Context& context, int seq_length);

}  // namespace shardplan::advise
