#include "api/topology_reasons.h"

#include <map>

#include "base/text.h"

namespace shardplan::api {
namespace {

std::string links_text(int tp, const TopologyUse& use) {
  for (const GroupLinks& g : use.groups)
    if (g.ranks == tp && g.stride == 1) return number_text(g.gb_per_s, 4) + " GB/s over " + g.links;
  return tp == 1 ? "no traffic" : "beyond the node";
}

}  // namespace

std::string why_tp(const std::vector<search::Cell>& cells, int tp, const TopologyUse& use) {
  std::map<int, double> best_s;  // 0: nothing fits
  for (const search::Cell& c : cells) {
    double& s = best_s[c.tp];
    if (c.fits && (s <= 0 || c.best.step_time_s < s)) s = c.best.step_time_s;
  }
  std::string others;
  for (const auto& [degree, s] : best_s) {
    if (degree == tp) continue;
    others += (others.empty() ? "" : ", ") + ("TP " + std::to_string(degree)) + " (" + links_text(degree, use) + ") ";
    others += s > 0 ? "takes " + number_text(s, 4) + " s" : "does not fit";
  }
  return "TP " + std::to_string(tp) + " has " + links_text(tp, use) + ": " + number_text(best_s[tp], 4) +
         " s a step at best" + (others.empty() ? "." : "; " + others + ".");
}

}  // namespace shardplan::api
