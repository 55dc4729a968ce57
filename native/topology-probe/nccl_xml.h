// The host as NCCL's topology XML, for NCCL_TOPO_FILE and for tools that read it.
#pragma once

#include <string>

#include "host.h"
#include "pci.h"

namespace shardplan::probe {

std::string nccl_xml(const Host& host, const PciTree& tree);

}  // namespace shardplan::probe
