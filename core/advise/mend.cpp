#include "advise/mend.h"

#include <algorithm>
#include <numeric>

#include "estimate/stages.h"

namespace shardplan::advise {
namespace {

using estimate::Context;
using spec::Schedule;
using spec::Sharding;
using spec::Strategy;

void follow_pipeline(const Context& c, Strategy& s) {
  const bool wants_chunks = s.schedule == Schedule::kInterleaved;
  if (s.pp > 1 && (!wants_chunks || chunks_run(c, s, s.vpp))) return;
  if (s.pp > 1)
    while (s.vpp > 1 && !chunks_run(c, s, s.vpp)) --s.vpp;
  else s.vpp = 1;
  if (s.vpp == 1) s.schedule = Schedule::kOneForwardOneBackward;
}

void follow_experts(Strategy& s) {
  s.etp = std::gcd(s.etp, s.tp);
  const int ranks = s.tp * s.cp * s.dp;
  while (s.ep > 1 && ranks % (s.ep * s.etp) != 0) s.ep /= smallest_prime(s.ep);
}

}  // namespace

int smallest_prime(int n) {
  for (int p = 2; p * p <= n; ++p)
    if (n % p == 0) return p;
  return n;
}

bool chunks_run(const Context& c, const Strategy& s, int vpp) {
  const int microbatches = s.gbs / std::max(1, s.dp * s.mbs);
  return microbatches % s.pp == 0 && !estimate::default_stages(c.model().num_hidden_layers, s.pp, vpp).empty();
}

Strategy mended(const Context& c, const Strategy& from, Strategy s) {
  if (s.tp == 1) s.sp = false;
  else if (from.tp == 1) s.sp = true;
  if (s.pp != from.pp) s.layers_per_stage.clear();
  if (s.gbs % s.dp == 0) s.mbs = std::gcd(s.mbs, s.gbs / s.dp);
  if (s.sharding == Sharding::kHsdp) s.shard_size = std::gcd(s.shard_size, s.dp * s.cp);
  follow_experts(s);
  follow_pipeline(c, s);
  return s;
}

}  // namespace shardplan::advise
