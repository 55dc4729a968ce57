#include "search/serving/phase.h"

#include <algorithm>
#include <cmath>

#include "base/integers.h"
#include "model/parameters.h"

namespace shardplan::search::serving {
namespace {

using estimate::serving::Constants;
using estimate::serving::Deployment;
using estimate::serving::Way;

constexpr double kTolerance = 1e-9;

bool faster(const PhasePoint& a, const PhasePoint& b) {
  const double x = a.phase.tokens_per_s, y = b.phase.tokens_per_s;
  if (std::fabs(x - y) > kTolerance * x) return x > y;
  return a.gpus < b.gpus;
}

std::vector<PhasePoint> frontier_of(std::vector<PhasePoint> points) {
  std::stable_sort(points.begin(), points.end(), [](const PhasePoint& a, const PhasePoint& b) {
    return a.phase.latency_s != b.phase.latency_s ? a.phase.latency_s < b.phase.latency_s : faster(a, b);
  });
  std::vector<PhasePoint> out;
  double best = 0;
  for (const PhasePoint& p : points)
    if (p.phase.tokens_per_s > best * (1 + kTolerance)) {
      best = p.phase.tokens_per_s;
      out.push_back(p);
    }
  return out;
}

Way way_of(const spec::Model& m, const spec::ServingPrecision& precision, Pair pair) {
  Way w{{pair.tp, pair.pp, 1, 1, 1}, precision, 1};
  if (!model::is_moe(m)) return w;
  if (m.num_experts % pair.tp == 0) w.layout.ep = pair.tp;
  else w.layout.etp = pair.tp;
  return w;
}

// Memory that the batch needs beyond what there is; negative: what is left.
double over_bytes(const Deployment& d, const Way& w, const spec::RequestShape& shape, double batch) {
  const estimate::serving::Memory m = estimate::serving::memory_of(d, w.layout, w.precision);
  const double each =
      estimate::serving::sequence_bytes(d, w.layout, w.precision.kv, shape.input_tokens + shape.output_tokens);
  const double free = m.fits ? m.kv_room : m.capacity - m.weights - m.adapters - m.activations - m.context;
  return batch * each - free;
}

}  // namespace

PhaseFound search_phase(const Deployment& d, const Constants& c, const std::vector<Way>& ways, const PhaseGoal& goal) {
  PhaseFound out;
  for (const double batch : goal.batches)
    for (Way way : ways) {
      // A replica without a request is not needed.
      way.replicas = std::clamp(static_cast<int>(batch / way.layout.dp), 1, way.replicas);
      if (!estimate::serving::holds(d, way, goal.shape, batch)) {
        ++out.too_large;
        continue;
      }
      out.points.push_back({way, estimate::serving::phase_of(d, way, goal.kind, goal.shape, c, batch), batch,
                            way.replicas * gpus_of(way.layout)});
    }
  std::stable_sort(out.points.begin(), out.points.end(), faster);
  out.frontier = frontier_of(out.points);
  return out;
}

std::vector<Pair> even_pairs(const spec::Model& m, int gpus) {
  std::vector<Pair> out;
  for (const int64_t tp : divisors(m.num_attention_heads)) {
    if (tp > gpus) continue;
    const int kv = m.num_key_value_heads;
    if (!model::is_mla(m) && kv % tp != 0 && tp % kv != 0) continue;
    for (const int64_t pp : divisors(m.num_hidden_layers))
      if (tp * pp <= gpus) out.push_back({static_cast<int>(tp), static_cast<int>(pp)});
  }
  return out;
}

SmallestSystem smallest_system(const Deployment& d, const spec::RequestShape& shape,
                               const spec::ServingPrecision& precision, double batch, int most_gpus) {
  const int domain = std::max(1, d.problem.cluster.scaleup_domain);
  std::map<int, std::pair<Way, double>> best;  // by GPUs: the layout that lacks least
  for (const Pair& pair : even_pairs(d.model(), most_gpus)) {
    if (pair.tp > domain) continue;
    const Way way = way_of(d.model(), precision, pair);
    const double over = over_bytes(d, way, shape, batch);
    const auto [at, is_new] = best.try_emplace(pair.tp * pair.pp, way, over);
    if (!is_new && over < at->second.second) at->second = {way, over};
  }
  SmallestSystem out;
  for (const auto& [gpus, found] : best) {
    if (found.second <= 0) {
      out.gpus = gpus;
      out.way = found.first;
      return out;
    }
    out.too_small = found.first;
    out.too_small_by_bytes = found.second;
  }
  return out;
}

}  // namespace shardplan::search::serving
