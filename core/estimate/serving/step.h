// Kernel time of one step of a serving engine, on one rank of one pipeline stage: sequences that decode, prompts that
// are read, or both. Beside: engine.h turns it into seconds of a running engine.
#pragma once

#include <vector>

#include "estimate/serving/deployment.h"

namespace shardplan::estimate::serving {

// A piece of a prompt: `fresh` tokens behind `cached` ones, in `prompts` prompts at once.
struct Chunk {
  double fresh = 0;
  double cached = 0;
  double prompts = 1;
};

struct StepBatch {
  double sequences = 0;  // that decode, on each attention data-parallel group
  double context = 1;    // tokens that each of them attends to
  std::vector<Chunk> chunks;
  double tokens_per_sequence = 1;  // more than 1 where drafted tokens are verified
};

struct KernelTimes {
  double gemm_s = 0;
  double attention_s = 0;
  double experts_s = 0;
  double communication_s = 0;
  double elementwise_s = 0;
  double head_s = 0;

  double sum_s() const { return gemm_s + attention_s + experts_s + communication_s + elementwise_s + head_s; }
  KernelTimes& operator+=(const KernelTimes& o);
};
KernelTimes operator-(const KernelTimes& a, const KernelTimes& b);  // parts below zero become zero
KernelTimes operator*(double factor, const KernelTimes& t);
KernelTimes larger(const KernelTimes& a, const KernelTimes& b);  // of each part

KernelTimes kernel_times(const Deployment& deployment, const spec::ServingLayout& layout,
                         const spec::ServingPrecision& precision, const StepBatch& batch);

// A prompt of `fresh` tokens behind `cached` ones, in pieces of at most `chunk_tokens`.
std::vector<Chunk> chunks_of(double fresh, double cached, double chunk_tokens);

}  // namespace shardplan::estimate::serving
