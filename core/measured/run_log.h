// Step times and memory from the log of a training run: lines of torchtitan, Megatron-LM (and what is built on it),
// nanotron and DeepSpeed. Time stamps, rank prefixes and colours around them do not matter.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "measured/run.h"

namespace shardplan::measured {

struct RunLog {
  std::string framework;  // "torchtitan", "Megatron-LM", "nanotron", "DeepSpeed"
  // Whichever the framework prints, the median after the first tenth of the steps; 0: not printed.
  double step_time_s = 0;
  double tokens_per_s_per_gpu = 0;
  double samples_per_s = 0;
  int steps = 0;  // lines behind it
  double gbs = 0;
  double memory_bytes = 0;  // largest
  MemoryKind memory_kind = MemoryKind::kNone;
  // "tensor_model_parallel_size ........ 4": Megatron-LM's list of arguments, if the log has it.
  std::vector<std::pair<std::string, double>> arguments;

  double argument(std::string_view name) const;  // 0 where the log does not have it
};

// Nothing where no line is one of theirs.
std::optional<RunLog> read_run_log(std::string_view text);

}  // namespace shardplan::measured
