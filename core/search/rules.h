// Which strategies are legal, one named rule each. The search counts its rejections by these names; `validate` prints
// them.
#pragma once

#include <optional>
#include <string>
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

const char* rejection_name(Rejection r);  // "heads", as responses count it
const char* rejection_text(Rejection r);  // for people

// A broken rule: what is wrong with this very strategy, and what would be legal.
struct Violation {
  Rejection rule;
  std::string field;
  std::string message;
  std::string hint;
};

// Rules that depend on the degrees only; the first one broken.
std::optional<Rejection> mesh_violation(const estimate::Context& c, const spec::Strategy& s, bool tp_across_domains);
// Rules of the inner axes, for a legal mesh.
std::optional<Rejection> inner_violation(const estimate::Context& c, const spec::Strategy& s);

// Every broken rule with its message, memory left out.
std::vector<Violation> violations(const estimate::Context& c, const spec::Strategy& s, bool tp_across_domains);

}  // namespace shardplan::search
