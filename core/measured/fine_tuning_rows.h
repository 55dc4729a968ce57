// Rows of fine-tuning runs: the columns `method` and `quant` of presets/measured/README.md. What their sources state
// outside the table (lengths of a data set, GPUs inside the name of the machine) is filled in before a row is read.
#pragma once

#include "base/result.h"
#include "spec/measured_run.h"

namespace shardplan::measured {

bool is_fine_tuning(const spec::MeasuredRow& row);

// Problems say why the row cannot be predicted.
Diagnostics complete_fine_tuning(spec::MeasuredRow& row);

}  // namespace shardplan::measured
