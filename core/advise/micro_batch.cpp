#include "advise/micro_batch.h"

#include <algorithm>

#include "base/integers.h"

namespace shardplan::advise {
namespace {

using spec::Schedule;
using spec::Strategy;

// What the number of micro-batches has to be a multiple of, and the fewest of them.
struct Rhythm {
  int64_t multiple = 1;
  int64_t least = 1;
};
Rhythm rhythm_of(const Strategy& s) {
  if (s.pp == 1) return {};
  switch (s.schedule) {
    case Schedule::kInterleaved: return {s.pp, s.pp};
    case Schedule::kDualPipe:
    case Schedule::kDualPipeV: return {2, 2LL * s.pp};
    case Schedule::kZeroBubbleH2:
    case Schedule::kZeroBubbleV: return {1, 2LL * s.pp};
    default: return {1, s.pp};
  }
}

// The largest number above `least` that fits, where all smaller ones do; `least` where none does.
template <class F>
int largest(int least, F&& fits) {
  int fitting = least, step = 1;
  while (fits(fitting + step)) {
    fitting += step;
    step *= 2;
  }
  for (; step > 0; step /= 2)
    if (fits(fitting + step)) fitting += step;
  return fitting;
}

}  // namespace

Strategy with_microbatches(const Strategy& s, int count) {
  const Rhythm rhythm = rhythm_of(s);
  const int64_t m = round_up(std::max<int64_t>(count, rhythm.least), rhythm.multiple);
  Strategy out = s;
  out.gbs = static_cast<int>(m * s.dp * s.mbs);
  return out;
}

Strategy with_micro_batch(const Strategy& s, int mbs) {
  Strategy out = s;
  out.mbs = mbs;
  return with_microbatches(out, static_cast<int>(ceil_div(s.gbs, static_cast<int64_t>(s.dp) * mbs)));
}

double reserved_bytes(const estimate::Context& c, const Strategy& s) {
  const auto stages = estimate::stage_memories(c, s);
  return stages[static_cast<size_t>(estimate::worst_stage(stages))].reserved;
}

int largest_micro_batch(const estimate::Context& c, const Strategy& s, double usable_bytes) {
  return largest(0, [&](int mbs) {
    const bool countable = rhythm_of(s).least * s.dp * mbs <= kMostSequences;
    return countable && reserved_bytes(c, with_micro_batch(s, mbs)) <= usable_bytes;
  });
}

int most_microbatches(const estimate::Context& c, const Strategy& s, double usable_bytes) {
  const int64_t step = static_cast<int64_t>(s.dp) * s.mbs;
  return largest(static_cast<int>(rhythm_of(s).least), [&](int count) {
    return count * step <= kMostSequences && reserved_bytes(c, with_microbatches(s, count)) <= usable_bytes;
  });
}

}  // namespace shardplan::advise
