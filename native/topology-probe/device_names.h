// Names of GPUs that no library of their vendor names.
#pragma once

#include <string>

#include "files.h"

namespace shardplan::probe {

// By our short table, by the system's pci.ids, else "AMD GPU 1002:1234".
std::string device_name(Files& files, int vendor, int device);

}  // namespace shardplan::probe
