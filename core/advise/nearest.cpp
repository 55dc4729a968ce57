#include "advise/nearest.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "advise/mend.h"
#include "base/math.h"
#include "search/space.h"
#include "search/violations.h"

namespace shardplan::advise {
namespace {

using estimate::Context;
using spec::Strategy;

struct Near {
  Strategy strategy;
  double doublings = 0;
  int changes = 0;
};

double doublings(const Strategy& a, const Strategy& b) {
  double sum = 0;
  for (int Strategy::*degree :
       {&Strategy::tp, &Strategy::pp, &Strategy::cp, &Strategy::dp, &Strategy::ep, &Strategy::etp})
    sum += std::fabs(log2(static_cast<double>(a.*degree) / b.*degree));
  return sum;
}

int inner_changes(const Strategy& a, const Strategy& b) {
  return (a.vpp != b.vpp) + (a.mbs != b.mbs) + (a.sp != b.sp) + (a.schedule != b.schedule) +
         (a.sharding != b.sharding) + (a.precision != b.precision) + (a.cp_comm != b.cp_comm) +
         !(a.recompute == b.recompute) + (a.layers_per_stage != b.layers_per_stage);
}

// With as few of the inner axes changed as makes it legal; nothing where even all of them do not.
std::optional<Strategy> legal_on(const Context& c, const Strategy& asked, const Strategy& mesh, bool across) {
  Strategy s = asked;
  for (int Strategy::*degree :
       {&Strategy::tp, &Strategy::pp, &Strategy::cp, &Strategy::dp, &Strategy::ep, &Strategy::etp})
    s.*degree = mesh.*degree;
  s = mended(c, asked, s);
  const auto is_legal = [&](const Strategy& x) { return search::violations(c, x, across).empty(); };
  if (is_legal(s)) return s;
  std::optional<Strategy> best;
  const auto consider = [&](const Strategy& x) {
    if (is_legal(x) && (!best || inner_changes(asked, x) < inner_changes(asked, *best))) best = x;
  };
  std::vector<spec::Sharding> shardings = c.stack().shardings;
  shardings.insert(shardings.begin(), s.sharding);
  for (spec::Sharding sharding : shardings) {
    for (const bool plain_pipeline : {false, true}) {
      for (const bool no_recompute : {false, true}) {
        Strategy x = s;
        x.sharding = sharding;
        if (sharding != spec::Sharding::kHsdp) x.shard_size = 0;
        if (plain_pipeline) {
          x.schedule = spec::Schedule::kOneForwardOneBackward;
          x.vpp = 1;
          x.layers_per_stage.clear();
        }
        if (no_recompute) x.recompute = {};
        consider(x);
        x.sp = x.tp > 1;
        x.cp_comm = spec::ContextParallel::kRing;
        x.precision = c.training().precision;
        consider(x);
      }
    }
  }
  return best;
}

}  // namespace

std::vector<Strategy> nearest_legal(const Context& c, const Strategy& asked, bool across, size_t most) {
  search::Limits limits;
  limits.tp_across_domains = across;
  const search::Space space(c, limits);
  std::vector<Near> all;
  for (const search::Block& block : space.blocks()) {
    if (block.rejected) continue;
    all.push_back({block.mesh, doublings(asked, block.mesh), 0});
  }
  std::stable_sort(all.begin(), all.end(), [](const Near& a, const Near& b) { return a.doublings < b.doublings; });
  // Meshes are cheap to order and dear to mend: look no further than the nearest few that work out.
  std::vector<Near> found;
  for (const Near& mesh : all) {
    if (found.size() >= most && mesh.doublings > found[most - 1].doublings) break;
    if (auto s = legal_on(c, asked, mesh.strategy, across))
      found.push_back({*s, mesh.doublings, inner_changes(asked, *s)});
  }
  std::stable_sort(found.begin(), found.end(), [](const Near& a, const Near& b) {
    return std::pair(a.doublings, a.changes) < std::pair(b.doublings, b.changes);
  });
  std::vector<Strategy> out;
  for (size_t i = 0; i < std::min(most, found.size()); ++i) out.push_back(found[i].strategy);
  return out;
}

}  // namespace shardplan::advise
