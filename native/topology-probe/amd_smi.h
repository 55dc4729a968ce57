// What AMD's library adds to KFD, where it is there: the names under which GPUs are sold.
#pragma once

#include "host.h"

namespace shardplan::probe {

void read_amd_smi(Host& host);

}  // namespace shardplan::probe
