#include "advise/levers.h"

#include <algorithm>
#include <cmath>

#include "base/math.h"
#include "search/violations.h"

namespace shardplan::advise {
namespace {

using estimate::Context;
using spec::Strategy;

double step_s(const estimate::Problem& problem, const Strategy& s) {
  return estimate::step_time(Context(problem), s).step_time_s;
}

double per_token_s(const Context& c, const Strategy& s, const Outcome& o) {
  return o.time.step_time_s * spec::world_size(s) / (static_cast<double>(s.gbs) * c.training().seq_length);
}

std::optional<Variant> if_legal(estimate::Problem problem, const Strategy& s, bool tp_across_domains) {
  if (!search::violations(Context(problem), s, tp_across_domains).empty()) return std::nullopt;
  return Variant{std::move(problem), s};
}

struct NumericAxis {
  Axis axis;
  int Strategy::*member;
};
constexpr NumericAxis kNumericAxes[] = {{Axis::kTp, &Strategy::tp},   {Axis::kCp, &Strategy::cp},
                                        {Axis::kPp, &Strategy::pp},   {Axis::kDp, &Strategy::dp},
                                        {Axis::kEp, &Strategy::ep},   {Axis::kEtp, &Strategy::etp},
                                        {Axis::kVpp, &Strategy::vpp}, {Axis::kMbs, &Strategy::mbs}};

class Tornado {
 public:
  Tornado(const Context& c, const Strategy& s, double usable_bytes, bool tp_across_domains)
      : c_(c), s_(s), usable_bytes_(usable_bytes), tp_across_domains_(tp_across_domains) {
    now_s_ = per_token_s(c, s, outcome_of(c, s, usable_bytes));
  }

  std::vector<Swing> run() {
    for (int i = 0; i < kResources; ++i) resource(static_cast<Resource>(i));
    axes();
    workload("seq_length", "tokens", c_.training().seq_length, with_sequence);
    workload("gbs", "sequences", s_.gbs, with_batch);
    std::stable_sort(out_.begin(), out_.end(), [](const Swing& a, const Swing& b) { return a.largest > b.largest; });
    return std::move(out_);
  }

 private:
  const Context& c_;
  const Strategy& s_;
  const double usable_bytes_;
  const bool tp_across_domains_;
  double now_s_ = 0;
  std::vector<Swing> out_;

  End end_of(const Context& c, const Strategy& s, double value) const {
    const Outcome o = outcome_of(c, s, usable_bytes_);
    return {value, s, o, per_token_s(c, s, o)};
  }

  void add(Swing swing) {
    for (const std::optional<End>* end : {&swing.low, &swing.high})
      if (*end) swing.largest = std::max(swing.largest, std::fabs((*end)->per_token_s / now_s_ - 1));
    constexpr double kNothing = 1e-6;
    if (swing.largest > kNothing) out_.push_back(std::move(swing));
  }

  void resource(Resource r) {
    const double amount = advise::amount(c_.problem, r);
    if (amount <= 0) return;
    const auto end = [&](double factor) {
      return end_of(Context(with_more(c_.problem, r, factor)), s_, factor * amount);
    };
    add({name_of(r).id, "resource", name_of(r).unit, amount, end(1 - kSmallStep), end(1 + kSmallStep), 0});
  }

  static void take_better(std::optional<End>& best, End other) {
    if (!best || better(other.outcome, best->outcome)) best = std::move(other);
  }

  void axes() {
    const std::vector<Neighbour> all = neighbours(c_, s_, tp_across_domains_);
    for (const NumericAxis& axis : kNumericAxes) {
      Swing swing{name_of(axis.axis), "axis", "", 1.0 * s_.*axis.member, {}, {}, 0};
      for (const Neighbour& n : all) {
        if (n.axis != axis.axis && n.giver != axis.axis) continue;
        End end = end_of(c_, n.strategy, n.strategy.*axis.member);
        take_better(end.value < swing.value ? swing.low : swing.high, std::move(end));
      }
      add(std::move(swing));
    }
  }

  template <class F>
  void workload(const char* id, const char* unit, int value, F changed) {
    Swing swing{id, "workload", unit, 1.0 * value, {}, {}, 0};
    const auto end = [&](int64_t other) -> std::optional<End> {
      const auto variant = changed(c_, s_, other, tp_across_domains_);
      if (!variant) return std::nullopt;
      return end_of(Context(variant->problem), variant->strategy, static_cast<double>(other));
    };
    if (value % 2 == 0) swing.low = end(value / 2);
    swing.high = end(2LL * value);
    add(std::move(swing));
  }
};

}  // namespace

std::vector<Lever> levers(const Context& c, const Strategy& s) {
  std::vector<Lever> out;
  for (int i = 0; i < kResources; ++i) {
    Lever l{static_cast<Resource>(i)};
    l.amount = amount(c.problem, l.resource);
    if (l.amount <= 0) continue;
    l.step_s = estimate::step_time(c, s).step_time_s;
    l.more_s = step_s(with_more(c.problem, l.resource, 1 + kSmallStep), s);
    l.double_s = step_s(with_more(c.problem, l.resource, 2), s);
    l.elasticity = log(l.step_s / l.more_s) / log(1 + kSmallStep);
    out.push_back(l);
  }
  std::stable_sort(out.begin(), out.end(), [](const Lever& a, const Lever& b) { return a.more_s < b.more_s; });
  return out;
}

// One search serves the three: whatever fits in less memory is on the front of time and memory with the most, since the
// time over the probability to get through falls with either.
MemoryLever memory_lever(const Context& c, const search::Limits& limits, double usable_bytes) {
  constexpr double kMost = 2;
  const Context roomy(with_memory(c.problem, kMost));
  const search::Space space(roomy, limits);
  search::Options options;
  options.top = 1;
  options.usable_bytes = usable_bytes * kMost;
  const search::Partial found = search::evaluate_range(roomy, space, 0, space.size(), options);
  const auto best = [&](double factor) {
    const Context here(with_memory(c.problem, factor));
    std::optional<Found> best;
    const auto consider = [&](uint64_t index) {
      const Strategy s = space.at(index);
      const Outcome o = outcome_of(here, s, usable_bytes * factor);
      if (!best || better_or_nearer(o, best->outcome)) best = Found{s, o};
    };
    for (const search::Candidate& on_front : found.front) consider(on_front.index);
    if (found.front.empty() && found.nearest.found) consider(found.nearest.index);
    return best;
  };
  return {best(1), best(1 + kSmallStep), best(kMost)};
}

std::optional<Variant> with_sequence(const Context& c, const Strategy& s, int64_t tokens, bool tp_across_domains) {
  estimate::Problem p = c.problem;
  p.training.seq_length = static_cast<int>(tokens);
  return if_legal(std::move(p), s, tp_across_domains);
}

std::optional<Variant> with_batch(const Context& c, const Strategy& s, int64_t sequences, bool tp_across_domains) {
  estimate::Problem p = c.problem;
  Strategy changed = s;
  p.training.gbs = changed.gbs = static_cast<int>(sequences);
  return if_legal(std::move(p), changed, tp_across_domains);
}

std::vector<Swing> swings(const Context& c, const Strategy& s, double usable_bytes, bool tp_across_domains) {
  return Tornado(c, s, usable_bytes, tp_across_domains).run();
}

}  // namespace shardplan::advise
