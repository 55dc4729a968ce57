// What to allocate and time on one GPU before the real run: the memory of the worst rank and the matrix products of a
// step on it. emit/ has it as data; api/operations/dry_run prints it as a document of the format shardplan-plan/1.
#pragma once

#include <string>
#include <vector>

#include "emit/job.h"

namespace shardplan::emit {

// A product C[m, n] = A[m, k] B[k, n] of the worst rank.
struct Gemm {
  std::string layer;  // "attention", "mlp", "shared_expert", "experts", "head"
  std::string pass;   // "forward", "data_gradient", "weight_gradient"
  int64_t m = 0, n = 0, k = 0;
  int groups = 1;  // experts: as many products of this size at once
  spec::Precision type = spec::Precision::kBf16;
  int64_t count = 0;  // of one step
  double expected_s = 0;
};

struct RankMemory {
  int64_t parameters_bytes = 0, gradients_bytes = 0, optimizer_bytes = 0, activations_bytes = 0, buffers_bytes = 0,
          overhead_bytes = 0;
};

struct DryRun {
  int stage = 0;  // of the pipeline
  RankMemory memory;
  std::vector<Gemm> gemms;
};

// The job has a model.
DryRun dry_run(const Job& job);

// How to try the plan with its own launcher: what to run, and what it shows.
std::vector<std::string> dry_run_steps(const Job& job);

}  // namespace shardplan::emit
