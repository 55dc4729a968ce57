#include "advise/long_context.h"

#include <algorithm>

#include "base/integers.h"

namespace shardplan::advise {
namespace {

using estimate::Context;
using spec::ContextParallel;

template <class T>
bool allowed(const std::vector<T>& list, T value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

search::Limits only(search::Limits limits, const ContextWay& way) {
  limits.cp = {way.cp};
  limits.cp_comm = {way.comm};
  return limits;
}

bool fits(const WayAt& at) { return at.found && at.found->outcome.fits(); }

}  // namespace

std::vector<ContextWay> context_ways(const Context& c, const search::Limits& limits) {
  std::vector<ContextWay> out;
  for (int64_t degree : divisors(c.problem.cluster.gpus)) {
    const int cp = static_cast<int>(degree);
    if (!allowed(limits.cp, cp) || (cp > 1 && !c.stack().context_parallel)) continue;
    if (cp * search::kFewestTokensPerRank > kLongestSequence) continue;
    for (ContextParallel comm : {ContextParallel::kRing, ContextParallel::kAllGather, ContextParallel::kAllToAll})
      if ((cp > 1 && allowed(limits.cp_comm, comm)) || (cp == 1 && comm == ContextParallel::kRing))
        out.push_back({cp, comm});
  }
  return out;
}

Context at_sequence(const Context& c, int seq_length) {
  estimate::Problem p = c.problem;
  p.training.seq_length = seq_length;
  return Context(std::move(p));
}

WayAt way_at(const Context& c, search::Limits limits, double usable_bytes, const ContextWay& way, int seq_length) {
  const Context here = at_sequence(c, seq_length);
  const search::Space space(here, only(std::move(limits), way));
  search::Options options;
  options.top = 1;
  options.usable_bytes = usable_bytes;
  const search::Partial found = search::evaluate_range(here, space, 0, space.size(), options);
  WayAt at{seq_length, std::nullopt, search::Rejection::kSequence};
  if (found.top.empty() && !found.nearest.found) {
    const auto most = std::max_element(found.rejected.begin(), found.rejected.end());
    if (*most > 0) at.rejected_by = static_cast<search::Rejection>(most - found.rejected.begin());
    return at;
  }
  const spec::Strategy s = space.at(found.top.empty() ? found.nearest.index : found.top.front().index);
  at.found = Found{s, outcome_of(here, s, usable_bytes)};
  return at;
}

std::vector<int> sequence_ladder() {
  std::vector<int> out;
  for (int seq = kShortestSequence; seq <= kLongestSequence; seq *= 2) out.push_back(seq);
  return out;
}

int longest_sequence(const Context& c, const search::Limits& limits, double usable_bytes, const ContextWay& way,
                     const std::vector<WayAt>& ladder) {
  int longest = 0;
  for (const WayAt& at : ladder)
    if (fits(at)) longest = std::max(longest, at.seq_length);
  if (longest == 0 || longest >= kLongestSequence) return longest;
  const int step = longest / 8;
  for (int width = 4; width >= 1; width /= 2)
    if (fits(way_at(c, limits, usable_bytes, way, longest + width * step))) longest += width * step;
  return longest;
}

}  // namespace shardplan::advise
