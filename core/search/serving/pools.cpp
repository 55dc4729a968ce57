#include "search/serving/pools.h"

#include <algorithm>
#include <cmath>

namespace shardplan::search::serving {
namespace {

using estimate::serving::Constants;
using estimate::serving::DecodePool;
using estimate::serving::Deployment;
using estimate::serving::Operation;
using estimate::serving::Pools;
using estimate::serving::PromptPool;
using estimate::serving::Way;

constexpr double kTolerance = 1e-9;
constexpr int kBisections = 30;
constexpr double kFrontierTpot_s[] = {0.004, 0.005, 0.006, 0.008, 0.010, 0.0125, 0.015, 0.020,
                                      0.025, 0.030, 0.040, 0.050, 0.060, 0.080,  0.100};

class PoolSearch {
 public:
  PoolSearch(const Deployment& d, const Constants& c, const std::vector<Way>& ways, const Goal& goal, int gpus)
      : d_(d), c_(c), goal_(goal), gpus_(gpus) {
    for (Way w : ways) {
      if (gpus_of(w.layout) >= gpus) continue;
      w.replicas = 1;
      prompts_.push_back(estimate::serving::prompt_pool(d, w, goal.shape, c));
      decode_.push_back(estimate::serving::decode_pool(d, w, goal.shape, c));
    }
  }

  PoolsFound run() {
    each_split(goal_.tpot_limit_s, [&](const Pools& p) { consider(p); });
    // The frontier knows no load: as much as there is at each speed.
    std::vector<PoolPoint> points;
    for (const double tpot : kFrontierTpot_s) {
      std::optional<PoolPoint> best;
      each_split(tpot, [&](const Pools& p) {
        const double rate = estimate::serving::most_requests_per_s(d_, p, goal_.shape, c_, goal_.ttft_limit_s, tpot);
        if (rate > 0 && (!best || rate / p.gpus() > best->operation.requests_per_s / best->gpus))
          best = at_rate(p, rate);
      });
      if (best) points.push_back(*best);
    }
    double most = 0;
    for (const PoolPoint& p : points)
      if (p.operation.tokens_per_s / p.gpus > most * (1 + kTolerance)) {
        most = p.operation.tokens_per_s / p.gpus;
        out_.frontier.push_back(p);
      }
    if (out_.best) out_.nearest.reset();
    return std::move(out_);
  }

 private:
  const Deployment& d_;
  const Constants& c_;
  const Goal& goal_;
  const int gpus_;
  std::vector<PromptPool> prompts_;
  std::vector<DecodePool> decode_;
  PoolsFound out_;

  // All pairs of layouts. Of the sizes those about which both pools can do the same, the smallest pool of prompts, and
  // where the rate is known, the least that carries it.
  template <class F>
  void each_split(double tpot_limit_s, F f) const {
    for (const PromptPool& prompts : prompts_)
      for (const DecodePool& decode : decode_) {
        if (!(prompts.way.precision == decode.way.precision)) continue;
        Pools p{&prompts, &decode, 1, 1};
        const int a = gpus_of(prompts.way.layout), b = gpus_of(decode.way.layout);
        const double read = prompts.way.layout.dp / prompts.prompt_s, written = decode_rate(decode, tpot_limit_s);
        const int even = static_cast<int>(std::round(gpus_ * written / (a * written + b * read)));
        int last = 0;
        for (const int n : {1, even - 1, even, even + 1}) {
          if (n <= last || n * a + b > gpus_) continue;
          last = p.prompt_replicas = n;
          p.decode_replicas = (gpus_ - n * a) / b;
          f(p);
        }
        if (!goal_.requests_per_s) continue;
        p.prompt_replicas = replicas_for(read);
        p.decode_replicas = replicas_for(written);
        if (p.gpus() <= gpus_) f(p);
      }
  }

  // Of a pool whose replicas do `each` requests per second; more than there are GPUs where nothing suffices.
  int replicas_for(double each) const {
    return static_cast<int>(std::min(std::ceil(*goal_.requests_per_s / each), gpus_ + 1.0));
  }

  double decode_rate(const DecodePool& d, double tpot_limit_s) const {
    double n = tpot_limit_s > 0 ? d.sequences_at(tpot_limit_s) : 0;
    if (n <= 0) n = d.most();
    return d.way.layout.dp * n / d.tpot_at(n) / std::max(1.0, goal_.shape.output_tokens - 1);
  }

  PoolPoint at_rate(const Pools& p, double rate) const {
    PoolPoint point;
    point.prompts = p.prompts->way;
    point.prompts.replicas = p.prompt_replicas;
    point.decode = p.decode->way;
    point.decode.replicas = p.decode_replicas;
    point.gpus = p.gpus();
    point.transfer_s = estimate::serving::transfer_s(d_, p, goal_.shape);
    point.operation = estimate::serving::pools_at_rate(d_, p, goal_.shape, c_, rate);
    const Miss miss = worst_miss(goal_, point.operation);
    point.over_limit = miss.share;
    point.missed = miss.limit;
    return point;
  }

  // The rate at which so many users keep the pools busy.
  double rate_of(const Pools& p, double users) const {
    double low = 0, high = estimate::serving::most_requests_per_s(d_, p, goal_.shape, c_, 0, 0);
    for (int i = 0; i < kBisections; ++i) {
      const double middle = (low + high) / 2;
      const Operation o = estimate::serving::pools_at_rate(d_, p, goal_.shape, c_, middle);
      (middle * o.request_s < users ? low : high) = middle;
    }
    return low;
  }

  void consider(const Pools& p) {
    ++out_.evaluated;
    double rate = 0;
    if (goal_.requests_per_s) rate = *goal_.requests_per_s;
    else if (goal_.users) rate = rate_of(p, *goal_.users);
    else rate = estimate::serving::most_requests_per_s(d_, p, goal_.shape, c_, goal_.ttft_limit_s, goal_.tpot_limit_s);
    if (rate <= 0) return;
    PoolPoint point = at_rate(p, rate);
    if (point.over_limit > 0) {
      if (!out_.nearest || point.over_limit < out_.nearest->over_limit) out_.nearest = point;
    } else if (!out_.best || better(point, *out_.best)) {
      out_.best = point;
    }
  }

  double merit(const PoolPoint& p) const {
    const Operation& o = p.operation;
    switch (goal_.objective) {
      case Objective::kThroughput:
        return goal_.users || goal_.requests_per_s ? o.tokens_per_s : o.tokens_per_s / p.gpus;
      case Objective::kCost: return o.tokens_per_s / p.gpus;
      case Objective::kLatency: return -o.request_s;
      case Objective::kSmallest: return -p.gpus;
    }
    return 0;
  }
  bool better(const PoolPoint& a, const PoolPoint& b) const {
    const double x = merit(a), y = merit(b);
    if (std::fabs(x - y) > kTolerance * std::fabs(x)) return x > y;
    if (a.gpus != b.gpus) return a.gpus < b.gpus;
    return a.operation.request_s < b.operation.request_s;
  }
};

}  // namespace

PoolsFound search_pools(const Deployment& d, const Constants& c, const std::vector<Way>& ways, const Goal& goal,
                        int gpus) {
  return PoolSearch(d, c, ways, goal, gpus).run();
}

}  // namespace shardplan::search::serving
