#include "api/serving_search.h"

#include <algorithm>

#include "api/serving_fields.h"
#include "base/text.h"
#include "base/units.h"
#include "search/serving/pools.h"

namespace shardplan::api {
namespace {

namespace ss = search::serving;

// Of the limits those that a faster or slower point of the frontier keeps or misses.
bool keeps_latencies(const ss::Goal& goal, const estimate::serving::Operation& o) {
  ss::Goal latencies;
  latencies.ttft_limit_s = goal.ttft_limit_s;
  latencies.tpot_limit_s = goal.tpot_limit_s;
  latencies.request_limit_s = goal.request_limit_s;
  return ss::worst_miss(latencies, o).share <= 0;
}

ServingFrontierPoint frontier_point(const ss::Goal& goal, const ss::Point& p) {
  return {way_text(p.way),          p.gpus,
          p.operation.concurrency,  ss::per_user(p),
          ss::per_gpu(p),           1e3 * p.operation.ttft_s,
          1e3 * p.operation.tpot_s, keeps_latencies(goal, p.operation)};
}

// What the nearest way would have to be allowed, and what would fit where nothing does.
std::vector<std::string> changes(const ResolvedServing& q, const ss::Space& space, const ss::Found& found) {
  std::vector<std::string> out;
  if (found.nearest) {
    const ss::Point& p = *found.nearest;
    const std::string limit = limit_name(p.missed);
    const double by = 1 + p.over_limit;
    const ss::Goal& g = q.goal;
    if (limit == "ttft_limit_ms") out.push_back(limit + " " + number_text(g.ttft_limit_s * 1e3 * by, 3));
    if (limit == "tpot_limit_ms") out.push_back(limit + " " + number_text(g.tpot_limit_s * 1e3 * by, 3));
    if (limit == "request_limit_s") out.push_back(limit + " " + number_text(g.request_limit_s * by, 3));
    if (limit == "least_tokens_per_s") out.push_back(limit + " " + number_text(g.least_tokens_per_s / by, 3));
    if (limit == "requests_per_s") out.push_back(limit + " " + number_text(*g.requests_per_s / by, 3));
    return out;
  }
  if (!space.ways.empty()) return out;
  // The least GPUs of this kind on which one replica fits.
  ss::Limits limits = q.limits;
  limits.fill_gpus = false;
  limits.replicas.reset();
  estimate::serving::Problem problem = q.problem;
  for (int gpus = 1; gpus <= 1024; gpus *= 2) {
    limits.gpus = gpus;
    problem.cluster.gpus = gpus;
    problem.cluster.scaleup_domain = std::max(problem.cluster.scaleup_domain, std::min(gpus, 8));
    const estimate::serving::Deployment d(problem);
    if (gpus > q.limits.gpus && !ss::space(d, q.goal.shape, limits).ways.empty()) {
      out.push_back("gpus " + std::to_string(gpus));
      break;
    }
  }
  return out;
}

}  // namespace

namespace {

void take_pools(const estimate::serving::Deployment& d, const ResolvedServing& q, const ss::Space& space,
                ServingAnswer& a) {
  const ss::PoolsFound found = ss::search_pools(d, q.constants, space.ways, q.goal, q.limits.gpus);
  a.search.pools = found.evaluated;
  const auto& point = found.best ? found.best : found.nearest;
  if (!point) return;
  a.disaggregated = make_plan(d, q, *point);
  if (a.best && found.best)
    a.disaggregated_gain_pct = 100 * (a.disaggregated->tokens_per_s_per_gpu / a.best->tokens_per_s_per_gpu - 1);
  for (const ss::PoolPoint& p : found.frontier) {
    const estimate::serving::Operation& o = p.operation;
    a.pareto_disaggregated.push_back({"prompts: " + way_text(p.prompts) + "; decoding: " + way_text(p.decode), p.gpus,
                                      o.concurrency, 1 / o.tpot_s, o.tokens_per_s / p.gpus, 1e3 * o.ttft_s,
                                      1e3 * o.tpot_s, keeps_latencies(q.goal, o)});
  }
}

}  // namespace

ServingAnswer answer(const ResolvedServing& q, int top, bool pools) {
  const estimate::serving::Deployment deployment(q.problem);
  const ss::Space space = ss::space(deployment, q.goal.shape, q.limits);
  ss::Found found = ss::search(deployment, q.constants, space.ways, q.goal);
  ServingAnswer a;
  a.search.candidates = space.candidates;
  a.search.evaluated = static_cast<int>(space.ways.size());
  a.search.within_limits = static_cast<int>(found.points.size());
  for (const auto& [id, n] : space.rejected.count) {
    a.search.rejected.emplace_back(id, n);
    a.search.reasons.emplace_back(id, space.rejected.sentence.at(id));
  }
  for (const auto& [limit, n] : found.missed) a.search.missed.emplace_back(limit_name(limit), n);
  for (size_t i = 0; i < found.points.size() && i < static_cast<size_t>(top); ++i) {
    a.plans.push_back(make_plan(deployment, q, found.points[i]));
    a.plans.back().rank = static_cast<int>(i) + 1;
  }
  if (!a.plans.empty()) a.best = a.plans.front();
  for (const ss::Point& p : found.frontier) a.pareto.push_back(frontier_point(q.goal, p));
  if (found.nearest) {
    a.nearest = make_plan(deployment, q, *found.nearest);
    a.limit_missed = limit_name(found.nearest->missed);
    a.missed_by_pct = 100 * found.nearest->over_limit;
  } else if (space.ways.empty()) {
    a.limit_missed = "memory";
  }
  if (!a.best) a.smallest_change = changes(q, space, found);
  if (pools && q.limits.gpus > 1) take_pools(deployment, q, space, a);
  a.assumptions = q.assumptions;
  a.warnings = q.warnings;
  if (space.ways.empty() && space.rejected.nearest)
    a.warnings.push_back("The weights and one sequence do not fit: the nearest layout, " +
                         way_text(*space.rejected.nearest) + ", needs " +
                         number_text(space.rejected.least_over_bytes / kGib, 3) + " GiB more on each GPU.");
  return a;
}

}  // namespace shardplan::api

namespace shardplan::json {

Fields Describe<api::ServingFrontierPoint>::fields() {
  using P = api::ServingFrontierPoint;
  static constexpr Field table[] = {
      field<&P::summary>("summary"),
      field<&P::gpus>("gpus"),
      field<&P::users>("users", "Requests at once, of all replicas."),
      field<&P::tokens_per_s_per_user>("tokens_per_s_per_user", "1 / TPOT."),
      field<&P::tokens_per_s_per_gpu>("tokens_per_s_per_gpu", "Output tokens."),
      field<&P::ttft_ms>("ttft_ms"),
      field<&P::tpot_ms>("tpot_ms"),
      field<&P::within_limits>("within_limits", "It keeps the limits on latency."),
  };
  return table;
}

Fields Describe<api::ServingSearchSummary>::fields() {
  using S = api::ServingSearchSummary;
  static constexpr Field table[] = {
      field<&S::candidates>("candidates", "Combinations of degrees and number formats."),
      field<&S::evaluated>("evaluated", "Legal ones whose weights and one sequence fit."),
      field<&S::within_limits>("within_limits"),
      field<&S::pools>("pools", "Splits into pools for prompts and for decoding.").omit_default(),
      field<&S::rejected>("rejected", "Count by rule."),
      field<&S::reasons>("reasons"),
      field<&S::missed>("missed", "Count by the limit that is missed most."),
  };
  return table;
}

Fields Describe<api::ServingAnswer>::fields() {
  using A = api::ServingAnswer;
  static constexpr Field table[] = {
      field<&A::best>("best"),
      field<&A::plans>("plans", "Within every limit, best first."),
      field<&A::pareto>("pareto",
                        "Tokens per second and GPU against tokens per second and user: no other point beats one in "
                        "both. Limits are not applied: 'within_limits' says which points keep them."),
      field<&A::disaggregated>(
          "disaggregated",
          "The best split into a pool for prompts and one for decoding, or the nearest to the limits."),
      field<&A::disaggregated_gain_pct>("disaggregated_gain_pct",
                                        "Its tokens per second and GPU against those of 'best'."),
      field<&A::pareto_disaggregated>("pareto_disaggregated").omit_default(),
      field<&A::search>("search"),
      field<&A::nearest>("nearest", "Where no plan keeps the limits: the one that misses by least."),
      field<&A::limit_missed>("limit_missed", "The limit that it misses; 'memory' where nothing fits.").omit_default(),
      field<&A::missed_by_pct>("missed_by_pct").omit_default(),
      field<&A::smallest_change>("smallest_change", "A field's value after which a plan keeps every limit.")
          .omit_default(),
      field<&A::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&A::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
