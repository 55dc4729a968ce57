// How many GPUs, and which: the best plans of each size, and those that no other beats in throughput against cost, GPUs
// or memory.
#include <algorithm>

#include "advise/frontier.h"
#include "api/cluster_sizes.h"
#include "api/registry.h"
#include "base/decimal.h"
#include "base/text.h"

namespace shardplan::api {

struct ParetoRequest {
  Question question;
  LimitFields limits;
  std::vector<std::string> gpu_types;
};

struct ScatterPoint {
  double x = 0, y = 0;
  std::string label;
  int gpus = 0;
  bool is_pareto = false;
};

// Throughput against one reading.
struct Frontier {
  std::string x, y = "tokens_per_s";
  std::vector<int> frontier;
  std::vector<ScatterPoint> scatter;
};

struct Extremes {
  int best_throughput = 0, best_per_gpu = 0, least_memory = 0, lowest_latency = 0;
  std::optional<int> lowest_cost;
};

struct Recommendation {
  std::string goal;
  int point = 0;
  std::string reason;
  Plan plan;
};

struct ParetoResponse {
  std::vector<ClusterSize> sizes;
  std::vector<ParetoPoint> points;
  std::vector<Frontier> frontiers;
  std::optional<Extremes> extremes;
  std::vector<Recommendation> recommendations;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

using estimate::Context;

class Comparison {
 public:
  Comparison(const ParetoRequest& request, ClusterPlans found) : request_(request), found_(std::move(found)) {}

  ParetoResponse response() {
    ParetoResponse r;
    for (const ClusterPlan& p : found_.plans) r.points.push_back(p.point);
    if (!found_.plans.empty()) {
      add_frontiers(r);
      r.extremes = extremes();
      recommend(r);
    } else {
      r.warnings.push_back("Nothing fits at any of these sizes: see 'sizes', and ask 'recommend' what would.");
    }
    r.sizes = std::move(found_.sizes);
    r.assumptions = std::move(found_.assumptions);
    for (std::string& w : found_.warnings) r.warnings.push_back(std::move(w));
    if (request_.gpu_types.size() > 1 && request_.question.usd_per_gpu_hour)
      r.warnings.push_back("One price was given for every type of GPU.");
    return r;
  }

 private:
  const ParetoRequest& request_;
  ClusterPlans found_;

  bool has_prices() const {
    return std::all_of(found_.plans.begin(), found_.plans.end(),
                       [](const ClusterPlan& f) { return f.point.usd_per_million_tokens.has_value(); });
  }

  template <class F>
  std::vector<advise::Point> readings(F&& x) const {
    std::vector<advise::Point> out;
    for (const ClusterPlan& f : found_.plans) out.push_back({static_cast<double>(x(f.point)), f.point.tokens_per_s});
    return out;
  }
  static double cost(const ParetoPoint& p) { return p.usd_per_million_tokens.value_or(0); }

  void add_frontiers(ParetoResponse& r) {
    const auto add = [&](const char* name, std::vector<advise::Point> points) {
      Frontier f;
      f.x = name;
      for (size_t i : advise::frontier(points)) f.frontier.push_back(static_cast<int>(i));
      for (size_t i = 0; i < points.size(); ++i) {
        const bool on_it = std::find(f.frontier.begin(), f.frontier.end(), static_cast<int>(i)) != f.frontier.end();
        f.scatter.push_back(
            {points[i].cost, points[i].gain, found_.plans[i].point.label, found_.plans[i].point.gpus, on_it});
      }
      r.frontiers.push_back(std::move(f));
    };
    if (has_prices()) add("usd_per_million_tokens", readings(cost));
    else found_.warnings.push_back("No price is known: give usd_per_gpu_hour for the frontier of cost.");
    add("gpus", readings([](const ParetoPoint& p) { return p.gpus; }));
    add("peak_gib", readings([](const ParetoPoint& p) { return p.peak_gib; }));
  }

  template <class F>
  int most(F&& value) const {
    const auto best =
        std::max_element(found_.plans.begin(), found_.plans.end(),
                         [&](const ClusterPlan& a, const ClusterPlan& b) { return value(a.point) < value(b.point); });
    return static_cast<int>(best - found_.plans.begin());
  }

  Extremes extremes() const {
    Extremes e;
    e.best_throughput = most([](const ParetoPoint& p) { return p.tokens_per_s; });
    e.best_per_gpu = most([](const ParetoPoint& p) { return p.tokens_per_s_per_gpu; });
    e.least_memory = most([](const ParetoPoint& p) { return -p.peak_gib; });
    e.lowest_latency = most([](const ParetoPoint& p) { return -p.step_time_s; });
    if (has_prices()) e.lowest_cost = most([](const ParetoPoint& p) { return -cost(p); });
    return e;
  }

  void recommend(ParetoResponse& r) const {
    const auto add = [&](const char* goal, int point, std::string reason) {
      const ClusterPlan& f = found_.plans[static_cast<size_t>(point)];
      r.recommendations.push_back(
          {goal, point, std::move(reason), make_plan(Context(f.problem), f.strategy, f.usable_bytes)});
    };
    const auto& p = r.points;
    const auto at = [&](int i) -> const ParetoPoint& { return p[static_cast<size_t>(i)]; };
    if (r.extremes->lowest_cost) {
      const int i = *r.extremes->lowest_cost;
      add("minimize_cost", i, "$" + number_text(cost(at(i)), 3) + " per million tokens, the least of all points.");
    }
    const int fastest = r.extremes->best_throughput;
    add("maximize_throughput", fastest, fixed_text(at(fastest).tokens_per_s, 0) + " tokens/s, the most of all points.");
    const int efficient = r.extremes->best_per_gpu;
    add("best_efficiency", efficient,
        fixed_text(at(efficient).tokens_per_s_per_gpu, 0) + " tokens/s per GPU, the most of all points.");
    const bool by_cost = has_prices();
    const auto points = by_cost ? readings(cost) : readings([](const ParetoPoint& x) { return x.gpus; });
    const std::vector<size_t> front = advise::frontier(points);
    const auto knee = static_cast<int>(advise::knee(points, front));
    const std::string reading = by_cost ? "cost per token" : "GPUs";
    add("balanced", knee,
        front.size() > 2 ? "Where the frontier of throughput against " + reading +
                               " bends: the point farthest above the straight line between its ends."
                         : "The most throughput for its " + reading + " on a frontier of so few points.");
  }
};

Result<ParetoResponse> pareto(const ParetoRequest& request) {
  auto found = plans_by_size(request.question, request.limits, request.gpu_types);
  if (!found) return tl::unexpected<Diagnostics>(found.error());
  return Comparison(request, *std::move(found)).response();
}

}  // namespace

Operation pareto_operation() {
  return make_operation<&pareto>(
      "pareto", "Cost, GPUs and memory against throughput, over cluster sizes and GPU types.",
      R"({"model": "llama-3.1-8b", "gpu": "h100", "gpus": 64, "gbs": 128, "seq_length": 8192})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::ParetoRequest, "pareto_request");
SHARDPLAN_DESCRIBE(api::ScatterPoint, "scatter_point");
SHARDPLAN_DESCRIBE(api::Frontier, "frontier");
SHARDPLAN_DESCRIBE(api::Extremes, "extremes");
SHARDPLAN_DESCRIBE(api::Recommendation, "pareto_recommendation");
SHARDPLAN_DESCRIBE(api::ParetoResponse, "pareto_response");

Fields Describe<api::ParetoRequest>::fields() {
  using R = api::ParetoRequest;
  static constexpr Field own[] = {
      field<&R::gpu_types>("gpu_types", "Accelerators to compare; the question's where absent.")
          .scalar_or_list()
          .omit_default(),
  };
  static const FieldList table = FieldList().include<&R::question>().add(own).include<&R::limits>();
  return table;
}

Fields Describe<api::ScatterPoint>::fields() {
  using P = api::ScatterPoint;
  static constexpr Field table[] = {
      field<&P::x>("x"),
      field<&P::y>("y"),
      field<&P::label>("label"),
      field<&P::gpus>("gpus"),
      field<&P::is_pareto>("is_pareto"),
  };
  return table;
}

Fields Describe<api::Frontier>::fields() {
  using F = api::Frontier;
  static constexpr Field table[] = {
      field<&F::x>("x", "The reading of a point: less is better."),
      field<&F::y>("y", "The reading of a point: more is better."),
      field<&F::frontier>("frontier", "Indices of points that no other beats, by x."),
      field<&F::scatter>("scatter", "All points."),
  };
  return table;
}

Fields Describe<api::Extremes>::fields() {
  using E = api::Extremes;
  static constexpr Field table[] = {
      field<&E::best_throughput>("best_throughput", "Index of a point, as below."),
      field<&E::lowest_cost>("lowest_cost"),
      field<&E::best_per_gpu>("best_per_gpu"),
      field<&E::least_memory>("least_memory"),
      field<&E::lowest_latency>("lowest_latency"),
  };
  return table;
}

Fields Describe<api::Recommendation>::fields() {
  using R = api::Recommendation;
  static constexpr Field table[] = {
      field<&R::goal>("goal", "minimize_cost, maximize_throughput, best_efficiency or balanced."),
      field<&R::point>("point", "Index of the point."),
      field<&R::reason>("reason"),
      field<&R::plan>("plan"),
  };
  return table;
}

Fields Describe<api::ParetoResponse>::fields() {
  using R = api::ParetoResponse;
  static constexpr Field table[] = {
      field<&R::sizes>("sizes", "Clusters that were looked at."),
      field<&R::points>("points", "Plans that fit: of each cluster from the fastest to the smallest."),
      field<&R::frontiers>("frontiers", "Throughput against cost, GPUs and memory."),
      field<&R::extremes>("extremes"),
      field<&R::recommendations>("recommendations"),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
