#include "estimate/task_order.h"

#include <algorithm>
#include <cstddef>

namespace shardplan::estimate {
namespace {

// Chunk and micro-batch of every forward pass in turn.
std::vector<Task> forward_turns(int stages, int chunks, int microbatches) {
  std::vector<Task> turns;
  turns.reserve(static_cast<size_t>(chunks) * microbatches);
  for (int begin = 0; begin < microbatches; begin += stages)
    for (int chunk = 0; chunk < chunks; ++chunk)
      for (int i = begin; i < std::min(begin + stages, microbatches); ++i)
        turns.push_back({TaskKind::kForward, chunk, i});
  return turns;
}

}  // namespace

std::vector<Task> gpipe_order(int microbatches) {
  std::vector<Task> order;
  for (int i = 0; i < microbatches; ++i) order.push_back({TaskKind::kForward, 0, i});
  for (int i = 0; i < microbatches; ++i) order.push_back({TaskKind::kBackward, 0, i});
  return order;
}

std::vector<Task> one_forward_one_backward_order(int stages, int chunks, int microbatches, int stage) {
  const std::vector<Task> forward = forward_turns(stages, chunks, microbatches);
  std::vector<Task> backward = forward;
  for (Task& t : backward) t = {TaskKind::kBackward, chunks - 1 - t.chunk, t.microbatch};
  const int behind = stages - stage - 1;
  const size_t asked = chunks == 1 ? behind : 2 * behind + (chunks - 1) * stages;
  const size_t warm_up = std::min(asked, forward.size());
  std::vector<Task> order(forward.begin(), forward.begin() + static_cast<std::ptrdiff_t>(warm_up));
  for (size_t i = warm_up; i < forward.size(); ++i) {
    order.push_back(forward[i]);
    order.push_back(backward[i - warm_up]);
  }
  order.insert(order.end(), backward.end() - static_cast<std::ptrdiff_t>(warm_up), backward.end());
  return order;
}

}  // namespace shardplan::estimate
