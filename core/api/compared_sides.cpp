#include "api/compared_sides.h"

#include <algorithm>

#include "api/laid_over.h"
#include "json/overlay.h"
#include "json/view.h"

namespace shardplan::api {
namespace {

constexpr size_t kMostEntries = 64;

std::string name_of(const ModelChoice& m) { return m.definition && m.name.empty() ? "config.json" : m.name; }

StatedPlan laid_over(StatedPlan base, const Side& side) {
  Question own = side.plan.question;
  own.model = side.model;
  base.question = laid_over(base.question, own);
  if (side.plan.strategy) {
    base.strategy = side.plan.strategy;
    base.flat = {};
  } else {
    base.flat = json::overlaid(base.flat, side.plan.flat);
  }
  base.tp_across_domains = base.tp_across_domains || side.plan.tp_across_domains;
  return base;
}

std::vector<std::string> stated_fields(const Side& side) {
  const json::Document document = json::write(side);
  const json::View all(document);
  std::vector<std::string> fields;
  for (size_t i = 0; i < all.size(); ++i) fields.push_back(all.key(i));
  return fields;
}

void multiply(std::vector<Combination>& all, const std::vector<Side>& sides, const std::string& list) {
  if (sides.empty()) return;
  std::vector<Combination> out;
  for (const Combination& c : all) {
    for (size_t i = 0; i < sides.size(); ++i) {
      Combination next = c;
      next.plan = laid_over(c.plan, sides[i]);
      next.sides.push_back({"/" + list + "/" + std::to_string(i), stated_fields(sides[i])});
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
  std::vector<Combination> all = {{base, {}, {}}};
  std::vector<Side> models;
  for (const ModelChoice& m : request.models) models.push_back({name_of(m), m, {}});
  multiply(all, models, "models");
  multiply(all, request.clusters, "clusters");
  multiply(all, request.plans, "plans");
  return all;
}

Diagnostics located(Diagnostics problems, const Combination& c) {
  for (Diagnostic& d : problems) {
    if (d.path.empty()) continue;
    const std::string field = d.path.substr(1, d.path.find('/', 1) - 1);
    for (auto side = c.sides.rbegin(); side != c.sides.rend(); ++side) {
      if (std::find(side->fields.begin(), side->fields.end(), field) == side->fields.end()) continue;
      // A model of the list is written as itself.
      const bool is_model = side->path.rfind("/models/", 0) == 0;
      d.path = side->path + (is_model ? d.path.substr(1 + field.size()) : d.path);
      break;
    }
  }
  return problems;
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
