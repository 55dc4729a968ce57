// Measurements of a host, on demand: each in a child process with a time limit, results among the host's facts.
#pragma once

#include <functional>
#include <string>

#include "host.h"
#include "measure/gemm.h"

namespace shardplan::probe {

struct MeasureOptions {
  std::string cuda, cublaslt, nccl;  // libraries; empty: where they are found
  double limit_s = 60;               // for each measurement
};

// Copies between GPUs and the host, between each two GPUs, matrix products by type, an all-reduce. What two GPUs reach
// between them replaces the nominal rate of their link.
void measure_host(Host& host, const MeasureOptions& options);

// One measurement: runs `job` in a child. Its lines "name value" become facts; a failure the fact "result".
Facts measure_in_child(const std::function<std::string()>& job, double limit_s);

}  // namespace shardplan::probe
