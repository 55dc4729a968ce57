// Bus bandwidths from the output of nccl-tests (all_reduce_perf and its sisters).
#pragma once

#include <optional>
#include <string_view>

namespace shardplan::measured {

struct NcclTest {
  int ranks = 0;            // GPUs that took part, as the header lists them
  int ranks_per_host = 0;   // largest number on one host
  double bus_gb_per_s = 0;  // best of the largest messages (at least a quarter of the largest), out of place or in
  double largest_message_bytes = 0;
};

// Nothing where the text has no table of nccl-tests.
std::optional<NcclTest> read_nccl_test(std::string_view text);

}  // namespace shardplan::measured
