// What a loader must know of each published source: which software ran, and what its tables leave out.
// These are facts about the sources, not corrections: no constant is fitted to one of them.
#pragma once

#include "measured/run.h"

namespace shardplan::measured {

// The name by which the catalog knows the row's model.
std::string model_name(const spec::MeasuredRow& row);

// Fills in the stack and whatever else the source implies; problems say why the row cannot be used.
Diagnostics apply_source(const catalog::Catalog& catalog, Run& run);

}  // namespace shardplan::measured
