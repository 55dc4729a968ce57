// What optimizers keep beside weights and gradients. One table, from their papers; sizes of a stack's own AdamW (master
// copy, type of the moments) are in spec/stack.h.
#pragma once

#include "spec/model.h"
#include "spec/stack.h"
#include "spec/workload.h"

namespace shardplan::estimate {

// Optimizers that keep their moments of a projected gradient: of a matrix m x n, m <= n, at rank m / 4, as their papers
// do for 7B models.
enum class Projection { kNone, kStored, kFromSeed, kRankOne };
inline constexpr double kProjectedShare = 0.25;

struct OptimizerTraits {
  spec::Optimizer optimizer;
  double moments = 0;        // values per parameter of a layer's matrices, in the stack's type for moments
  double bytes = 0;          // and bytes in a type of its own
  double other_moments = 0;  // the same for embedding, LM head and norms
  double other_bytes = 0;
  Projection projection = Projection::kNone;  // `moments` and `bytes` are then those of the projected gradient
  bool paged = false;                         // in memory that the driver moves to the host when the GPU's is short
  bool in_backward = false;                   // a gradient is used up as soon as it is there
  const char* source = "";
};
const OptimizerTraits& traits_of(spec::Optimizer optimizer);

// Bytes of optimizer state per parameter without the master copy: the mean over a model's parameters.
double moment_bytes(spec::Optimizer optimizer, const spec::StackMemory& memory, const spec::Model& model);

// The same for parameters that are matrices only: adapters.
double matrix_moment_bytes(spec::Optimizer optimizer, const spec::StackMemory& memory);

// Bytes of the 32-bit copy that a stack's optimizer updates; 0 where it updates the weights themselves.
double master_bytes(const spec::StackMemory& memory);

}  // namespace shardplan::estimate
