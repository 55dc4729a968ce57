#include "estimate/serving/deployment.h"

namespace shardplan::estimate::serving {
namespace {

std::shared_ptr<const Deployment> draft_of(const Problem& problem) {
  if (problem.speculation.tokens == 0 || problem.speculation.draft == nullptr) return nullptr;
  Problem p = problem;
  p.model = *problem.speculation.draft;
  p.speculation = {};
  p.adapters = {};
  return std::make_shared<const Deployment>(std::move(p));
}

}  // namespace

double Speculation::tokens_per_step() const {
  double sum = 1, chance = 1;
  for (int i = 0; i < tokens; ++i) sum += chance *= acceptance;
  return sum;
}

Deployment::Deployment(Problem p)
    : problem(std::move(p)),
      kernels(problem.cluster.accelerator, problem.own_table),
      collectives(problem.cluster, problem.own_table, problem.pcie_table),
      draft(draft_of(problem)) {}

}  // namespace shardplan::estimate::serving
