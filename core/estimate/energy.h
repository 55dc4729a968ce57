// Electric power of training, per GPU with its share of the node, before cooling and conversion.
#pragma once

#include <span>

#include "spec/cluster.h"
#include "spec/operations.h"

namespace shardplan::estimate {

// Watts. Where no node of the kind was measured there is no best guess, only the bounds.
struct GpuPower {
  const spec::PowerRecord* record = nullptr;  // null: nothing is known
  bool measured = false;                      // such a node, not one of another generation or power class
  double idle_w = 0;
  double training_w = 0;
  double low_w = 0, high_w = 0;  // of training
};

// `busy_share`: of the time, how long the GPUs run kernels; 0 where it is not known, then as when it was measured.
// Between idle and full load power is taken to be linear in it: measured nodes lie within 11 % of that line.
// Of other nodes: the range of the record's node as multiples of its GPUs' rated power, from its lightest training
// load to the node's own rating.
GpuPower gpu_power(std::span<const spec::PowerRecord> records, const spec::Accelerator& accelerator, double busy_share);

}  // namespace shardplan::estimate
