// Where the groups of a plan lie on nodes and rails, and what the network between nodes is worth to it.
#pragma once

#include <string>
#include <vector>

#include "api/plan.h"
#include "json/spec_fields.h"

namespace shardplan::api {

// A kind of process group. Ranks count through tp, then cp, dp and pp, as estimate/ assumes; experts are folded over
// the first three, gradients reduced over cp and dp together.
struct GroupPlacement {
  std::string group;
  int size = 0;
  int stride = 0;  // GPUs between neighbours
  int nodes = 0;   // that one group spans
  bool inside_domain = false;
  bool same_rail = false;  // traffic between nodes stays on adapters of the same place in their node
  double total_s = 0, exposed_s = 0;
  std::string advice;
};
std::vector<GroupPlacement> placement_of(const estimate::Context& context, const spec::Strategy& s, const Plan& plan);

// The same plan on a network with so much of the rate.
struct NetworkEffect {
  double rate = 1;  // against the question's
  std::string meaning;
  double nic_gb_per_s = 0;
  double step_time_s = 0;
  double slower_pct = 0;
};
std::vector<NetworkEffect> network_effects(const estimate::Context& context, const spec::Strategy& s, const Plan& plan);

}  // namespace shardplan::api

namespace shardplan::json {
SHARDPLAN_DESCRIBE(api::GroupPlacement, "group_placement");
SHARDPLAN_DESCRIBE(api::NetworkEffect, "network_effect");
}  // namespace shardplan::json
