#include "advise/stacking.h"

#include <algorithm>

#include "search/violations.h"

namespace shardplan::advise {
namespace {

using spec::Strategy;

constexpr int kMostSteps = 64;  // of the walk; it ends by itself long before

double reading(const Outcome& o, spec::Objective objective) {
  return objective == spec::Objective::kMemory ? o.reserved_bytes : o.time.step_time_s / (1 - o.oom_probability);
}

template <class T>
bool contains(const std::vector<T>& all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

class Walk {
 public:
  Walk(Estimator& estimator, const StackLimits& limits, const Switches& baseline)
      : estimator_(estimator), limits_(limits), baseline_(baseline) {}

  Switches run() {
    best_ = baseline_;
    outcome_ = estimator_.of(best_);
    for (int step = 0; step < kMostSteps; ++step)
      if (!one_change() && !other_degrees() && !two_changes()) break;
    give_back();
    return best_;
  }

 private:
  Estimator& estimator_;
  const StackLimits& limits_;
  const Switches& baseline_;
  Switches best_;
  std::optional<Outcome> outcome_;

  bool take(const std::vector<Switches>& candidates) {
    bool taken = false;
    for (const Switches& candidate : candidates) {
      const auto outcome = estimator_.of(candidate);
      if (!outcome || (outcome_ && !better(*outcome, *outcome_, limits_.objective))) continue;
      best_ = candidate;
      outcome_ = outcome;
      taken = true;
    }
    return taken;
  }

  std::vector<Switches> changes(const Switches& at, size_t from = 0) const {
    std::vector<Switches> out;
    for (size_t i = from; i < limits_.techniques.size(); ++i)
      for (Switches& x : allowed_alternatives(estimator_, limits_, limits_.techniques[i], at))
        out.push_back(std::move(x));
    return out;
  }

  bool one_change() { return take(changes(best_)); }

  bool two_changes() {
    std::vector<Switches> pairs;
    for (size_t i = 0; i < limits_.techniques.size(); ++i)
      for (const Switches& first : allowed_alternatives(estimator_, limits_, limits_.techniques[i], best_))
        for (Switches& both : changes(first, i + 1)) pairs.push_back(std::move(both));
    return take(pairs);
  }

  // The best layout for what is switched on: a search over the degrees and what a search knows.
  bool other_degrees() {
    if (!contains(limits_.techniques, Technique::kDegrees)) return false;
    const estimate::Context& c = estimator_.context(best_);
    search::Options options;
    options.objective = limits_.objective;
    options.top = 1;
    options.usable_bytes = estimator_.usable_bytes();
    const search::Space space(c, search_limits());
    const search::Partial found = search::evaluate_range(c, space, 0, space.size(), options);
    if (found.top.empty() && !found.nearest.found) return false;
    Switches other = best_;
    other.strategy = space.at(found.top.empty() ? found.nearest.index : found.top.front().index);
    other.strategy.offload_activations = best_.strategy.offload_activations;
    Switches without = other;
    without.strategy.offload_activations = baseline_.strategy.offload_activations;
    return take({other, without});
  }

  // Techniques that may not be switched stay as they are, settings that are too difficult out.
  search::Limits search_limits() const {
    search::Limits l;
    const Strategy& s = best_.strategy;
    const auto fixed = [&](Technique t) { return !contains(limits_.techniques, t); };
    l.precision = {s.precision};
    if (fixed(Technique::kMicroBatch)) l.mbs = {s.mbs};
    if (fixed(Technique::kSequenceParallel)) l.sp = s.sp;
    if (fixed(Technique::kRecompute)) l.recompute = {s.recompute.mode};
    l.tp_across_domains = estimator_.tp_across_domains();
    l.optimizer_offload = s.offload_optimizer;
    Switches x = best_;
    for (spec::Schedule schedule : estimator_.full().stack.schedules) {
      x.strategy.schedule = schedule;
      const bool allowed = fixed(Technique::kPipeline) ? schedule == s.schedule : is_allowed(Technique::kPipeline, x);
      if (allowed) l.schedule.push_back(schedule);
    }
    for (spec::Sharding sharding : estimator_.full().stack.shardings) {
      x.strategy.sharding = sharding;
      const bool allowed = fixed(Technique::kSharding) ? sharding == s.sharding : is_allowed(Technique::kSharding, x);
      if (allowed) l.sharding.push_back(sharding);
    }
    return l;
  }

  bool is_allowed(Technique t, const Switches& x) const { return effort_of(t, x).difficulty <= limits_.difficulty; }

  // The most difficult first: for what it was before, or for a milder setting that is worth as much.
  void give_back() {
    std::vector<Technique> order = limits_.techniques;
    std::stable_sort(order.begin(), order.end(), [&](Technique a, Technique b) {
      return effort_of(a, best_).difficulty > effort_of(b, best_).difficulty;
    });
    for (Technique t : order) {
      if (same(t, best_, baseline_)) continue;
      for (const Switches& milder : milder_settings(t)) {
        const auto outcome = estimator_.of(milder);
        if (!outcome || !is_worth_as_much(*outcome, effort_of(t, best_))) continue;
        best_ = milder;
        outcome_ = outcome;
        break;
      }
    }
  }

  std::vector<Switches> milder_settings(Technique t) const {
    const auto effort = [t](const Switches& x) {
      const Effort e = effort_of(t, x);
      return std::pair(e.difficulty, e.rank);
    };
    std::vector<Switches> out = allowed_alternatives(estimator_, limits_, t, best_);
    std::erase_if(out, [&](const Switches& x) { return effort(x) >= effort(best_); });
    std::stable_sort(out.begin(), out.end(),
                     [&](const Switches& a, const Switches& b) { return effort(a) < effort(b); });
    Switches before = best_;
    copy(t, before, baseline_);
    out.insert(out.begin(), std::move(before));
    return out;
  }

  bool is_worth_as_much(const Outcome& o, const Effort& effort) const {
    if (o.fits() != outcome_->fits()) return false;
    const auto value = [&](const Outcome& x) { return x.fits() ? reading(x, limits_.objective) : x.reserved_bytes; };
    return value(o) <= value(*outcome_) * (1 + kLeastGain * effort.difficulty);
  }
};

}  // namespace

Estimator::Estimator(estimate::Problem full, double usable_bytes, bool tp_across_domains)
    : full_(std::move(full)), usable_bytes_(usable_bytes), tp_across_domains_(tp_across_domains) {}

const estimate::Context& Estimator::context(const Switches& x) {
  Switches key = x;
  key.strategy = {};
  for (const Entry& e : contexts_)
    if (e.key == key) return *e.context;
  contexts_.push_back({key, std::make_unique<estimate::Context>(switched(full_, x))});
  return *contexts_.back().context;
}

std::optional<Outcome> Estimator::of(const Switches& x) {
  const estimate::Context& c = context(x);
  const Strategy& s = x.strategy;
  if (spec::world_size(s) != c.problem.cluster.gpus || search::mesh_violation(c, s, tp_across_domains_) ||
      search::inner_violation(c, s))
    return std::nullopt;
  return outcome_of(c, s, usable_bytes_);
}

std::string Estimator::why_not(const Switches& x) {
  const auto broken = search::violations(context(x), x.strategy, tp_across_domains_);
  return broken.empty() ? "" : broken.front().message;
}

bool better(const Outcome& a, const Outcome& b, spec::Objective objective) {
  if (a.fits() != b.fits()) return a.fits();
  if (!a.fits() && a.reserved_bytes != b.reserved_bytes) return a.reserved_bytes < b.reserved_bytes;
  const double x = reading(a, objective), y = reading(b, objective);
  return x != y ? x < y : a.reserved_bytes < b.reserved_bytes;
}

std::vector<Switches> allowed_alternatives(const Estimator& estimator, const StackLimits& limits, Technique technique,
                                           const Switches& at) {
  std::vector<Switches> out = alternatives(estimator.full(), limits.offer, technique, at);
  std::erase_if(out, [&](const Switches& x) { return effort_of(technique, x).difficulty > limits.difficulty; });
  return out;
}

Switches best_stack(Estimator& estimator, const StackLimits& limits, const Switches& baseline) {
  return Walk(estimator, limits, baseline).run();
}

}  // namespace shardplan::advise
