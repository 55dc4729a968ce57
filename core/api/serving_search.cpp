#include "api/serving_search.h"

#include <algorithm>

#include "api/serving_fields.h"
#include "base/text.h"
#include "base/units.h"

namespace shardplan::api {
namespace {

namespace ss = search::serving;

ServingFrontierPoint frontier_point(const ss::Point& p) {
  return {way_text(p.way),         p.gpus,         p.operation.concurrency,
          ss::per_user(p),         ss::per_gpu(p), 1e3 * p.operation.ttft_s,
          1e3 * p.operation.tpot_s};
}

const char* limit_name(const std::string& limit) {
  if (limit == "ttft") return "ttft_limit_ms";
  if (limit == "tpot") return "tpot_limit_ms";
  if (limit == "request") return "request_limit_s";
  if (limit == "throughput") return "least_tokens_per_s";
  return "requests_per_s";
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

ServingAnswer answer(const ResolvedServing& q, int top) {
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
  for (const ss::Point& p : found.frontier) a.pareto.push_back(frontier_point(p));
  if (found.nearest) {
    a.nearest = make_plan(deployment, q, *found.nearest);
    a.limit_missed = limit_name(found.nearest->missed);
    a.missed_by_pct = 100 * found.nearest->over_limit;
  } else if (space.ways.empty()) {
    a.limit_missed = "memory";
  }
  if (!a.best) a.smallest_change = changes(q, space, found);
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
  };
  return table;
}

Fields Describe<api::ServingSearchSummary>::fields() {
  using S = api::ServingSearchSummary;
  static constexpr Field table[] = {
      field<&S::candidates>("candidates", "Combinations of degrees and number formats."),
      field<&S::evaluated>("evaluated", "Legal ones whose weights and one sequence fit."),
      field<&S::within_limits>("within_limits"),
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
                        "both. Limits are not applied."),
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
