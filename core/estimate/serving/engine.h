// From kernels to a running engine: what a load asks of the kernels, and what the engine and the arrivals make of it.
// The first half knows no fitted constant, so a fit computes it once; the second is a few sums.
#pragma once

#include <string>
#include <vector>

#include "estimate/serving/step.h"

namespace shardplan::estimate::serving {

// A load on one replica, with its kernels. Times are of one pipeline stage.
struct Profile {
  spec::RequestShape shape;
  double pp = 1;
  double layers = 0;           // of a stage
  double sequences = 1;        // that decode at once on each attention group, over all stages' micro-batches
  double chunks = 1;           // pieces of a prompt
  double tokens_per_step = 1;  // of each sequence; more than 1 where drafted ones are accepted
  double draft_layers = 0;     // that drafting runs in a step
  bool mixes = true;           // prompts ride on decode steps
  KernelTimes decode;          // one step of sequences / pp sequences
  KernelTimes prompt;          // one prompt alone ...
  KernelTimes reading;         // ... of which steps of a single token would take this, as decode steps do
  KernelTimes mixed;           // what one prompt adds to steps that decode
  KernelTimes draft;           // drafting of one step
};

struct Load {
  spec::RequestShape shape;
  double sequences = 1;
  bool keeps_chunks_full = false;  // offline: prompts always wait, so short ones share their steps
};

Profile profile(const Deployment& deployment, const spec::ServingLayout& layout,
                const spec::ServingPrecision& precision, const Load& load);

// The fitted constants of one prediction.
struct Constants {
  spec::ServingEngine engine;
  spec::ServingGeneration generation;
  spec::ServingPhysics physics;
  spec::ServingHarness harness;
};
inline Constants constants_of(const Deployment& d, const spec::ServingHarness& harness) {
  return {d.problem.engine, d.problem.generation, d.problem.physics, harness};
}

// Seconds of one decode step of a stage with its sequences, drafting included.
double decode_step_s(const Profile& p, const Constants& c);
// Seconds from one token of a sequence to the next, while nothing else runs.
double token_s(const Profile& p, const Constants& c);
// Seconds of one prompt on an idle engine, of one stage.
double prompt_alone_s(const Profile& p, const Constants& c);
// Seconds that one prompt adds to a busy engine.
double prompt_added_s(const Profile& p, const Constants& c);

struct Latency {
  double ttft_s = 0;
  double tpot_s = 0;
};

// A closed loop: `concurrency` requests on each attention group, a new one as soon as one ends. `wait` is the share of
// a request's life that further ones, for whom there is no memory, wait before theirs.
Latency closed_loop(const Profile& p, const Constants& c, double concurrency, double wait = 0);

// All requests wait at the start: output tokens per second of one attention group.
double offline_tokens_per_s(const Profile& p, const Constants& c);

// A batch that starts and ends together: output tokens per second.
double static_batch_tokens_per_s(const Profile& whole_batch, const Constants& c);

// Sequences that decode at once in a closed loop: those that are not waiting for their first token.
double decoding_sequences(const Latency& latency, double output_tokens, double concurrency);

}  // namespace shardplan::estimate::serving
