// What PyTorch's watchdog says of collectives that did not end. Above: api/ compares them with a plan's cluster.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shardplan::advise {

// One collective that ranks wait for: the same number, operation and size.
struct StuckCollective {
  std::string operation;  // as PyTorch prints it: ALLREDUCE, _ALLGATHER_BASE, SEND, ...
  int64_t sequence = 0;
  double elements_in = 0, elements_out = 0;  // 0: not said
  double timeout_s = 0;
  std::vector<int> ranks;  // that wait, ascending

  double elements() const { return elements_in > elements_out ? elements_in : elements_out; }
};

struct StuckCollectives {
  std::vector<StuckCollective> collectives;  // as they appear
  std::vector<int> ranks;                    // of all of them, ascending
};

StuckCollectives read_stuck_collectives(std::string_view log);

// "0-3, 5, 7-8".
std::string ranges_text(const std::vector<int>& ascending);

}  // namespace shardplan::advise
