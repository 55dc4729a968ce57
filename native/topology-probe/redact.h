// Takes out what tells whose machine it is: names of hosts, serial numbers, addresses, job environment. Ids that join
// documents of one cluster become hashes.
#pragma once

#include "host.h"

namespace shardplan::probe {

void redact(Host& host);

}  // namespace shardplan::probe
