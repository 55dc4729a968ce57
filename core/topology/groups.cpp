#include "topology/collectives.h"

namespace shardplan::topology {

const spec::GroupRate& group_of(const Links& links, double ranks, double stride) {
  const spec::GroupRate* best = nullptr;
  for (const spec::GroupRate& g : links.groups) {
    if (g.ranks == ranks && g.stride == stride) return g;
    const int span = g.ranks * g.stride, least = best != nullptr ? best->ranks * best->stride : 0;
    if (span >= ranks * stride && (best == nullptr || span < least || (span == least && g.gb_per_s < best->gb_per_s)))
      best = &g;
  }
  return best != nullptr ? *best : links.groups.back();
}

}  // namespace shardplan::topology
