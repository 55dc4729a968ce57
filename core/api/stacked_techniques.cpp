#include "api/stacked_techniques.h"

#include <algorithm>

#include "api/alternative.h"
#include "base/text.h"
#include "base/units.h"
#include "json/enum_name.h"
#include "json/view.h"

namespace shardplan::api {
namespace {

using advise::Switches;
using advise::Technique;

Switches with_setting_of(Technique t, Switches at, const Switches& from) {
  advise::copy(t, at, from);
  return at;
}

class Table {
 public:
  Table(advise::Estimator& estimator, const advise::StackLimits& limits, const Switches& baseline,
        const Switches& stack)
      : estimator_(estimator), limits_(limits), baseline_(baseline), stack_(stack) {}

  std::vector<TechniqueFields> rows() {
    for (Technique t : limits_.techniques) {
      if (!advise::same(t, baseline_, stack_)) add(t, stack_);
      others(t);
    }
    std::stable_sort(rows_.begin(), rows_.end(), [](const TechniqueFields& a, const TechniqueFields& b) {
      return a.in_stack != b.in_stack ? a.in_stack : a.allowed && !b.allowed;
    });
    return std::move(rows_);
  }

 private:
  advise::Estimator& estimator_;
  const advise::StackLimits& limits_;
  const Switches& baseline_;
  const Switches& stack_;
  std::vector<TechniqueFields> rows_;

  // Settings that the stack does not have.
  void others(Technique t) {
    std::vector<Switches> all = advise::alternatives(estimator_.full(), limits_.offer, t, baseline_);
    std::erase_if(all, [&](const Switches& x) { return advise::same(t, x, stack_); });
    if (t == Technique::kPrecision || t == Technique::kOptimizer) {
      for (const Switches& x : all) add(t, x);
      return;
    }
    if (!advise::same(t, baseline_, stack_)) return;
    const Switches* best = nullptr;
    std::optional<advise::Outcome> best_outcome;
    for (const Switches& x : all) {
      const auto outcome = estimator_.of(x);
      if (!outcome || (best != nullptr && !advise::better(*outcome, *best_outcome, limits_.objective))) continue;
      best = &x;
      best_outcome = outcome;
    }
    if (best != nullptr) add(t, *best);
  }

  Effect effect(const Switches& without, const Switches& with) {
    Effect e;
    const auto before = estimator_.of(without), after = estimator_.of(with);
    if (!after || !before) {
      e.note = after ? "Without it the rest is not legal: " + estimator_.why_not(without) : estimator_.why_not(with);
      return e;
    }
    e.possible = true;
    e.fits = after->fits();
    e.step_time_change_s = after->time.step_time_s - before->time.step_time_s;
    e.step_time_change_pct = 100 * e.step_time_change_s / before->time.step_time_s;
    e.peak_change_gib = (after->reserved_bytes - before->reserved_bytes) / kGib;
    e.oom_probability_change = after->oom_probability - before->oom_probability;
    if (after->fits() && !before->fits())
      e.note = "Without it " + number_text(before->over_bytes / kGib, 3) + " GiB over.";
    if (!after->fits() && before->fits()) e.note = number_text(after->over_bytes / kGib, 3) + " GiB over.";
    return e;
  }

  void add(Technique t, const Switches& from) {
    TechniqueFields f;
    const advise::Effort effort = advise::effort_of(t, from);
    f.technique = advise::name_of(t);
    f.setting = setting_text(estimator_, t, baseline_, from);
    f.in_stack = advise::same(t, from, stack_);
    f.difficulty = effort.difficulty;
    f.reason = effort.reason;
    f.changes_numerics = effort.changes_numerics;
    f.allowed = effort.difficulty <= limits_.difficulty;
    f.alone = effect(baseline_, with_setting_of(t, baseline_, from));
    f.in_place = f.in_stack ? effect(with_setting_of(t, stack_, baseline_), stack_)
                            : effect(stack_, with_setting_of(t, stack_, from));
    rows_.push_back(std::move(f));
  }
};

}  // namespace

std::vector<TechniqueFields> techniques_of(advise::Estimator& estimator, const advise::StackLimits& limits,
                                           const Switches& baseline, const Switches& stack) {
  return Table(estimator, limits, baseline, stack).rows();
}

std::string setting_text(advise::Estimator& estimator, Technique technique, const Switches& from, const Switches& to) {
  switch (technique) {
    case Technique::kOptimizer: return json::enum_name(to.optimizer);
    case Technique::kCudaGraphs: return json::enum_name(to.cuda_graphs);
    case Technique::kTpOverlap: return to.tp_overlap ? "on" : "off";
    default: break;
  }
  const Switches only = with_setting_of(technique, from, to);
  return change_text(estimator.context(from), from.strategy, only.strategy);
}

json::RawJson switch_request(advise::Estimator& estimator, const Switches& from, const Switches& to) {
  std::string text = change_request(estimator.context(to), from.strategy, to.strategy).text;
  const auto set = [&](const char* name, const std::string& value) {
    text.pop_back();
    if (text.size() > 1) text += ", ";
    text += json::quoted(name) + ": " + value + "}";
  };
  if (from.optimizer != to.optimizer) set("optimizer", json::quoted(json::enum_name(to.optimizer)));
  if (from.cuda_graphs != to.cuda_graphs) set("cuda_graphs", json::quoted(json::enum_name(to.cuda_graphs)));
  if (from.tp_overlap != to.tp_overlap) set("tp_comm_overlap", to.tp_overlap ? "true" : "false");
  return {text};
}

}  // namespace shardplan::api

namespace shardplan::json {

Fields Describe<api::Effect>::fields() {
  using E = api::Effect;
  static constexpr Field table[] = {
      field<&E::possible>("possible", "Both plans are legal, so that there is a difference."),
      field<&E::fits>("fits", "The plan with it."),
      field<&E::step_time_change_s>("step_time_change_s", "Negative is faster.").omit_default(),
      field<&E::step_time_change_pct>("step_time_change_pct").omit_default(),
      field<&E::peak_change_gib>("peak_change_gib", "Worst rank, reserved; negative is smaller.").omit_default(),
      field<&E::oom_probability_change>("oom_probability_change", "Of running out of memory.").omit_default(),
      field<&E::note>("note").omit_default(),
  };
  return table;
}

Fields Describe<api::TechniqueFields>::fields() {
  using T = api::TechniqueFields;
  static constexpr Field table[] = {
      field<&T::technique>("technique"),
      field<&T::setting>("setting", "What changes against the baseline."),
      field<&T::in_stack>("in_stack"),
      field<&T::difficulty>("difficulty", "1: one flag. 2: wants a validation run. 3: changes the numbers trained."),
      field<&T::reason>("reason", "Why it is so difficult."),
      field<&T::changes_numerics>("changes_numerics"),
      field<&T::allowed>("allowed", "Within the request's difficulty."),
      field<&T::alone>("alone", "Switched on alone, on the baseline."),
      field<&T::in_place>("in_place", "Switched on last: the stack with it against the stack without it."),
  };
  return table;
}

}  // namespace shardplan::json
