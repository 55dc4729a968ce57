#include "estimate/serving/arrivals.h"

#include <algorithm>
#include <cmath>

#include "base/math.h"

namespace shardplan::estimate::serving {
namespace {

constexpr double kMostUtilisation = 0.98;  // of an engine by prompts, beyond which a queue never ends
constexpr int kBisections = 24;

double groups_of(const Way& way) { return static_cast<double>(way.replicas) * way.layout.dp; }

double life_s(const Latency& l, const spec::RequestShape& shape) {
  return l.ttft_s + (shape.output_tokens - 1) * l.tpot_s;
}

Operation settled(const Way& way, const spec::RequestShape& shape, Steady s, double users) {
  Operation o;
  o.ttft_s = s.latency.ttft_s;
  o.tpot_s = s.latency.tpot_s;
  o.request_s = life_s(s.latency, shape);
  o.concurrency = users;
  o.requests_per_s = users / o.request_s;
  o.tokens_per_s = o.requests_per_s * shape.output_tokens;
  o.prompt_utilisation = o.requests_per_s / groups_of(way) * s.added_s;
  o.steady = s;
  return o;
}

// The state with `concurrency` requests on a group, of which `ahead` others' prompts stand in a new one's way.
Steady state(const Deployment& d, const Way& way, const spec::RequestShape& shape, Constants c, double concurrency,
             double ahead) {
  c.harness.queue_share = 0;
  c.harness.met_on_arrival = ahead;
  return closed_loop_state(d, way, shape, c, concurrency);
}

// Mean number of prompts in front of a new one: M/D/1.
double prompts_ahead(double utilisation) {
  const double u = std::min(utilisation, kMostUtilisation);
  return u / (2 * (1 - u));
}

// z of the normal distribution, by bisection of its distribution function.
double normal_quantile(double q) {
  double low = -6, high = 6;
  for (int i = 0; i < 50; ++i) {
    const double middle = (low + high) / 2;
    (normal_cdf(middle) < q ? low : high) = middle;
  }
  return high;
}

}  // namespace

Operation closed_loop_of(const Deployment& d, const Way& way, const spec::RequestShape& shape, const Constants& c,
                         double users) {
  return settled(way, shape, closed_loop_state(d, way, shape, c, users / groups_of(way)), users);
}

Operation poisson_of(const Deployment& d, const Way& way, const spec::RequestShape& shape, const Constants& c,
                     double requests_per_s) {
  const double rate = requests_per_s / groups_of(way);
  // The number in the system whose throughput is the rate: throughput only grows with it.
  const double most = std::min(held_sequences(d, way, shape), c.engine.most_sequences);
  const auto at = [&](double n) {
    double ahead = 0;
    Steady s = state(d, way, shape, c, n, ahead);
    ahead = prompts_ahead(rate * s.added_s);
    return state(d, way, shape, c, n, ahead);
  };
  double low = 1, high = most;
  Steady s = at(high);
  const bool stable = high / life_s(s.latency, shape) >= rate && rate * s.added_s < kMostUtilisation;
  if (stable) {
    for (int i = 0; i < kBisections && high > 1.001 * low; ++i) {
      const double middle = std::sqrt(low * high);
      s = at(middle);
      (middle / life_s(s.latency, shape) < rate ? low : high) = middle;
    }
    s = at(high);
  }
  Operation o = settled(way, shape, s, high * groups_of(way));
  o.stable = stable;
  if (stable) {
    o.concurrency = requests_per_s * o.request_s;  // fewer than one request a group at low rates
    o.requests_per_s = requests_per_s;
    o.tokens_per_s = requests_per_s * shape.output_tokens;
    o.prompt_utilisation = rate * o.steady.added_s;
  }
  return o;
}

double ttft_quantile_s(const Operation& o, double q) {
  const double u = std::min(o.prompt_utilisation, kMostUtilisation);
  const double scale = o.steady.added_s / (2 * (1 - u));
  const double mean_wait = u * scale;
  const double wait = u > 1 - q ? scale * log(u / (1 - q)) : 0;
  return o.ttft_s - mean_wait + wait;
}

double tpot_quantile_s(const Deployment& d, const Way& way, const spec::RequestShape& shape, const Constants& c,
                       const Operation& o, double q) {
  const double mean = std::max(o.concurrency / groups_of(way), 1e-9);
  const double many =
      std::min(mean + normal_quantile(q) * std::sqrt(mean), std::max(mean, held_sequences(d, way, shape)));
  return std::max(o.tpot_s, state(d, way, shape, c, std::max(1.0, many), 0).latency.tpot_s);
}

}  // namespace shardplan::estimate::serving
