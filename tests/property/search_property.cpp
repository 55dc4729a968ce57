// The search against an oracle that estimates every strategy of a small space by itself, and against its own pieces.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "api/plan.h"
#include "estimate/confidence.h"
#include "property/questions.h"
#include "search/search.h"
#include "search/violations.h"

namespace shardplan::property {
namespace {

using estimate::Context;
using search::Candidate;
using search::Partial;
using search::Rejection;
using search::Space;
using spec::Strategy;

struct Drawn {
  Context context;
  Space space;
  search::Options options;
};

Drawn draw(uint64_t most, const AnyQuestion& any = {}) {
  api::Resolved r = resolved(question(any));
  search::Limits limits;
  if (*rc::gen::arbitrary<bool>()) limits.mbs = {1, 2};
  if (*rc::gen::arbitrary<bool>()) limits.recompute = {spec::RecomputeMode::kNone, spec::RecomputeMode::kFull};
  if (*rc::gen::arbitrary<bool>()) limits.cp = {1};
  if (*rc::gen::arbitrary<bool>()) limits.optimizer_offload = true;
  if (*rc::gen::arbitrary<bool>()) limits.gpus = {r.problem.cluster.gpus_per_node, r.problem.cluster.gpus};
  search::Options options;
  options.usable_bytes = r.usable_bytes * *rc::gen::element(0.3, 1.0);
  options.top = *rc::gen::inRange<size_t>(1, 30);
  options.cells = *rc::gen::arbitrary<bool>();
  options.objective = *rc::gen::element(spec::Objective::kThroughput, spec::Objective::kMemory, spec::Objective::kCost);
  Context context(std::move(r.problem));
  Space space(context, limits);
  RC_PRE(space.size() > 0 && space.size() <= most);
  return {std::move(context), std::move(space), options};
}

Partial whole(const Drawn& d) { return search::evaluate_range(d.context, d.space, 0, d.space.size(), d.options); }

// Every strategy by itself, with none of the search's sharing of work.
struct Oracle {
  uint64_t fits = 0;
  std::array<uint64_t, search::kRejections> rejected{};
  std::vector<Candidate> candidates;  // that fit

  estimate::StartsNeeded starts_needed;

  explicit Oracle(const Drawn& d) : starts_needed(d.context) {
    for (uint64_t i = 0; i < d.space.size(); ++i) look_at(d, i);
  }

  void look_at(const Drawn& d, uint64_t i) {
    const Strategy s = d.space.at(i);
    auto rule = search::mesh_violation(d.context, s, false);
    if (!rule && s.gbs % s.dp != 0) rule = Rejection::kBatch;
    if (!rule) rule = search::inner_violation(d.context, s);
    if (rule) {
      ++rejected[static_cast<int>(*rule)];
      return;
    }
    const auto stages = estimate::stage_memories(d.context, s);
    const double bytes = stages[estimate::worst_stage(stages)].reserved;
    if (bytes > d.options.usable_bytes) {
      ++rejected[static_cast<int>(Rejection::kOutOfMemory)];
      return;
    }
    ++fits;
    const double step_s = estimate::step_time(d.context, s).step_time_s;
    candidates.push_back({i, spec::world_size(s), step_s, bytes, step_s * starts_needed.of(bytes)});
  }
};

bool same(const Candidate& a, const Candidate& b) {
  return a.gpus == b.gpus && near(a.step_time_s, b.step_time_s) && near(a.reserved_bytes, b.reserved_bytes) &&
         near(a.expected_s, b.expected_s);
}

// Equal times and memories up to rounding may stand in another order.
bool same(const std::vector<Candidate>& a, const std::vector<Candidate>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Candidate& x, const Candidate& y) { return same(x, y); });
}

// Whether a is as fast and as small as b, up to rounding; and whether it is clearly better in one of the two.
bool covers(const Candidate& a, const Candidate& b) {
  return a.gpus == b.gpus && a.step_time_s <= b.step_time_s * (1 + 1e-12) &&
         a.reserved_bytes <= b.reserved_bytes * (1 + 1e-12);
}
bool beats(const Candidate& a, const Candidate& b) {
  const bool clearly = a.step_time_s < b.step_time_s * (1 - 1e-12) || a.reserved_bytes < b.reserved_bytes * (1 - 1e-12);
  return covers(a, b) && clearly;
}

// Every candidate is covered by the front, and nothing in the front is beaten.
bool is_front_of(const std::vector<Candidate>& front, const std::vector<Candidate>& all) {
  const auto any = [](const std::vector<Candidate>& list, auto&& holds) {
    return std::any_of(list.begin(), list.end(), holds);
  };
  for (const Candidate& c : all)
    if (!any(front, [&](const Candidate& f) { return covers(f, c); })) return false;
  for (const Candidate& f : front)
    if (any(all, [&](const Candidate& c) { return beats(c, f); })) return false;
  return true;
}

RC_GTEST_PROP(SearchProperty, AgreesWithTheOracle, ()) {
  const Drawn d = draw(4000);
  const Partial found = whole(d);
  Oracle oracle(d);
  RC_LOG() << d.context.model().id << " on " << d.context.problem.cluster.gpus << " "
           << d.context.problem.cluster.accelerator.id << " with " << d.context.stack().id << ", " << d.space.size()
           << " combinations\n";
  RC_ASSERT(found.candidates == d.space.size());
  RC_ASSERT(found.rejected == oracle.rejected);
  RC_ASSERT(found.fits == oracle.fits);
  RC_ASSERT(is_front_of(found.front, oracle.candidates));
  std::sort(oracle.candidates.begin(), oracle.candidates.end(),
            [&](const Candidate& a, const Candidate& b) { return search::better(a, b, d.options.objective); });
  if (oracle.candidates.size() > d.options.top) oracle.candidates.resize(d.options.top);
  RC_ASSERT(same(found.top, oracle.candidates));
}

RC_GTEST_PROP(SearchProperty, EveryCombinationHasItsOwnNumber, ()) {
  const Drawn d = draw(4000);
  std::set<std::string> seen;
  for (uint64_t i = 0; i < d.space.size(); ++i) {
    const Strategy s = d.space.at(i);
    RC_ASSERT(s.tp * s.cp * s.pp * s.dp == spec::world_size(s));
    RC_ASSERT(d.context.problem.cluster.gpus % spec::world_size(s) == 0);
    std::string key;
    for (int n : {s.tp,
                  int{s.sp},
                  s.pp,
                  s.vpp,
                  s.dp,
                  s.cp,
                  s.ep,
                  s.etp,
                  static_cast<int>(s.sharding),
                  s.shard_size,
                  s.mbs,
                  static_cast<int>(s.schedule),
                  static_cast<int>(s.recompute.mode),
                  int{s.recompute.core_attn},
                  int{s.recompute.layernorm},
                  int{s.recompute.mlp},
                  int{s.recompute.moe_act},
                  int{s.recompute.mla_up_proj},
                  static_cast<int>(100 * s.recompute.layer_share),
                  static_cast<int>(s.precision),
                  static_cast<int>(s.cp_comm),
                  int{s.offload_optimizer}})
      key += std::to_string(n) + " ";
    RC_ASSERT(seen.insert(key).second);
  }
}

// Cuts [0, size) at random places and shuffles the pieces.
std::vector<std::pair<uint64_t, uint64_t>> random_slices(uint64_t size) {
  auto cuts = *rc::gen::container<std::vector<uint64_t>>(rc::gen::inRange<uint64_t>(0, size + 1));
  cuts.push_back(0);
  cuts.push_back(size);
  std::sort(cuts.begin(), cuts.end());
  std::vector<std::pair<uint64_t, uint64_t>> slices;
  for (size_t i = 1; i < cuts.size(); ++i) slices.emplace_back(cuts[i - 1], cuts[i]);
  const auto seed = *rc::gen::arbitrary<uint32_t>();
  for (size_t i = slices.size(); i > 1; --i) std::swap(slices[i - 1], slices[(seed + 31 * i) % i]);
  return slices;
}

RC_GTEST_PROP(SearchProperty, SlicesInAnyOrderGiveTheWhole, ()) {
  const Drawn d = draw(200000);
  Partial all;
  for (const auto& [begin, end] : random_slices(d.space.size()))
    all = search::merge(std::move(all), search::evaluate_range(d.context, d.space, begin, end, d.options), d.options);
  RC_ASSERT(all == whole(d));
}

RC_GTEST_PROP(SearchProperty, MergingIsAssociativeAndCommutative, ()) {
  const Drawn d = draw(200000);
  std::vector<Partial> parts;
  for (const auto& [begin, end] : random_slices(d.space.size()))
    parts.push_back(search::evaluate_range(d.context, d.space, begin, end, d.options));
  parts.resize(3);
  const auto& [a, b, c] = std::tie(parts[0], parts[1], parts[2]);
  const auto merge = [&](const Partial& x, const Partial& y) { return search::merge(x, y, d.options); };
  RC_ASSERT(merge(a, b) == merge(b, a));
  RC_ASSERT(merge(merge(a, b), c) == merge(a, merge(b, c)));
  RC_ASSERT(merge(a, Partial{}) == a);
}

RC_GTEST_PROP(SearchProperty, MoreMemoryFitsNoFewer, ()) {
  Drawn d = draw(50000);
  const Partial little = whole(d);
  d.options.usable_bytes *= 1.5;
  const Partial more = whole(d);
  RC_ASSERT(more.fits >= little.fits);
  if (!little.top.empty() && d.options.objective == spec::Objective::kThroughput)
    RC_ASSERT(more.top.front().expected_s <= little.top.front().expected_s);
}

RC_GTEST_PROP(SearchProperty, TheNearestIsTheSmallestThatDoesNotFit, ()) {
  Drawn d = draw(3000);
  d.options.usable_bytes = 1;
  const Partial found = whole(d);
  double least = INFINITY;
  for (uint64_t i = 0; i < d.space.size(); ++i) {
    const Strategy s = d.space.at(i);
    if (!search::mesh_violation(d.context, s, false) && s.gbs % s.dp == 0 && !search::inner_violation(d.context, s)) {
      const auto stages = estimate::stage_memories(d.context, s);
      least = std::min(least, stages[estimate::worst_stage(stages)].reserved);
    }
  }
  RC_ASSERT(found.nearest.found == std::isfinite(least));
  if (found.nearest.found) RC_ASSERT(near(found.nearest.over_bytes, least - 1, 1e-12));
}

// A rule's own verdict is among the violations that `validate` prints, and the other way round.
RC_GTEST_PROP(SearchProperty, TheSearchRejectsWhatHasViolations, ()) {
  const Drawn d = draw(1000000);
  const Strategy s = d.space.at(*rc::gen::inRange<uint64_t>(0, d.space.size()));
  const bool rejected = search::mesh_violation(d.context, s, false) || search::inner_violation(d.context, s);
  auto broken = search::violations(d.context, s, false);
  std::erase_if(broken, [](const search::Violation& v) { return v.rule == Rejection::kWorldSize; });
  RC_ASSERT(rejected == !broken.empty());
  for (const search::Violation& v : broken) RC_ASSERT(!v.field.empty() && !v.message.empty());
}

}  // namespace
}  // namespace shardplan::property
