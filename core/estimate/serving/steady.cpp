#include "estimate/serving/steady.h"

#include <algorithm>

namespace shardplan::estimate::serving {
namespace {

constexpr int kSteps = 4;  // of the iteration between batch and latency; it moves by less than 1 % after them

}  // namespace

double held_sequences(const Deployment& d, const Way& way, const spec::RequestShape& shape) {
  return std::max(1.0, most_sequences(d, way.layout, way.precision, shape.input_tokens + shape.output_tokens / 2));
}

Steady closed_loop_state(const Deployment& d, const Way& way, const spec::RequestShape& shape, const Constants& c,
                         double concurrency) {
  const double asked = std::max(1.0, concurrency);
  Steady s;
  s.concurrency = std::min({asked, held_sequences(d, way, shape), c.engine.most_sequences});
  s.wait = asked / s.concurrency - 1;
  double decoding = s.concurrency;
  for (int i = 0; i < kSteps; ++i) {
    s.profile = profile(d, way.layout, way.precision, {shape, decoding});
    s.latency = closed_loop(s.profile, c, s.concurrency);
    decoding = decoding_sequences(s.latency, shape.output_tokens, s.concurrency);
  }
  s.latency = closed_loop(s.profile, c, s.concurrency, s.wait);
  s.added_s = prompt_added_s(s.profile, c);
  return s;
}

}  // namespace shardplan::estimate::serving
