// Plans beside the one that failed: its neighbours and a smaller optimizer, each estimated as the plan was.
#include <algorithm>
#include <cmath>

#include "advise/neighbours.h"
#include "api/diagnosis.h"
#include "base/text.h"
#include "base/units.h"

namespace shardplan::api {
namespace {

constexpr size_t kMostPlans = 6;
constexpr double kLeastSaving = 0.02;  // of the GPU's memory
constexpr double kLeastGain = 0.01;    // of the step time; less is below what estimates can tell

struct Candidate {
  advise::Axis axis;
  std::string change;
  json::RawJson request;
  advise::Outcome outcome;
  Alternative plan;
};

class Beside {
 public:
  explicit Beside(const KnownPlan& known)
      : known_(known), usable_(known.resolved.question.usable_bytes), baseline_(baseline_of(known.plan)) {}

  std::vector<Candidate> run() {
    const spec::Strategy& from = known_.resolved.strategy;
    for (const advise::Neighbour& n : advise::neighbours(known_.context, from, known_.tp_across_domains))
      add(n.axis, known_.context, n.strategy, change_text(known_.context, from, n.strategy),
          change_request(known_.context, from, n.strategy));
    const spec::Optimizer optimizer = known_.context.training().optimizer;
    if (optimizer == spec::Optimizer::kAdamW) {
      estimate::Problem problem = known_.context.problem;
      problem.training.optimizer = spec::Optimizer::kAdamW8Bit;
      add(advise::Axis::kOffloadOptimizer, estimate::Context(std::move(problem)), from, "optimizer adamw -> adamw_8bit",
          {R"({"optimizer": "adamw_8bit"})"});
    }
    return std::move(out_);
  }

 private:
  const KnownPlan& known_;
  const double usable_;
  const Baseline baseline_;
  std::vector<Candidate> out_;

  void add(advise::Axis axis, const estimate::Context& context, const spec::Strategy& s, std::string change,
           json::RawJson request) {
    const advise::Outcome outcome = advise::outcome_of(context, s, usable_);
    Alternative plan = alternative(context, s, outcome, baseline_);
    plan.change = change;
    plan.request = request;
    out_.push_back({axis, std::move(change), std::move(request), outcome, std::move(plan)});
  }
};

std::string effect_text(const Alternative& plan, double saves_gib) {
  const auto more = [](double x, const char* unit, const char* up, const char* down) {
    return number_text(std::fabs(x), 3) + unit + (x >= 0 ? up : down);
  };
  std::string text = plan.change + ": " + more(saves_gib, " GiB ", "less", "more") + ", ";
  text += plan.gain_s == 0 ? "as fast" : more(plan.gain_s, " s a step ", "faster", "slower");
  return text + (plan.fits ? ", fits." : ", " + number_text(plan.over_gib, 3) + " GiB over.");
}

// The first of each axis, so that six ways to recompute do not hide everything else.
std::vector<Fix> first_of_each_axis(const KnownPlan& known, const std::vector<Candidate>& sorted) {
  std::vector<advise::Axis> seen;
  std::vector<Fix> fixes;
  for (const Candidate& c : sorted) {
    if (fixes.size() == kMostPlans) break;
    if (std::find(seen.begin(), seen.end(), c.axis) != seen.end()) continue;
    seen.push_back(c.axis);
    const double saves = known.plan.memory.peak_gib - c.plan.peak_gib;
    fixes.push_back({effect_text(c.plan, saves), saves, c.plan});
  }
  return fixes;
}

}  // namespace

std::vector<Fix> lighter_plans(const KnownPlan& known) {
  std::vector<Candidate> all = Beside(known).run();
  const double least = kLeastSaving * known.plan.memory.capacity_gib;
  std::erase_if(all, [&](const Candidate& c) { return known.plan.memory.peak_gib - c.plan.peak_gib < least; });
  std::stable_sort(all.begin(), all.end(),
                   [](const Candidate& a, const Candidate& b) { return advise::better(a.outcome, b.outcome); });
  return first_of_each_axis(known, all);
}

std::vector<Fix> faster_plans(const KnownPlan& known) {
  std::vector<Candidate> all = Beside(known).run();
  std::erase_if(all, [&](const Candidate& c) {
    return !c.plan.fits || c.plan.gain_s < kLeastGain * known.plan.time.step_time_s;
  });
  std::stable_sort(all.begin(), all.end(),
                   [](const Candidate& a, const Candidate& b) { return a.plan.step_time_s < b.plan.step_time_s; });
  return first_of_each_axis(known, all);
}

}  // namespace shardplan::api
