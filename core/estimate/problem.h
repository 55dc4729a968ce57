// Everything that stays the same while strategies are compared.
#pragma once

#include "hardware/kernels.h"
#include "spec/adjustment.h"
#include "spec/cluster.h"
#include "spec/generation.h"
#include "spec/interval.h"
#include "spec/model.h"
#include "spec/stack.h"
#include "spec/strategy.h"
#include "spec/workload.h"
#include "topology/collectives.h"

namespace shardplan::estimate {

struct Problem {
  spec::Model model;
  spec::Cluster cluster;
  spec::Training training;
  spec::Stack stack;
  spec::Generation generation;
  spec::IntervalClass intervals;
  spec::Adjustment adjustment;
};

// A problem with its rates worked out. Built once, read by every estimate; holds no mutable state.
class Context {
 public:
  explicit Context(Problem problem);

  const Problem problem;
  const hardware::Kernels kernels;
  const topology::Links links;
  const double moment_bytes;  // of the optimizer's state per parameter, without a master copy: estimate/optimizer.h

  const spec::Model& model() const { return problem.model; }
  const spec::Stack& stack() const { return problem.stack; }
  const spec::Training& training() const { return problem.training; }
};

}  // namespace shardplan::estimate
