// What is wrong with a host, in sentences that say what it costs and what to do.
#pragma once

#include "host.h"

namespace shardplan::probe {

void warn(Host& host);

// By their subject.
void warn_of_gpus(Host& host);      // links to the host, power, modes, differences between GPUs
void warn_of_fabric(Host& host);    // NVLink, NVSwitch, xGMI, peer access
void warn_of_adapters(Host& host);  // places, states, GPUDirect
void warn_of_limits(Host& host);    // drivers, containers, virtual machines

// "0, 2 and 5", "GPU 3", "GPUs 0, 1".
std::string gpus_text(const std::vector<int>& indices);

}  // namespace shardplan::probe
