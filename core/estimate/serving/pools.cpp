#include "estimate/serving/pools.h"

#include <algorithm>
#include <cmath>

#include "base/math.h"
#include "base/units.h"

namespace shardplan::estimate::serving {
namespace {

constexpr double kMostUtilisation = 0.98;  // beyond which a queue never ends
constexpr double kGrid = 1.5;              // between points of TPOT by sequences

double prompt_groups(const Pools& p) { return static_cast<double>(p.prompt_replicas) * p.prompts->way.layout.dp; }
double decode_groups(const Pools& p) { return static_cast<double>(p.decode_replicas) * p.decode->way.layout.dp; }

// In logarithms between two points.
double between(double x, double x0, double x1, double y0, double y1) {
  return y0 * exp2(log2(y1 / y0) * log2(x / x0) / log2(x1 / x0));
}

// TTFT without the queue.
double unqueued_s(const Deployment& d, const Pools& p, const spec::RequestShape& shape, const Constants& c) {
  return kMicro * c.harness.first_token_us + p.prompts->alone_s + transfer_s(d, p, shape);
}

// Sequences on each decoding group at a rate; beyond what it holds: more than it holds.
double decoding_at(const Pools& p, double rate, double tokens) {
  const DecodePool& d = *p.decode;
  const double wanted = rate / decode_groups(p) * tokens;  // tokens per second of a group
  double before = d.sequences.front() / d.tpot_s.front();
  if (wanted <= before) return wanted * d.tpot_s.front();
  for (size_t i = 1; i < d.sequences.size(); ++i) {
    const double here = d.sequences[i] / d.tpot_s[i];
    if (wanted <= here) return between(wanted, before, here, d.sequences[i - 1], d.sequences[i]);
    before = std::max(before, here);
  }
  return 2 * d.most();
}

}  // namespace

PromptPool prompt_pool(const Deployment& d, const Way& way, const spec::RequestShape& shape, const Constants& c) {
  const Profile p = profile(d, way.layout, way.precision, {shape, 1});
  const double s = prompt_alone_s(p, c);
  // Uneven stages and their ends cost throughput, not the latency of one prompt.
  const double further = way.layout.pp - 1;
  return {way, s * (1 + c.physics.stage_loss * further), s + further * s / p.chunks};
}

DecodePool decode_pool(const Deployment& d, const Way& way, const spec::RequestShape& shape, const Constants& c) {
  DecodePool out;
  out.way = way;
  const double most = std::min(held_sequences(d, way, shape), c.engine.most_sequences);
  for (double n = way.layout.pp;; n *= kGrid) {
    const double sequences = std::min(n, std::max<double>(most, way.layout.pp));
    out.mid = profile(d, way.layout, way.precision, {shape, sequences});
    out.sequences.push_back(sequences);
    out.tpot_s.push_back(token_s(out.mid, c));
    if (n >= most) return out;
  }
}

double DecodePool::tpot_at(double n) const {
  if (n <= sequences.front()) return tpot_s.front();
  for (size_t i = 1; i < sequences.size(); ++i)
    if (n <= sequences[i]) return between(n, sequences[i - 1], sequences[i], tpot_s[i - 1], tpot_s[i]);
  return tpot_s.back();
}

double DecodePool::sequences_at(double limit_s) const {
  if (tpot_s.front() > limit_s) return 0;
  for (size_t i = 1; i < sequences.size(); ++i)
    if (tpot_s[i] > limit_s) return between(limit_s, tpot_s[i - 1], tpot_s[i], sequences[i - 1], sequences[i]);
  return most();
}

double transfer_s(const Deployment& d, const Pools& p, const spec::RequestShape& shape) {
  const double whole = kv_bytes_of_sequence(d.model(), {}, p.decode->way.precision.kv, shape.input_tokens);
  const double links = std::min(gpus_of(p.prompts->way.layout) / p.prompts->way.layout.dp,
                                gpus_of(p.decode->way.layout) / p.decode->way.layout.dp);
  return d.collectives.send_s(p.gpus(), whole / links);
}

Operation pools_at_rate(const Deployment& d, const Pools& p, const spec::RequestShape& shape, const Constants& c,
                        double rate) {
  Operation o;
  const double asked = rate / prompt_groups(p) * p.prompts->prompt_s, use = std::min(asked, kMostUtilisation);
  const double decoding = decoding_at(p, rate, std::max(0.0, shape.output_tokens - 1));
  o.stable = asked <= kMostUtilisation + 1e-9 && decoding <= p.decode->most();
  o.prompt_utilisation = use;
  o.tpot_s = p.decode->tpot_at(std::min(decoding, p.decode->most()));
  o.ttft_s = unqueued_s(d, p, shape, c) + use / (2 * (1 - use)) * p.prompts->prompt_s;
  o.request_s = o.ttft_s + (shape.output_tokens - 1) * o.tpot_s;
  o.requests_per_s = rate;
  o.tokens_per_s = rate * shape.output_tokens;
  o.concurrency = rate * o.request_s;
  o.steady.added_s = p.prompts->prompt_s;
  o.steady.concurrency = std::min(decoding, p.decode->most());
  return o;
}

double most_requests_per_s(const Deployment& d, const Pools& p, const spec::RequestShape& shape, const Constants& c,
                           double ttft_limit_s, double tpot_limit_s) {
  double use = kMostUtilisation;
  if (ttft_limit_s > 0) {
    const double wait = ttft_limit_s - unqueued_s(d, p, shape, c);
    if (wait <= 0) return 0;
    use = std::min(use, 2 * wait / (p.prompts->prompt_s + 2 * wait));
  }
  const double sequences = tpot_limit_s > 0 ? p.decode->sequences_at(tpot_limit_s) : p.decode->most();
  if (sequences <= 0) return 0;
  const double decoded = decode_groups(p) * sequences / p.decode->tpot_at(sequences);
  return std::min(prompt_groups(p) * use / p.prompts->prompt_s, decoded / std::max(1.0, shape.output_tokens - 1));
}

}  // namespace shardplan::estimate::serving
