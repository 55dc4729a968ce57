#include "api/placement.h"

#include <algorithm>

#include "base/integers.h"
#include "base/text.h"
#include "estimate/step.h"

namespace shardplan::api {
namespace {

struct Group {
  const char* name;
  int size;
  int stride;
  Communication traffic;
};

// Neighbours of a group that leave the node meet on the same rail where their distance is whole nodes, or where a node
// holds whole turns of the group.
bool on_one_rail(const Group& g, int gpus_per_node) {
  return divides(gpus_per_node, g.stride) || divides(g.stride, gpus_per_node);
}

std::string advice_of(const GroupPlacement& p, double step_time_s) {
  const std::string share = number_text(100 * p.exposed_s / step_time_s, 2) + " % of the step exposed";
  if (p.inside_domain) return "Stays on the scale-up link.";
  if (p.group == "pp") return "Neighbouring stages send activations only: " + share + "; may cross the spine.";
  const std::string place = p.same_rail ? "Same-rail adapters meet: one leaf switch per rail, " : "Crosses rails, ";
  return place + share +
         (p.exposed_s > 0.05 * step_time_s ? "; keep its nodes under as few leaf switches as can be." : ".");
}

double step_with_rate(const estimate::Context& c, const spec::Strategy& s, double rate) {
  estimate::Problem problem = c.problem;
  problem.cluster.nic_gb_per_s *= rate;
  return estimate::step_time(estimate::Context(std::move(problem)), s).step_time_s;
}

}  // namespace

std::vector<GroupPlacement> placement_of(const estimate::Context& c, const spec::Strategy& s, const Plan& plan) {
  const int per_node = c.problem.cluster.gpus_per_node, domain = c.links.domain;
  const TimeFields& t = plan.time;
  std::vector<GroupPlacement> out;
  for (const Group& g : {Group{"tp", s.tp, 1, t.tp}, Group{"cp", s.cp, s.tp, t.cp}, Group{"ep", s.ep * s.etp, 1, t.ep},
                         Group{"dp", s.dp * s.cp, s.tp, t.dp}, Group{"pp", s.pp, s.tp * s.cp * s.dp, t.pp}}) {
    if (g.size <= 1) continue;
    GroupPlacement p;
    p.group = g.name;
    p.size = g.size;
    p.stride = g.stride;
    const int64_t span = static_cast<int64_t>(g.size - 1) * g.stride + 1;
    p.nodes = static_cast<int>(g.stride >= per_node ? g.size : ceil_div(span, per_node));
    p.inside_domain = span <= domain;
    p.same_rail = !p.inside_domain && on_one_rail(g, per_node);
    p.total_s = g.traffic.total_s;
    p.exposed_s = g.traffic.exposed_s;
    p.advice = advice_of(p, t.step_time_s);
    out.push_back(std::move(p));
  }
  return out;
}

std::vector<NetworkEffect> network_effects(const estimate::Context& c, const spec::Strategy& s, const Plan& plan) {
  if (c.problem.cluster.gpus <= c.links.domain) return {};
  std::vector<NetworkEffect> out;
  for (const auto& [rate, meaning] : {std::pair<double, const char*>{2, "twice the rate"},
                                      {0.5, "oversubscribed 2:1, or half the adapters"},
                                      {0.25, "oversubscribed 4:1"}}) {
    NetworkEffect e;
    e.rate = rate;
    e.meaning = meaning;
    e.nic_gb_per_s = rate * c.problem.cluster.nic_gb_per_s;
    e.step_time_s = step_with_rate(c, s, rate);
    e.slower_pct = 100 * (e.step_time_s / plan.time.step_time_s - 1);
    out.push_back(std::move(e));
  }
  return out;
}

}  // namespace shardplan::api

namespace shardplan::json {

Fields Describe<api::GroupPlacement>::fields() {
  using G = api::GroupPlacement;
  static constexpr Field table[] = {
      field<&G::group>("group"),
      field<&G::size>("size"),
      field<&G::stride>("stride", "GPUs between neighbours."),
      field<&G::nodes>("nodes", "That one group spans."),
      field<&G::inside_domain>("inside_domain", "Within one scale-up domain."),
      field<&G::same_rail>("same_rail", "Between nodes, adapters of the same place meet."),
      field<&G::total_s>("total_s", "Of a step."),
      field<&G::exposed_s>("exposed_s"),
      field<&G::advice>("advice"),
  };
  return table;
}

Fields Describe<api::NetworkEffect>::fields() {
  using N = api::NetworkEffect;
  static constexpr Field table[] = {
      field<&N::rate>("rate", "Against the network of the request."),
      field<&N::meaning>("meaning"),
      field<&N::nic_gb_per_s>("nic_gb_per_s"),
      field<&N::step_time_s>("step_time_s"),
      field<&N::slower_pct>("slower_pct"),
  };
  return table;
}

}  // namespace shardplan::json
