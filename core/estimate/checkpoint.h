// What a checkpoint holds, and how long training waits for it.
#pragma once

#include "estimate/problem.h"
#include "spec/operations.h"

namespace shardplan::estimate {

// Bytes of all parameters and optimizer states, once each, in the types in which training keeps them.
struct CheckpointBytes {
  double parameters = 0;
  double optimizer = 0;
  double all() const { return parameters + optimizer; }
};
CheckpointBytes checkpoint_bytes(const Context& context, const spec::Strategy& s);

// Rates and fixed times of the storage.
struct Storage {
  double write_bytes_per_s = 0;
  double read_bytes_per_s = 0;
  double host_copy_bytes_per_s = 0;  // of one GPU, for asynchronous checkpoints
  double block_s = 0;                // of an asynchronous checkpoint, beside its copy to the host
};

struct CheckpointTime {
  double write_s = 0;
  double read_s = 0;
  double stall_s = 0;
  double delay_s = 0;  // until a checkpoint that was taken can be used; 0 where training waits for it
};
CheckpointTime checkpoint_time(double bytes, const Storage& storage, int gpus, bool asynchronous);

}  // namespace shardplan::estimate
