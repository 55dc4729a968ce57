// An all-reduce over a host's GPUs by NCCL, in a measuring child.
#pragma once

#include <string>
#include <vector>

namespace shardplan::probe::measure {

// Lines "bus_gb_per_s", "latency_us", "nccl_version".
std::string measure_all_reduce(const std::string& cuda, const std::string& nccl, const std::vector<std::string>& gpus);

}  // namespace shardplan::probe::measure
