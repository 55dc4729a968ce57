#include "estimate/serving/phase.h"

#include <algorithm>
#include <cmath>

namespace shardplan::estimate::serving {
namespace {

double share_of(const Way& way, double batch) {
  return std::max(1.0, std::ceil(batch / (static_cast<double>(way.replicas) * way.layout.dp) - 1e-9));
}

// Steps of one stage that work a share of the prompts off: how many, and how long each.
struct PromptSteps {
  double count = 1, each_s = 0, prompts_of_each = 1;
};

PromptSteps prompt_steps(const Deployment& d, const Way& way, const spec::RequestShape& shape, const Constants& c,
                         double prompts) {
  const double fresh = shape.input_tokens - shape.cached_tokens, budget = c.engine.chunk_tokens;
  Profile p = profile(d, way.layout, way.precision, {shape, 1});
  if (fresh >= budget) return {prompts * p.chunks, prompt_alone_s(p, c) / p.chunks, 1 / p.chunks};
  const double together = std::min(prompts, std::floor(budget / fresh));
  p.prompt = kernel_times(d, way.layout, way.precision, {0, 1, {{fresh, shape.cached_tokens, together}}});
  return {std::ceil(prompts / together), prompt_alone_s(p, c), together};
}

// Steps follow each other through the stages.
Phase prefill(const Deployment& d, const Way& way, const spec::RequestShape& shape, const Constants& c, double batch) {
  const double prompts = share_of(way, batch), further = way.layout.pp - 1;
  const PromptSteps s = prompt_steps(d, way, shape, c, prompts);
  Phase out;
  out.latency_s = (s.count + further) * s.each_s;
  const double first = std::max(1.0, 1 / s.prompts_of_each);  // steps until the first prompt is done
  out.first_token_s = ((first + s.count) / 2 + further) * s.each_s;
  out.requests_per_s = batch / out.latency_s;
  out.tokens_per_s = out.requests_per_s * shape.input_tokens;
  return out;
}

// At least one sequence in every stage: fewer would leave stages idle and not be faster.
Phase decode(const Deployment& d, const Way& way, const spec::RequestShape& shape, const Constants& c, double batch) {
  const double sequences = std::max<double>(share_of(way, batch), way.layout.pp);
  const Profile p = profile(d, way.layout, way.precision, {shape, sequences});
  Phase out;
  out.latency_s = token_s(p, c);
  out.tokens_per_s = batch / out.latency_s;
  out.requests_per_s = out.tokens_per_s / shape.output_tokens;
  return out;
}

}  // namespace

Phase phase_of(const Deployment& d, const Way& way, PhaseKind kind, const spec::RequestShape& shape, const Constants& c,
               double batch) {
  return kind == PhaseKind::kPrefill ? prefill(d, way, shape, c, batch) : decode(d, way, shape, c, batch);
}

bool holds(const Deployment& d, const Way& way, const spec::RequestShape& shape, double batch) {
  return most_sequences(d, way.layout, way.precision, shape.input_tokens + shape.output_tokens) >= share_of(way, batch);
}

}  // namespace shardplan::estimate::serving
