// What this process may use of the machine: control groups, affinity, locked and shared memory, the GPUs that it is
// shown.
#pragma once

#include "files.h"
#include "host.h"

namespace shardplan::probe {

void read_limits(Files& files, Facts& facts);

}  // namespace shardplan::probe
