// Joins what the rooms found: the best way between each two GPUs, and from each adapter to each GPU.
#pragma once

#include "host.h"
#include "pci.h"

namespace shardplan::probe {

void join(const PciTree& tree, Host& host);

// True where the driver says that the fabric of this GPU's NVLinks does not work (yet): links are up, memory is not
// reached.
bool is_off_fabric(const Gpu& gpu);

// By the lanes that are there now and the generation that both ends reach when they are not idle; 0: not known.
double pcie_gb_per_s_of(const Facts& facts);

}  // namespace shardplan::probe
