// The largest micro-batch that fits, everything else as it stands. The global batch follows: the nearest that divides
// and fills the pipeline.
#pragma once

#include <cstdint>

#include "estimate/memory.h"

namespace shardplan::advise {

// The strategy with micro-batches of `mbs` sequences and about as many of them as its global batch has; at least one
// for each stage, and as many as the schedule needs.
spec::Strategy with_micro_batch(const spec::Strategy& s, int mbs);

// The strategy with so many micro-batches at least.
spec::Strategy with_microbatches(const spec::Strategy& s, int count);

double reserved_bytes(const estimate::Context& context, const spec::Strategy& s);  // worst rank

inline constexpr int64_t kMostSequences = 100000000;  // of a global batch

// 0 where not even one sequence fits.
int largest_micro_batch(const estimate::Context& context, const spec::Strategy& s, double usable_bytes);

// The most micro-batches of a step, where a schedule holds all of them (GPipe); at least as many as it needs.
int most_microbatches(const estimate::Context& context, const spec::Strategy& s, double usable_bytes);

}  // namespace shardplan::advise
