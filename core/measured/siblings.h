// What a row leaves out and other rows of the same model state.
#pragma once

#include <vector>

#include "spec/measured_run.h"

namespace shardplan::measured {

// Rows of runs that never started (out of memory) tend to lack the model's KV heads and FFN width, and whether
// embedding and head are tied; they take each from the most frequent value of the rows with the same model, layers and
// width.
void complete_from_siblings(std::vector<spec::MeasuredRow>& rows);

}  // namespace shardplan::measured
