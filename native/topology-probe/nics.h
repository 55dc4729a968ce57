// Network adapters: InfiniBand, RoCE and EFA by /sys/class/infiniband, Ethernet by /sys/class/net; evidence that they
// may reach into GPUs' memory.
#pragma once

#include "files.h"
#include "host.h"
#include "pci.h"

namespace shardplan::probe {

void read_nics(Files& files, const PciTree& tree, Host& host);
void read_gpudirect(Files& files, Facts& facts);

}  // namespace shardplan::probe
