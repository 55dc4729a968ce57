// Which strategies are legal, one named rule each. The search counts its rejections by these names;
// search/violations.h has the words.
#pragma once

#include <optional>
#include <vector>

#include "estimate/problem.h"

namespace shardplan::search {

// In the order in which they are checked; a combination counts under the first that it breaks.
enum class Rejection {
  kWorldSize,
  kTpAcrossDomains,
  kHeads,
  kKvHeads,
  kWidths,
  kVocabulary,
  kSequence,
  kCpHeads,
  kExperts,
  kExpertRanks,
  kExpertWidth,
  kBatch,
  kLayers,
  kMicrobatches,
  kCombination,
  kPrecision,
  kOutOfMemory,
};
inline constexpr int kRejections = static_cast<int>(Rejection::kOutOfMemory) + 1;

// Megatron pads the vocabulary to a multiple of 128 tp.
inline constexpr int kVocabularyMultiple = 128;
// Shorter shards of a sequence leave attention tiles half empty.
inline constexpr int kFewestTokensPerRank = 128;

// Rules that depend on the degrees only; the first one broken.
std::optional<Rejection> mesh_violation(const estimate::Context& c, const spec::Strategy& s, bool tp_across_domains);
// Rules of the inner axes, for a legal mesh.
std::optional<Rejection> inner_violation(const estimate::Context& c, const spec::Strategy& s);

// All rules that are broken, of the degrees and of the inner axes.
std::vector<Rejection> broken_rules(const estimate::Context& c, const spec::Strategy& s);

}  // namespace shardplan::search
