// What follows where one axis of a strategy has changed: the axes that depend on it, changed as little as they must be.
#pragma once

#include "estimate/problem.h"

namespace shardplan::advise {

int smallest_prime(int n);  // that divides n; n itself where n < 4 or prime

// Whether interleaved 1F1B runs with so many virtual stages.
bool chunks_run(const estimate::Context& context, const spec::Strategy& strategy, int vpp);

// `strategy` after a degree of `from` has changed: sequence parallelism, micro-batch, shard group, expert degrees,
// virtual stages and layout follow. It may still break a rule of the changed degrees themselves.
spec::Strategy mended(const estimate::Context& context, const spec::Strategy& from, spec::Strategy strategy);

}  // namespace shardplan::advise
