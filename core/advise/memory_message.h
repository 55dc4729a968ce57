// The numbers of an out-of-memory message, PyTorch's of any version (CUDA and HIP) or XLA's, and what they say by
// themselves. Above: api/ compares them with a plan.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace shardplan::advise {

// GiB of a GPU's memory; what the message does not say is absent.
struct MemoryMessage {
  std::optional<int> gpu;
  double requested = 0;
  std::optional<double> total, free;
  std::optional<double> allowed;        // a limit that the process set itself
  std::optional<double> process;        // all that this process holds
  std::optional<double> allocated;      // in tensors
  std::optional<double> unallocated;    // held by PyTorch's allocator, in no tensor
  std::optional<double> private_pools;  // of CUDA graphs; part of `allocated`
  std::vector<double> other_processes;
};

// The first message that says most. Line breaks inside it do not matter.
std::optional<MemoryMessage> read_memory_message(std::string_view log);

struct MemoryVerdict {
  std::optional<double> short_by;  // of the request, against what was free
  std::optional<double> outside;   // of this process, outside the allocator: context, communicators, other libraries
  std::optional<double> others;    // of other processes
  std::optional<bool> fragmented;  // what the allocator holds in pieces would do
  std::optional<bool> crowded;     // what the other processes hold would do
};
MemoryVerdict verdict_of(const MemoryMessage& message);

}  // namespace shardplan::advise
