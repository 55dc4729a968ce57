// Everything that stays the same while serving layouts are compared. Below: hardware/, topology/. Beside: step.h costs
// one step of the engine, memory.h what fits, engine.h adds what the engine itself takes.
#pragma once

#include <memory>

#include "hardware/serving_kernels.h"
#include "spec/cluster.h"
#include "spec/model.h"
#include "spec/serving.h"
#include "spec/serving_calibration.h"
#include "topology/serving_collectives.h"

namespace shardplan::estimate::serving {

struct Problem {
  spec::Model model;
  spec::Cluster cluster;
  spec::ServingEngine engine;
  spec::ServingGeneration generation;
  spec::ServingPhysics physics;
  std::shared_ptr<const spec::ServingKernelTable> own_table, pcie_table;
};

// A problem with its rates worked out. Built once, read by every estimate; holds no mutable state.
class Deployment {
 public:
  explicit Deployment(Problem p)
      : problem(std::move(p)),
        kernels(problem.cluster.accelerator, problem.own_table),
        collectives(problem.cluster, problem.own_table, problem.pcie_table) {}

  const Problem problem;
  const hardware::ServingKernels kernels;
  const topology::ServingCollectives collectives;

  const spec::Model& model() const { return problem.model; }
  const spec::ServingEngine& engine() const { return problem.engine; }
};

}  // namespace shardplan::estimate::serving
