#include "search/serving/search.h"

#include <algorithm>
#include <cmath>

namespace shardplan::search::serving {
namespace {

using estimate::serving::Constants;
using estimate::serving::Deployment;
using estimate::serving::Operation;
using estimate::serving::Way;

constexpr double kTolerance = 1e-9;

Point judged(const Goal& goal, const Way& way, const Operation& o) {
  Point p;
  p.way = way;
  p.gpus = way.replicas * gpus_of(way.layout);
  const Miss miss = worst_miss(goal, o);
  p.over_limit = miss.share;
  p.missed = miss.limit;
  p.operation = o;
  return p;
}

double most_users(const Deployment& d, const Constants& c, const Way& way, const spec::RequestShape& shape) {
  return std::min(estimate::serving::held_sequences(d, way, shape), c.engine.most_sequences) * way.replicas *
         way.layout.dp;
}

// Users in steps of an octave's half: how a frontier and the largest load within limits are found.
std::vector<Point> sweep(const Deployment& d, const Constants& c, const Way& way, const Goal& goal) {
  std::vector<Point> out;
  const double groups = static_cast<double>(way.replicas) * way.layout.dp, most = most_users(d, c, way, goal.shape);
  for (double users = groups;; users *= 1.5) {
    const double n = std::min(std::round(users), most);
    out.push_back(judged(goal, way, estimate::serving::closed_loop_of(d, way, goal.shape, c, n)));
    if (n >= most) break;
  }
  return out;
}

// The most users within the limits: throughput grows with them, and so do latencies.
Point fullest(const Deployment& d, const Constants& c, const Way& way, const Goal& goal) {
  const double groups = static_cast<double>(way.replicas) * way.layout.dp;
  const auto at = [&](double users) {
    return judged(goal, way, estimate::serving::closed_loop_of(d, way, goal.shape, c, users));
  };
  double low = groups, high = std::max(low, std::floor(most_users(d, c, way, goal.shape)));
  Point best = at(high);
  if (best.over_limit <= 0) return best;
  best = at(low);
  if (best.over_limit > 0) return best;
  while (high - low > std::max(groups, 0.01 * low)) {
    const double middle = std::floor(std::sqrt(low * high) / groups) * groups;
    if (middle <= low || middle >= high) break;
    Point p = at(middle);
    if (p.over_limit <= 0) {
      low = middle;
      best = p;
    } else high = middle;
  }
  return best;
}

// Larger is better.
double merit(const Goal& goal, const Point& p) {
  switch (goal.objective) {
    case Objective::kThroughput: return goal.users || goal.requests_per_s ? p.operation.tokens_per_s : per_gpu(p);
    case Objective::kCost: return per_gpu(p);
    case Objective::kLatency: return -p.operation.request_s;
    case Objective::kSmallest: return -p.gpus;
  }
  return 0;
}

bool better(const Goal& goal, const Point& a, const Point& b) {
  const double x = merit(goal, a), y = merit(goal, b);
  if (std::fabs(x - y) > kTolerance * std::fabs(x)) return x > y;
  if (a.gpus != b.gpus) return a.gpus < b.gpus;
  return a.operation.request_s < b.operation.request_s;
}

std::vector<Point> frontier_of(std::vector<Point> points) {
  std::stable_sort(points.begin(), points.end(), [](const Point& a, const Point& b) {
    return per_user(a) != per_user(b) ? per_user(a) > per_user(b) : per_gpu(a) > per_gpu(b);
  });
  std::vector<Point> out;
  double best = 0;
  for (const Point& p : points)
    if (per_gpu(p) > best * (1 + kTolerance)) {
      best = per_gpu(p);
      out.push_back(p);
    }
  return out;
}

}  // namespace

Miss worst_miss(const Goal& g, const Operation& o) {
  Miss worst;
  const auto check = [&](const char* name, double limit, double value) {
    const double over = value / limit - 1;
    if (limit > 0 && over > worst.share + kTolerance) worst = {over, name};
  };
  check("ttft", g.ttft_limit_s, o.ttft_s);
  check("tpot", g.tpot_limit_s, o.tpot_s);
  check("request", g.request_limit_s, o.request_s);
  if (g.least_tokens_per_s > 0 && o.tokens_per_s < g.least_tokens_per_s)
    check("throughput", o.tokens_per_s, g.least_tokens_per_s);
  if (!o.stable && g.requests_per_s) {
    const double over = *g.requests_per_s / o.requests_per_s - 1;
    if (over > worst.share) worst = {std::max(over, kTolerance), "rate"};
  }
  return worst;
}

double per_gpu(const Point& p) { return p.operation.tokens_per_s / p.gpus; }
double per_user(const Point& p) { return 1 / p.operation.tpot_s; }

Point evaluate(const Deployment& d, const Constants& c, const Way& way, const Goal& goal) {
  if (goal.requests_per_s)
    return judged(goal, way, estimate::serving::poisson_of(d, way, goal.shape, c, *goal.requests_per_s));
  if (goal.users) return judged(goal, way, estimate::serving::closed_loop_of(d, way, goal.shape, c, *goal.users));
  return fullest(d, c, way, goal);
}

namespace {

// The fewest copies of a layout that carry the load within the limits; all of them where none does.
Point with_fewest_replicas(const Deployment& d, const Constants& c, Way way, const Goal& goal) {
  Point best = evaluate(d, c, way, goal);
  int low = 0;
  while (best.over_limit <= 0 && best.way.replicas - low > 1) {
    way.replicas = low + (best.way.replicas - low) / 2;
    Point p = evaluate(d, c, way, goal);
    if (p.over_limit <= 0) best = p;
    else low = way.replicas;
  }
  return best;
}

}  // namespace

Found search(const Deployment& d, const Constants& c, const std::vector<Way>& ways, const Goal& goal, bool frontier) {
  Found out;
  std::vector<Point> all;
  const bool sizes = (goal.users || goal.requests_per_s) &&
                     (goal.objective == Objective::kCost || goal.objective == Objective::kSmallest);
  for (Way way : ways) {
    // A replica without a request is not needed.
    if (goal.users) way.replicas = std::clamp(static_cast<int>(*goal.users / way.layout.dp), 1, way.replicas);
    Point p = sizes ? with_fewest_replicas(d, c, way, goal) : evaluate(d, c, way, goal);
    if (p.over_limit > 0) {
      ++out.missed[p.missed];
      if (!out.nearest || p.over_limit < out.nearest->over_limit) out.nearest = p;
    } else out.points.push_back(p);
    if (frontier)
      for (const Point& q : sweep(d, c, way, goal)) all.push_back(q);
  }
  std::stable_sort(out.points.begin(), out.points.end(),
                   [&](const Point& a, const Point& b) { return better(goal, a, b); });
  if (!out.points.empty()) out.nearest.reset();
  out.frontier = frontier_of(std::move(all));
  return out;
}

}  // namespace shardplan::search::serving
