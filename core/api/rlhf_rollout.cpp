#include "api/rlhf_rollout.h"

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "search/serving/search.h"

namespace shardplan::api {
namespace {

namespace serving = search::serving;
using estimate::serving::Deployment;

// The answers that outlast the mean one come from engines with nothing else left to do.
double tail_s(const ResolvedRlhf& q, const Deployment& d, const ResolvedServing& s, const serving::Point& p) {
  const int longer = q.longest_response_tokens - q.response_tokens;
  if (longer <= 0) return 0;
  serving::Goal alone = s.goal;
  alone.users = static_cast<double>(p.way.replicas) * p.way.layout.dp;
  return longer * serving::evaluate(d, s.constants, p.way, alone).operation.tpot_s;
}

ServingQuestion serving_question(const ResolvedRlhf& q) {
  ServingQuestion s;
  s.model = q.actor.model;
  s.cluster = cluster_choice(q.actor);
  s.engine = q.asked.engine;
  s.input_tokens = q.prompt_tokens;
  s.output_tokens = q.response_tokens;
  s.precision = spec::WeightFormat::kBf16;
  s.users = q.sequences;
  return s;
}

}  // namespace

Diagnostics rollout_problems(const ResolvedRlhf& q) {
  if (!q.traits.online) return {};
  const auto resolved = resolve(serving_question(q));
  return resolved ? Diagnostics{} : resolved.error();
}

std::optional<RlhfRollout> rollout_of(const ResolvedRlhf& q, int gpus, double memory_share) {
  ServingQuestion s = serving_question(q);
  s.cluster.gpus = gpus;
  s.memory_share = memory_share;
  const auto resolved = resolve(s, {.tp = q.asked.rollout_tp});
  if (!resolved) return std::nullopt;
  const Deployment d(resolved->problem);
  const serving::Space space = serving::space(d, resolved->goal.shape, resolved->limits);
  const serving::Found found = serving::search(d, resolved->constants, space.ways, resolved->goal);
  // All answers are asked for at once: as fast as the engines go, but none before its own last token.
  const serving::Point* best = nullptr;
  double seconds = 0;
  for (const serving::Point& p : found.points) {
    const double t =
        std::max(p.operation.request_s, q.sequences / p.operation.requests_per_s) + tail_s(q, d, *resolved, p);
    if (best == nullptr || t < seconds) best = &p, seconds = t;
  }
  if (best == nullptr) return std::nullopt;
  RlhfRollout out{make_plan(d, *resolved, *best), seconds};
  const ServingMemoryFields& m = out.plan.memory;
  const double groups = static_cast<double>(best->way.replicas) * best->way.layout.dp;
  const double tokens = std::ceil(q.sequences / groups) * (q.prompt_tokens + q.longest_response_tokens);
  out.cache_bytes = std::min(m.kv_cache_gib * kGib, tokens * m.kv_bytes_per_token);
  return out;
}

double weight_sync_s(const ResolvedRlhf& q, int gpus, const ServingPlan& rollout) {
  Question all = q.actor;
  all.gpus = gpus;
  all.stack.clear();
  const auto resolved = resolve(all);
  if (!resolved) return 0;
  const estimate::Context context(resolved->problem);
  const double bytes = rollout.memory.weights_gib * kGib;
  return bytes / (gpus <= context.links.domain ? context.links.scaleup : context.links.nic);
}

}  // namespace shardplan::api
