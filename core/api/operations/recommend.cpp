#include "api/operations/recommend.h"

#include <algorithm>

#include "api/reasons.h"
#include "api/registry.h"
#include "api/smallest_change.h"
#include "api/topology_reasons.h"
#include "base/text.h"
#include "base/units.h"
#include "search/violations.h"

namespace shardplan::api {
namespace {

using estimate::Context;
using search::Partial;
using search::Space;

constexpr int kMostPlans = 1000;

SearchFields search_fields(const Partial& partial) {
  SearchFields f;
  f.candidates = static_cast<int64_t>(partial.candidates);
  f.evaluated = static_cast<int64_t>(partial.evaluated);
  f.fits = static_cast<int64_t>(partial.fits);
  for (int i = 0; i < search::kRejections; ++i) {
    if (partial.rejected[i] == 0) continue;
    const auto reason = static_cast<search::Rejection>(i);
    f.rejected.emplace_back(search::rejection_name(reason), static_cast<int64_t>(partial.rejected[i]));
    f.reasons.emplace_back(search::rejection_name(reason), search::rejection_text(reason));
  }
  return f;
}

// The context of a plan on fewer GPUs than the question's.
Context on_gpus(const Context& context, int gpus) {
  estimate::Problem problem = context.problem;
  problem.cluster.gpus = gpus;
  return Context(std::move(problem));
}

std::vector<CellFields> map_of(const Context& context, const Partial& partial) {
  const double tokens = static_cast<double>(context.training().gbs) * context.training().seq_length;
  std::vector<CellFields> cells;
  for (const search::Cell& c : partial.cells) {
    CellFields f{c.gpus, c.tp, c.pp, c.cp, c.ep, c.fits, 0, 0};
    if (c.fits) f.tokens_per_s_per_gpu = tokens / c.best.step_time_s / c.gpus;
    else f.over_gib = c.nearest.over_bytes / kGib;
    cells.push_back(f);
  }
  return cells;
}

// Faster, cheaper per token and smaller are the three readings; a plan stays where no other is at least as good in all.
std::vector<int> pareto_of(const std::vector<Plan>& plans) {
  std::vector<int> front;
  for (size_t i = 0; i < plans.size(); ++i) {
    const Plan& p = plans[i];
    const bool dominated = std::any_of(plans.begin(), plans.end(), [&](const Plan& q) {
      const bool no_worse = q.tokens_per_s >= p.tokens_per_s && q.tokens_per_s_per_gpu >= p.tokens_per_s_per_gpu &&
                            q.memory.peak_gib <= p.memory.peak_gib;
      const bool better = q.tokens_per_s > p.tokens_per_s || q.tokens_per_s_per_gpu > p.tokens_per_s_per_gpu ||
                          q.memory.peak_gib < p.memory.peak_gib;
      return no_worse && better;
    });
    if (!dominated) front.push_back(static_cast<int>(i));
  }
  return front;
}

Result<RecommendResponse> recommend(const RecommendRequest& request) {
  auto prepared = prepare(request);
  if (!prepared) return tl::unexpected<Diagnostics>(prepared.error());
  const Context context(prepared->resolved.problem);
  const Space space(context, prepared->limits);
  return finish(request, *prepared, context, space,
                search::evaluate_range(context, space, 0, space.size(), prepared->options));
}

}  // namespace

search::Limits limits_of(const LimitFields& f) {
  search::Limits l;
  l.gpus = f.gpu_counts;
  l.tp = f.tp;
  l.pp = f.pp;
  l.vpp = f.vpp;
  l.dp = f.dp;
  l.cp = f.cp;
  l.ep = f.ep;
  l.etp = f.etp;
  l.mbs = f.mbs;
  l.sharding = f.sharding;
  l.shard_size = f.shard_size;
  l.schedule = f.schedule;
  l.recompute = f.recompute;
  l.precision = f.precisions;
  l.cp_comm = f.cp_comm;
  l.sp = f.sp;
  l.tp_across_domains = f.tp_across_domains;
  l.optimizer_offload = f.optimizer_offload;
  return l;
}

Result<Prepared> prepare(const RecommendRequest& request) {
  auto resolved = resolve(request.question);
  if (!resolved) return tl::unexpected<Diagnostics>(resolved.error());
  Prepared p;
  p.resolved = *std::move(resolved);
  p.limits = limits_of(request.limits);
  const spec::Accelerator& accelerator = p.resolved.problem.cluster.accelerator;
  Diagnostics problems;
  std::vector<spec::Precision> precisions = p.limits.precision;
  precisions.push_back(p.resolved.problem.training.precision);
  for (spec::Precision precision : precisions)
    if (!hardware::supports(accelerator, precision))
      problems.push_back({"/precision", accelerator.name + " has no units for this precision.", "Use bf16 or fp16."});
  for (int gpus : p.limits.gpus)
    if (gpus > p.resolved.problem.cluster.gpus)
      problems.push_back({"/gpu_counts",
                          std::to_string(gpus) + " GPUs are more than the question's " +
                              std::to_string(p.resolved.problem.cluster.gpus) + ".",
                          ""});
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  p.options.objective = request.objective;
  p.options.top = static_cast<size_t>(request.top);
  p.options.usable_bytes = p.resolved.usable_bytes;
  // What TP costs on the topology is said from the best plan of each degree.
  p.options.cells = request.map || p.resolved.topology;
  return p;
}

RecommendResponse finish(const RecommendRequest& request, const Prepared& prepared, const Context& context,
                         const Space& space, const Partial& partial) {
  RecommendResponse r;
  r.assumptions = prepared.resolved.assumptions;
  r.warnings = prepared.resolved.warnings;
  r.search = search_fields(partial);
  if (request.map) r.map = map_of(context, partial);
  const auto plan_of = [&](uint64_t index) {
    const spec::Strategy s = space.at(index);
    const int gpus = spec::world_size(s);
    if (gpus == context.problem.cluster.gpus) return make_plan(context, s, prepared.options.usable_bytes);
    return make_plan(on_gpus(context, gpus), s, prepared.options.usable_bytes);
  };
  std::vector<search::Candidate> shown = partial.top;
  for (const search::Candidate& c : partial.front)
    if (std::find(shown.begin(), shown.end(), c) == shown.end() && shown.size() < kMostPlans) shown.push_back(c);
  std::sort(shown.begin(), shown.end(), [&](const search::Candidate& a, const search::Candidate& b) {
    return search::better(a, b, request.objective);
  });
  for (const search::Candidate& c : shown) {
    Plan plan = plan_of(c.index);
    plan.rank = static_cast<int>(r.plans.size()) + 1;
    if (!r.plans.empty()) {
      plan.difference = difference_text(r.plans.front(), plan);
      plan.ties_with_best = ties(context, r.plans.front(), plan);
    }
    r.plans.push_back(std::move(plan));
  }
  r.pareto = pareto_of(r.plans);
  if (!r.plans.empty()) {
    r.best = r.plans.front();
    r.why = why(context, space.at(shown.front().index), *r.best, prepared.options.usable_bytes);
    if (const std::string text = about_ties(context, r.plans); !text.empty()) r.why.push_back(text);
    if (const auto* reasons = topology_reasons(); reasons != nullptr && prepared.resolved.topology) {
      r.topology = prepared.resolved.topology;
      reasons->price(context, space.at(shown.front().index), *r.topology);
      r.why.push_back(reasons->why_tp(partial.cells, r.best->strategy.tp.value_or(1), *r.topology));
    }
  } else {
    if (partial.nearest.found) r.nearest = plan_of(partial.nearest.index);
    r.smallest_change = smallest_changes(request, prepared);
    r.warnings.push_back(partial.candidates == 0
                             ? "No combination of the stated axes is as large as the " +
                                   std::to_string(context.problem.cluster.gpus) + " GPUs: tp x pp x cp x dp has to be."
                         : partial.evaluated == 0
                             ? "No combination of the axes is legal: see the reasons under 'search'."
                             : "No legal plan fits into the memory: see 'nearest' and 'smallest_change'.");
  }
  return r;
}

Operation recommend_operation() {
  return make_operation<&recommend>(
      "recommend", "Search every legal strategy and rank those that fit.",
      R"({"model": "llama-3.1-70b", "gpu": "h100", "gpus": 64, "seq_length": 8192, "gbs": 128})");
}

}  // namespace shardplan::api

namespace shardplan::json {

using api::CellFields;
using api::Change;
using api::LimitFields;
using api::RecommendRequest;
using api::RecommendResponse;
using api::SearchFields;

Fields Describe<LimitFields>::fields() {
  using L = LimitFields;
  static constexpr Field table[] = {
      field<&L::tp>("tp", "Tensor-parallel degrees to allow.").scalar_or_list().range(1, 1e6).omit_default(),
      field<&L::pp>("pp", "Pipeline stages to allow.").scalar_or_list().range(1, 1e6).omit_default(),
      field<&L::vpp>("vpp", "Virtual stages to allow.").scalar_or_list().range(1, 10000).omit_default(),
      field<&L::dp>("dp", "Data-parallel degrees to allow.").scalar_or_list().range(1, 1e6).omit_default(),
      field<&L::cp>("cp", "Context-parallel degrees to allow.").scalar_or_list().range(1, 1e6).omit_default(),
      field<&L::ep>("ep", "Expert-parallel degrees to allow.").scalar_or_list().range(1, 1e6).omit_default(),
      field<&L::etp>("etp", "Expert-tensor-parallel degrees to allow.").scalar_or_list().range(1, 1e6).omit_default(),
      field<&L::mbs>("mbs", "Micro-batches to allow.").scalar_or_list().range(1, 1e6).omit_default(),
      field<&L::gpu_counts>("gpu_counts", "Cluster sizes to compare, at most gpus each.")
          .scalar_or_list()
          .range(1, 1e6)
          .omit_default(),
      field<&L::sharding>("sharding", "Shardings to allow; those of the stack where absent.")
          .scalar_or_list()
          .omit_default(),
      field<&L::shard_size>("shard_size", "HSDP groups to allow.").scalar_or_list().range(1, 1e6).omit_default(),
      field<&L::schedule>("schedule", "Pipeline schedules to allow; those of the stack where absent.")
          .scalar_or_list()
          .omit_default(),
      field<&L::recompute>("recompute", "Recomputation to allow.").scalar_or_list().omit_default(),
      field<&L::precisions>("precisions", "Precisions to compare; the question's where absent.")
          .scalar_or_list()
          .omit_default(),
      field<&L::cp_comm>("cp_comm", "Ways of context parallelism to allow.").scalar_or_list().omit_default(),
      field<&L::sp>("sp", "Sequence parallelism: only with (true) or only without."),
      field<&L::tp_across_domains>("tp_across_domains", "Allow tensor parallelism beyond the scale-up domain.")
          .omit_default(),
      field<&L::optimizer_offload>("optimizer_offload", "Try optimizer states on the host.").omit_default(),
  };
  return table;
}

Fields Describe<RecommendRequest>::fields() {
  using R = RecommendRequest;
  static constexpr Field own[] = {
      field<&R::objective>("objective", "What the best plan is best at.").alias("goal"),
      field<&R::top>("top", "Plans to return, beside the frontier.").range(1, 1000),
      field<&R::map>("map", "Also return the best of each combination of degrees.").omit_default(),
  };
  static const FieldList table = FieldList().include<&R::question>().include<&R::limits>().add(own);
  return table;
}

Fields Describe<CellFields>::fields() {
  using C = CellFields;
  static constexpr Field table[] = {
      field<&C::gpus>("gpus"),
      field<&C::tp>("tp"),
      field<&C::pp>("pp"),
      field<&C::cp>("cp"),
      field<&C::ep>("ep"),
      field<&C::fits>("fits"),
      field<&C::tokens_per_s_per_gpu>("tokens_per_s_per_gpu", "Of the best plan that fits.").omit_default(),
      field<&C::over_gib>("over_gib", "Of the nearest plan, where none fits.").omit_default(),
  };
  return table;
}

Fields Describe<SearchFields>::fields() {
  using S = SearchFields;
  static constexpr Field table[] = {
      field<&S::candidates>("candidates", "Combinations of the axes."),
      field<&S::evaluated>("evaluated", "Legal ones: memory worked out, and time where they fit."),
      field<&S::fits>("fits"),
      field<&S::rejected>("rejected", "How many fell under each rule, the first that they broke."),
      field<&S::reasons>("reasons", "The rules in words."),
  };
  return table;
}

Fields Describe<Change>::fields() {
  static constexpr Field table[] = {
      field<&Change::change>("change"),
      field<&Change::request>("request", "Fields to set in the request."),
      field<&Change::peak_gib>("peak_gib", "Of the best plan after the change."),
      field<&Change::step_time_s>("step_time_s"),
      field<&Change::summary>("summary"),
  };
  return table;
}

Fields Describe<RecommendResponse>::fields() {
  using R = RecommendResponse;
  static constexpr Field table[] = {
      field<&R::plans>("plans", "Best first; the frontier's among them."),
      field<&R::best>("best"),
      field<&R::pareto>("pareto", "Indices of plans that no other beats in speed, cost per token and memory at once."),
      field<&R::why>("why", "What bought the first plan its place."),
      field<&R::search>("search"),
      field<&R::map>("map").omit_default(),
      field<&R::nearest>("nearest", "Where nothing fits: the legal plan that comes nearest."),
      field<&R::smallest_change>("smallest_change", "Where nothing fits: changes after which something does.")
          .omit_default(),
      field<&R::topology>("topology", "What the request's topology changed for the best plan."),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
