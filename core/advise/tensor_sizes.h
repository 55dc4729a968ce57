// Tensors of a plan that are large enough to be recognised by their size, so that an allocation which failed can be
// named. Sizes as in estimate/memory.h and estimate/activations.h.
#pragma once

#include <string>
#include <vector>

#include "estimate/problem.h"

namespace shardplan::advise {

enum class TensorKind { kLogits, kScores, kStates, kActivations };

struct TensorSize {
  TensorKind kind = TensorKind::kActivations;
  std::string text;  // in a sentence: "the logits of one micro-batch in fp32"
  double bytes = 0;
};

std::vector<TensorSize> tensor_sizes(const estimate::Context& context, const spec::Strategy& strategy);

// Those whose size is `bytes`, but for what an allocator adds and a message rounds; nearest first.
std::vector<TensorSize> tensors_of(const std::vector<TensorSize>& sizes, double bytes);

}  // namespace shardplan::advise
