// Processors, memory and NUMA nodes; what the machine says that it is.
#pragma once

#include "files.h"
#include "host.h"

namespace shardplan::probe {

void read_system(Files& files, Facts& facts);
void read_cpu(Files& files, Host& host);

}  // namespace shardplan::probe
