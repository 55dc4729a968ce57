// One phase alone: a batch of prompts, or sequences that decode, with nothing else in the engine. Beside: steady.h has
// both at once, as users meet them.
#pragma once

#include "estimate/serving/steady.h"

namespace shardplan::estimate::serving {

enum class PhaseKind { kPrefill, kDecode };

struct Phase {
  double latency_s = 0;       // prefill: until the last prompt's first token; decode: from one token to the next
  double first_token_s = 0;   // prefill: mean over the prompts
  double tokens_per_s = 0;    // prefill: of the prompts; decode: of the answers
  double requests_per_s = 0;  // decode: that end
};

// `batch` requests, dealt out evenly over the attention groups of all replicas; the largest share decides.
Phase phase_of(const Deployment& deployment, const Way& way, PhaseKind kind, const spec::RequestShape& shape,
               const Constants& constants, double batch);

// Whether each group's memory holds its share of `batch` at their longest.
bool holds(const Deployment& deployment, const Way& way, const spec::RequestShape& shape, double batch);

}  // namespace shardplan::estimate::serving
