#include "api/compared_sides.h"

#include <algorithm>

#include "json/overlay.h"

namespace shardplan::api {
namespace {

constexpr size_t kMostEntries = 64;

std::string name_of(const ModelChoice& m) { return m.definition && m.name.empty() ? "config.json" : m.name; }

// Fields that say the same as one that a side states go with the side's.
void drop_contradicted(Question& base, const Question& side) {
  if (side.gbs || side.batch_size) {
    base.gbs.reset();
    base.batch_size.reset();
  }
  if (!side.gpu.empty()) base.system.clear();
  if (!side.system.empty()) base.gpu.clear();
  if (!side.gpu.empty() || !side.system.empty() || side.memory || side.memory_gib) {
    base.memory.reset();
    base.memory_gib.reset();
  }
}

StatedPlan laid_over(StatedPlan base, const Side& side) {
  Question own = side.plan.question;
  own.model = side.model;
  drop_contradicted(base.question, own);
  base.question = json::overlaid(base.question, own);
  if (side.plan.strategy) {
    base.strategy = side.plan.strategy;
    base.flat = {};
  } else {
    base.flat = json::overlaid(base.flat, side.plan.flat);
  }
  base.tp_across_domains = base.tp_across_domains || side.plan.tp_across_domains;
  return base;
}

void multiply(std::vector<Combination>& all, const std::vector<Side>& sides, const std::string& list) {
  if (sides.empty()) return;
  std::vector<Combination> out;
  for (const Combination& c : all) {
    for (size_t i = 0; i < sides.size(); ++i) {
      Combination next = c;
      next.plan = laid_over(c.plan, sides[i]);
      next.path = "/" + list + "/" + std::to_string(i);
      next.names.push_back(sides[i].label);
      out.push_back(std::move(next));
    }
  }
  all = std::move(out);
}

}  // namespace

Result<std::vector<Combination>> combinations(const CompareRequest& request) {
  const size_t n = std::max<size_t>(1, request.models.size()) * std::max<size_t>(1, request.clusters.size()) *
                   std::max<size_t>(1, request.plans.size());
  if (n > kMostEntries)
    return fail("/plans", std::to_string(n) + " combinations of models, clusters and plans are too many.",
                "Compare at most " + std::to_string(kMostEntries) + ".");
  StatedPlan base = request.base;
  base.question.model = request.model;
  std::vector<Combination> all = {{base, "", {}}};
  std::vector<Side> models;
  for (const ModelChoice& m : request.models) models.push_back({name_of(m), m, {}});
  multiply(all, models, "models");
  multiply(all, request.clusters, "clusters");
  multiply(all, request.plans, "plans");
  return all;
}

}  // namespace shardplan::api

namespace shardplan::json {

Fields Describe<api::Side>::fields() {
  using S = api::Side;
  static constexpr Field own[] = {
      field<&S::label>("label", "What it is called in the response.").omit_default(),
      field<&S::model>("model", "In place of the request's.").omit_default(),
  };
  static const FieldList table = FieldList().add(own).include<&S::plan>();
  return table;
}

Fields Describe<api::CompareRequest>::fields() {
  using R = api::CompareRequest;
  static constexpr Field own[] = {
      field<&R::model>("model", "Where it is the same for all.").omit_default(),
      field<&R::models>("models", "Presets' names, or config.jsons.").omit_default(),
      field<&R::clusters>("clusters", "Each any fields of a question, over those of the request.").omit_default(),
      field<&R::plans>("plans", "The same; with any of a strategy, that plan, else the best one.").omit_default(),
      field<&R::limits>("limits", "For the searches.").omit_default(),
      field<&R::objective>("objective", "What the winner is best at.").alias("goal"),
  };
  static const FieldList table = FieldList().add(own).include<&R::base>();
  return table;
}

}  // namespace shardplan::json
