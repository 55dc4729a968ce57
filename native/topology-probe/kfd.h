// AMD's GPUs as the kernel's compute driver describes them below /sys/class/kfd: no library and no root is needed.
#pragma once

#include "files.h"
#include "host.h"
#include "pci.h"

namespace shardplan::probe {

// Adds the GPUs and the xGMI links between them. GPUs that KFD does not show keep what `on_bus` says of them.
void read_kfd(Files& files, const PciTree& tree, std::vector<Gpu> on_bus, Host& host);

std::string gfx_name(int64_t gfx_target_version);  // 90402 -> "gfx942"

}  // namespace shardplan::probe
