#include "estimate/problem.h"

#include <utility>

namespace shardplan::estimate {

Context::Context(Problem p)
    : problem(std::move(p)),
      kernels(problem.cluster.accelerator, problem.generation,
              problem.stack.gemm_multiplier *
                  spec::of_generation(problem.stack.gemm_multiplier_by_generation, problem.generation.id)),
      links(topology::links_of(problem.cluster, problem.generation)) {}

}  // namespace shardplan::estimate
