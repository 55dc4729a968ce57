#include "estimate/problem.h"

#include "estimate/adjustment.h"

#include <utility>

namespace shardplan::estimate {

Context::Context(Problem p)
    : problem(adjusted(std::move(p))),
      kernels(problem.cluster.accelerator, problem.generation,
              problem.stack.gemm_multiplier *
                  spec::of_generation(problem.stack.gemm_multiplier_by_generation, problem.generation.id)),
      links(topology::links_of(problem.cluster, problem.generation)) {}

}  // namespace shardplan::estimate
