// What limits a plan, and what moves it: every gain is the difference of two estimates.
#include <algorithm>

#include "advise/levers.h"
#include "advise/parts.h"
#include "api/alternative.h"
#include "api/fields.h"
#include "api/registry.h"
#include "api/sentences.h"
#include "api/stated_plan.h"
#include "base/text.h"
#include "base/units.h"

namespace shardplan::api {

struct BottleneckRequest {
  StatedPlan plan;
};

struct BottleneckPart {
  std::string part, limit;
  double seconds = 0, share_pct = 0;
};

struct BottleneckLimit {
  std::string limit;
  double seconds = 0, share_pct = 0;
};

struct ResourceGain {
  double step_time_s = 0, gain_s = 0, gain_pct = 0;
};

struct BottleneckLever {
  std::string resource, unit;
  double amount = 0;
  ResourceGain plus_10_pct, doubled;
  double elasticity = 0;
};

struct MemoryPlan {
  double memory_gib = 0;
  bool fits = false;
  double step_time_s = 0, gain_s = 0, gain_pct = 0;
  std::string change;
  json::RawJson request;
};

struct BottleneckMemory {
  double needed_gib = 0;
  std::vector<MemoryPlan> best;
};

struct TornadoEnd {
  double value = 0;
  double change_pct = 0;
  bool fits = false;
  double over_gib = 0, step_time_s = 0;
  std::string change;
};

struct TornadoBar {
  std::string parameter, kind, unit;
  double value = 0;
  std::optional<TornadoEnd> low, high;
};

struct BottleneckResponse {
  std::string bottleneck;
  std::string largest_loss;
  std::vector<std::string> findings;
  std::vector<BottleneckPart> parts;
  std::vector<BottleneckLimit> limits;
  std::vector<BottleneckLever> levers;
  std::string best_lever;
  BottleneckMemory memory_capacity;
  std::optional<Alternative> best_neighbour;
  std::vector<Alternative> neighbours;
  std::vector<TornadoBar> tornado;
  Plan plan;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

using advise::Limit;
using estimate::Context;
using spec::Strategy;

ResourceGain gain_of(double now_s, double then_s) { return {then_s, now_s - then_s, 100 * (now_s / then_s - 1)}; }

std::vector<BottleneckLever> lever_fields(const std::vector<advise::Lever>& levers) {
  std::vector<BottleneckLever> out;
  for (const advise::Lever& l : levers)
    out.push_back({name_of(l.resource).id, name_of(l.resource).unit, l.amount, gain_of(l.step_s, l.more_s),
                   gain_of(l.step_s, l.double_s), l.elasticity});
  return out;
}

std::vector<Alternative> neighbour_fields(const Context& c, const Strategy& s, double usable_bytes, bool across,
                                          const Plan& plan) {
  std::vector<advise::Found> all;
  for (const advise::Neighbour& n : advise::neighbours(c, s, across))
    all.push_back({n.strategy, advise::outcome_of(c, n.strategy, usable_bytes)});
  std::stable_sort(all.begin(), all.end(),
                   [](const advise::Found& a, const advise::Found& b) { return advise::better(a.outcome, b.outcome); });
  std::vector<Alternative> out;
  for (const advise::Found& n : all) out.push_back(alternative(c, s, n.strategy, n.outcome, baseline_of(plan)));
  return out;
}

BottleneckMemory memory_fields(const Context& c, const Strategy& s, double usable_bytes, bool across,
                               const Plan& plan) {
  search::Limits limits;
  limits.tp_across_domains = across;
  const advise::MemoryLever lever = advise::memory_lever(c, limits, usable_bytes);
  const double memory_gib = c.problem.cluster.accelerator.memory_gib;
  BottleneckMemory m;
  // As much of a larger memory stays free.
  m.needed_gib = plan.memory.peak_gib * memory_gib / (usable_bytes / kGib);
  const auto add = [&](double factor, const std::optional<advise::Found>& found) {
    if (!found) return;
    const estimate::StepTime& t = found->outcome.time;
    const ResourceGain gain = gain_of(plan.time.step_time_s, t.step_time_s);
    m.best.push_back({memory_gib * factor, found->outcome.fits(), t.step_time_s, gain.gain_s, gain.gain_pct,
                      change_text(c, s, found->strategy), change_request(c, s, found->strategy)});
  };
  add(1, lever.now);
  add(1 + advise::kSmallStep, lever.more);
  add(2, lever.twice);
  return m;
}

std::vector<TornadoBar> tornado_of(const Context& c, const Strategy& s, double usable_bytes, bool across) {
  const advise::Outcome now = advise::outcome_of(c, s, usable_bytes);
  const double now_s = now.time.step_time_s * spec::world_size(s) / (1.0 * s.gbs * c.training().seq_length);
  std::vector<TornadoBar> out;
  for (const advise::Swing& swing : advise::swings(c, s, usable_bytes, across)) {
    const auto end = [&](const std::optional<advise::End>& e) -> std::optional<TornadoEnd> {
      if (!e) return std::nullopt;
      const advise::Outcome& o = e->outcome;
      return TornadoEnd{e->value,           100 * (e->per_token_s / now_s - 1),
                        o.fits(),           o.over_bytes / kGib,
                        o.time.step_time_s, swing.kind == std::string("axis") ? change_text(c, s, e->strategy) : ""};
    };
    out.push_back({swing.id, swing.kind, swing.unit, swing.value, end(swing.low), end(swing.high)});
  }
  return out;
}

std::string about_memory(const Plan& plan) {
  if (plan.fits) return "";
  return "The plan does not fit: stage " + std::to_string(plan.memory.worst_stage) + " needs " +
         gib_text(plan.memory.peak_gib) + ", " + gib_text(plan.over_gib) + " more than the " +
         gib_text(plan.memory.usable_gib) + " that may be used. The times below are as if memory were enough.";
}

std::string about_limits(const std::vector<advise::LimitTime>& limits, double step_s) {
  std::string text = "Most of the step goes to " + std::string(name_of(limits.front().limit).text) + ": " +
                     seconds_text(limits.front().seconds) + ", " + percent_text(limits.front().seconds / step_s) + ".";
  for (const advise::LimitTime& l : limits) {
    if (l.limit == limits.front().limit || l.limit == Limit::kCompute) continue;
    return text + (limits.front().limit == Limit::kCompute ? " The largest loss is " : " Next is ") +
           name_of(l.limit).text + ": " + seconds_text(l.seconds) + ", " + percent_text(l.seconds / step_s) + ".";
  }
  return text;
}

std::string about_levers(const std::vector<advise::Lever>& levers) {
  const advise::Lever& best = levers.front();
  return "A tenth more " + std::string(name_of(best.resource).text) + " saves " +
         percent_text(1 - best.more_s / best.step_s) +
         " of the step, more than a tenth of any other resource; twice as "
         "much saves " +
         percent_text(1 - best.double_s / best.step_s) + ".";
}

std::string about_neighbours(const std::vector<Alternative>& neighbours, bool plan_fits) {
  if (neighbours.empty()) return "";
  const Alternative& best = neighbours.front();
  if (!best.fits) return plan_fits ? "" : "No strategy that differs in one axis fits either.";
  if (!plan_fits)
    return "The best change of one axis that fits: " + best.change + ", " + seconds_text(best.step_time_s) + " a step.";
  if (best.gain_s <= 0) return "No strategy that differs in one axis and fits is faster at a similar risk.";
  return "The best change of one axis: " + best.change + ", which saves " + seconds_text(best.gain_s) + " (" +
         percent_text(best.gain_s / (best.step_time_s + best.gain_s)) + ").";
}

std::string about_the_best(const BottleneckMemory& memory) {
  if (memory.best.empty() || memory.best.front().change.empty()) return "";
  const MemoryPlan& best = memory.best.front();
  if (!best.fits) return "No strategy fits on these GPUs; ask 'recommend' for the smallest change that would.";
  return "The best plan of the question: " + best.change + ", " + seconds_text(best.step_time_s) + " a step.";
}

Result<BottleneckResponse> bottleneck(const BottleneckRequest& request) {
  auto resolved = resolve(request.plan);
  if (!resolved) return tl::unexpected<Diagnostics>(resolved.error());
  const Context context(resolved->question.problem);
  const Strategy& s = resolved->strategy;
  const double usable_bytes = resolved->question.usable_bytes;
  const bool across = request.plan.tp_across_domains;
  BottleneckResponse r;
  r.plan = make_plan(context, s, usable_bytes);
  const double step_s = r.plan.time.step_time_s;
  const std::vector<advise::Part> parts = advise::parts_of(context, s, estimate::step_time(context, s));
  const std::vector<advise::LimitTime> limits = advise::limits_of(parts);
  for (const advise::Part& p : parts)
    r.parts.push_back({p.id, name_of(p.limit).id, p.seconds, 100 * p.seconds / step_s});
  for (const advise::LimitTime& l : limits) {
    r.limits.push_back({name_of(l.limit).id, l.seconds, 100 * l.seconds / step_s});
    if (r.largest_loss.empty() && l.limit != Limit::kCompute) r.largest_loss = name_of(l.limit).id;
  }
  r.bottleneck = name_of(r.plan.fits ? limits.front().limit : Limit::kMemoryCapacity).id;
  const std::vector<advise::Lever> levers = advise::levers(context, s);
  r.levers = lever_fields(levers);
  r.best_lever = r.levers.front().resource;
  r.memory_capacity = memory_fields(context, s, usable_bytes, across, r.plan);
  r.neighbours = neighbour_fields(context, s, usable_bytes, across, r.plan);
  if (!r.neighbours.empty() && r.neighbours.front().fits) r.best_neighbour = r.neighbours.front();
  r.tornado = tornado_of(context, s, usable_bytes, across);
  r.findings = spoken({about_memory(r.plan), about_limits(limits, step_s), about_levers(levers),
                       about_neighbours(r.neighbours, r.plan.fits), about_the_best(r.memory_capacity)});
  r.assumptions = std::move(resolved->question.assumptions);
  r.warnings = std::move(resolved->question.warnings);
  if (!r.plan.fits) r.warnings.push_back("The plan does not fit: see plan.over_gib.");
  return r;
}

}  // namespace

Operation bottleneck_operation() {
  return make_operation<&bottleneck>(
      "bottleneck", "What limits a plan, by how much, and what would help most.",
      R"({"model": "llama-3.1-70b", "gpu": "h100", "gpus": 64, "seq_length": 8192, "gbs": 128, "tp": 4, "pp": 8, "vpp": 5, "dp": 2, "mbs": 1})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::BottleneckRequest, "bottleneck_request");
SHARDPLAN_DESCRIBE(api::BottleneckPart, "bottleneck_part");
SHARDPLAN_DESCRIBE(api::BottleneckLimit, "bottleneck_limit");
SHARDPLAN_DESCRIBE(api::ResourceGain, "resource_gain");
SHARDPLAN_DESCRIBE(api::BottleneckLever, "bottleneck_lever");
SHARDPLAN_DESCRIBE(api::MemoryPlan, "memory_plan");
SHARDPLAN_DESCRIBE(api::BottleneckMemory, "bottleneck_memory");
SHARDPLAN_DESCRIBE(api::TornadoEnd, "tornado_end");
SHARDPLAN_DESCRIBE(api::TornadoBar, "tornado_bar");
SHARDPLAN_DESCRIBE(api::BottleneckResponse, "bottleneck_response");

Fields Describe<api::BottleneckRequest>::fields() {
  static const FieldList table = FieldList().include<&api::BottleneckRequest::plan>();
  return table;
}

Fields Describe<api::BottleneckPart>::fields() {
  using P = api::BottleneckPart;
  static constexpr Field table[] = {
      field<&P::part>("part"),
      field<&P::limit>("limit", "What it waits for."),
      field<&P::seconds>("step_s", "Seconds of a step, communication by what is exposed."),
      field<&P::share_pct>("share_pct", "Of the step."),
  };
  return table;
}

Fields Describe<api::BottleneckLimit>::fields() {
  using L = api::BottleneckLimit;
  static constexpr Field table[] = {
      field<&L::limit>("limit"),
      field<&L::seconds>("step_s"),
      field<&L::share_pct>("share_pct"),
  };
  return table;
}

Fields Describe<api::ResourceGain>::fields() {
  using G = api::ResourceGain;
  static constexpr Field table[] = {
      field<&G::step_time_s>("step_time_s"),
      field<&G::gain_s>("gain_s", "Step time saved."),
      field<&G::gain_pct>("gain_pct", "Throughput gained."),
  };
  return table;
}

Fields Describe<api::BottleneckLever>::fields() {
  using L = api::BottleneckLever;
  static constexpr Field table[] = {
      field<&L::resource>("resource"),
      field<&L::amount>("amount", "How much there is, in `unit`: per GPU, one direction."),
      field<&L::unit>("unit"),
      field<&L::elasticity>("elasticity", "-d ln(step time) / d ln(resource): 1 where the whole step waits for it."),
      field<&L::plus_10_pct>("plus_10_pct", "The same plan with a tenth more of it."),
      field<&L::doubled>("doubled", "The same plan with twice as much."),
  };
  return table;
}

Fields Describe<api::MemoryPlan>::fields() {
  using M = api::MemoryPlan;
  static constexpr Field table[] = {
      field<&M::memory_gib>("memory_gib", "Memory of a GPU."),
      field<&M::fits>("fits", "Whether any plan does."),
      field<&M::step_time_s>("step_time_s", "Of the best plan with so much memory."),
      field<&M::gain_s>("gain_s", "Against the plan that was asked about."),
      field<&M::gain_pct>("gain_pct", "Throughput gained."),
      field<&M::change>("change", "How the best plan differs; empty where it does not."),
      field<&M::request>("request", "Fields to set in the request."),
  };
  return table;
}

Fields Describe<api::BottleneckMemory>::fields() {
  using M = api::BottleneckMemory;
  static constexpr Field table[] = {
      field<&M::needed_gib>("needed_gib", "Memory of a GPU with which this plan just fits."),
      field<&M::best>("best", "The best plans with today's memory, a tenth more, and twice as much."),
  };
  return table;
}

Fields Describe<api::TornadoEnd>::fields() {
  using E = api::TornadoEnd;
  static constexpr Field table[] = {
      field<&E::value>("value"),
      field<&E::change_pct>("change_pct", "Change of the GPU time per token; negative is better."),
      field<&E::fits>("fits"),
      field<&E::over_gib>("over_gib").omit_default(),
      field<&E::step_time_s>("step_time_s"),
      field<&E::change>("change", "Everything that changes with an axis.").omit_default(),
  };
  return table;
}

Fields Describe<api::TornadoBar>::fields() {
  using B = api::TornadoBar;
  static constexpr Field table[] = {
      field<&B::parameter>("parameter"),
      field<&B::kind>("kind", "resource (10 % less and more), axis (next legal value), workload (half and double)."),
      field<&B::unit>("unit").omit_default(),
      field<&B::value>("value", "Now."),
      field<&B::low>("low"),
      field<&B::high>("high"),
  };
  return table;
}

Fields Describe<api::BottleneckResponse>::fields() {
  using R = api::BottleneckResponse;
  static constexpr Field table[] = {
      field<&R::bottleneck>("bottleneck", "What limits the plan most: memory_capacity where it does not fit."),
      field<&R::largest_loss>("largest_loss", "What costs most beside compute.").omit_default(),
      field<&R::findings>("findings", "The answer in sentences."),
      field<&R::limits>("limits", "The step by what it waits for, largest first; they sum to it."),
      field<&R::parts>("parts", "The step by part, largest first; they sum to it."),
      field<&R::best_lever>("best_lever", "The resource of which a tenth more saves most."),
      field<&R::levers>("levers", "What faster machines would bring the same plan."),
      field<&R::memory_capacity>("memory_capacity", "What more memory would bring: another plan."),
      field<&R::best_neighbour>("best_neighbour", "The best that differs in one axis and fits."),
      field<&R::neighbours>(
          "neighbours",
          "Every legal strategy that differs in one axis, best first: by time and the risk of running out of memory."),
      field<&R::tornado>("tornado", "What moves the GPU time per token, most first."),
      field<&R::plan>("plan"),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
