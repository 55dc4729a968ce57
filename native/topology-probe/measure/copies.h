// Rates and latencies of copies, in a measuring child.
#pragma once

#include <string>

#include "measure/device.h"

namespace shardplan::probe::measure {

// Answers are lines "name value".
// Between a GPU and its host; `cpus`: near it, "0-55"; empty: anywhere. And within the GPU's own memory.
std::string measure_host_copies(const std::string& library, const std::string& gpu, const std::string& cpus);
// Between two GPUs, each way. What arrives is compared with what was sent.
std::string measure_peer_copies(const std::string& library, const std::string& a, const std::string& b);

}  // namespace shardplan::probe::measure
