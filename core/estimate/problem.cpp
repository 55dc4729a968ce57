#include "estimate/problem.h"

#include <utility>

#include "estimate/adjustment.h"
#include "estimate/optimizer.h"

namespace shardplan::estimate {
namespace {

// The user's adjustment and what the stack knows better than the generation, put in.
Problem settled(Problem p) {
  p = adjusted(std::move(p));
  if (p.stack.attention_narrow_heads > 0) p.generation.attention_narrow_heads = p.stack.attention_narrow_heads;
  return p;
}

}  // namespace

Context::Context(Problem p)
    : problem(settled(std::move(p))),
      kernels(problem.cluster.accelerator, problem.generation,
              problem.stack.gemm_multiplier *
                  spec::of_generation(problem.stack.gemm_multiplier_by_generation, problem.generation.id)),
      links(topology::links_of(problem.cluster, problem.generation)),
      moment_bytes(estimate::moment_bytes(problem.training.optimizer, problem.stack.memory, problem.model)) {}

}  // namespace shardplan::estimate
