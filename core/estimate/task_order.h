// In which order a pipeline stage works, for the schedules that fix it: p stages, v chunks per stage, M micro-batches.
// Above: timeline.h puts times to the tasks.
#pragma once

#include <vector>

namespace shardplan::estimate {

enum class TaskKind { kForward, kBackward, kWeightGradient };

struct Task {
  TaskKind kind = TaskKind::kForward;
  int chunk = 0;
  int microbatch = 0;

  bool operator==(const Task&) const = default;
};

// GPipe (Huang et al. 2019, arXiv 1811.06965): all forward passes, then all backward passes.
std::vector<Task> gpipe_order(int microbatches);

// 1F1B with v chunks (Narayanan et al. 2021, arXiv 2104.04473, section 2.2; v = 1 is PipeDream-Flush): warm-up of
// p - i - 1 forward passes, or 2(p - i - 1) + (v - 1) p with chunks, then one forward and one backward pass in turn.
// Micro-batches pass each chunk in groups of p, as Megatron-LM orders them; the last group may be smaller.
std::vector<Task> one_forward_one_backward_order(int stages, int chunks, int microbatches, int stage);

}  // namespace shardplan::estimate
