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

// Tokens drafted ahead, which one step of the model verifies.
struct Speculation {
  int tokens = 0;                            // of each sequence and step; 0: none
  double acceptance = 0;                     // chance of a drafted token, given that those before it were accepted
  std::shared_ptr<const spec::Model> draft;  // null: drafts are looked up in the prompt and cost nothing
  bool own_layers = false;                   // the draft is trained on the model's own embeddings and head (MTP, EAGLE)

  // Of a step: those that are accepted, and the one that the model itself adds.
  double tokens_per_step() const;
};

// Low-rank adapters that share one engine: how many are in use at once, of which rank.
struct AdapterLoad {
  int count = 0, rank = 16;
};

struct Problem {
  spec::Model model;
  spec::Cluster cluster;
  spec::ServingEngine engine;
  spec::ServingGeneration generation;
  spec::ServingPhysics physics;
  std::shared_ptr<const spec::ServingKernelTable> own_table, pcie_table;
  Speculation speculation;
  AdapterLoad adapters;
};

// A problem with its rates worked out. Built once, read by every estimate; holds no mutable state.
class Deployment {
 public:
  explicit Deployment(Problem p);

  const Problem problem;
  const hardware::ServingKernels kernels;
  const topology::ServingCollectives collectives;
  const std::shared_ptr<const Deployment> draft;  // of the model that drafts; null: none

  const spec::Model& model() const { return problem.model; }
  const spec::ServingEngine& engine() const { return problem.engine; }
};

}  // namespace shardplan::estimate::serving
