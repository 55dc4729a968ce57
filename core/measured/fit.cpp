#include "measured/fit.h"

#include <cmath>
#include <map>
#include <set>

#include "base/least_squares.h"
#include "base/math.h"
#include "estimate/step.h"
#include "model/parameters.h"

namespace shardplan::measured {
namespace {

class Fitter {
 public:
  Fitter(const CatalogWith& catalog_with, const std::vector<catalog::Constant>& constants,
         const std::vector<WeightedRun>& runs, const FitOptions& options)
      : catalog_with_(catalog_with), constants_(constants), runs_(runs), options_(options) {}

  std::vector<double> run() {
    std::vector<Unknown> unknowns;
    for (const catalog::Constant& c : constants_) unknowns.push_back({c.value, c.low, c.high});
    LeastSquaresOptions o;
    o.soft_l1_scale = options_.soft_l1_scale;
    o.most_iterations = options_.most_iterations;
    return least_squares(
        unknowns, [this](const std::vector<double>& x) { return residuals(x); },
        [this](const std::vector<double>& x, const std::vector<double>& at_x, size_t i, double value) {
          return shifted(x, at_x, i, value);
        },
        o);
  }

 private:
  const CatalogWith& catalog_with_;
  const std::vector<catalog::Constant>& constants_;
  const std::vector<WeightedRun>& runs_;
  const FitOptions& options_;

  catalog::Catalog catalog_at(const std::vector<double>& x) const {
    std::vector<std::pair<std::string, double>> values;
    for (size_t i = 0; i < x.size(); ++i) values.emplace_back(constants_[i].name, x[i]);
    return catalog_with_(values);
  }

  double residual(const catalog::Catalog& catalog, const WeightedRun& r) const {
    const double predicted = options_.predict ? options_.predict(problem_of(catalog, *r.run), r.run->strategy)
                                              : predict_step_time_s(catalog, *r.run);
    return log(predicted / r.run->step_time_s) * r.weight;
  }
  double pull(const std::vector<double>& x, size_t i) const {
    return options_.prior_weight * (x[i] - constants_[i].prior) / (constants_[i].high - constants_[i].low);
  }

  std::vector<double> residuals(const std::vector<double>& x) const {
    const catalog::Catalog catalog = catalog_at(x);
    std::vector<double> r;
    for (const WeightedRun& run : runs_) r.push_back(residual(catalog, run));
    for (size_t i = 0; i < x.size(); ++i) r.push_back(pull(x, i));
    return r;
  }

  // Most constants belong to one stack or one generation: only the runs on those change.
  std::vector<double> shifted(const std::vector<double>& x, const std::vector<double>& at_x, size_t index,
                              double value) const {
    std::vector<double> moved = x;
    moved[index] = value;
    const catalog::Catalog before = catalog_at(x), after = catalog_at(moved);
    std::set<std::string> changed_stacks, changed_generations;
    for (size_t i = 0; i < before.stacks.size(); ++i)
      if (before.stacks[i] != after.stacks[i]) changed_stacks.insert(before.stacks[i].id);
    for (size_t i = 0; i < before.generations.size(); ++i)
      if (before.generations[i] != after.generations[i]) changed_generations.insert(before.generations[i].id);
    std::vector<double> r = at_x;
    for (size_t k = 0; k < runs_.size(); ++k) {
      const Run& run = *runs_[k].run;
      if (changed_stacks.count(run.stack_id) || changed_generations.count(run.cluster.accelerator.generation))
        r[k] = residual(after, runs_[k]);
    }
    r[runs_.size() + index] = pull(moved, index);
    return r;
  }
};

std::string weight_group(const Run& run) {
  return run.row.family + "|" + run.cluster.accelerator.generation + "|" +
         std::to_string(static_cast<int>(run.training.precision)) + "|" +
         (model::is_moe(run.model) ? "experts" : "dense");
}

}  // namespace

std::vector<double> fit(const CatalogWith& catalog_with, const std::vector<catalog::Constant>& constants,
                        const std::vector<WeightedRun>& runs, const FitOptions& options) {
  return Fitter(catalog_with, constants, runs, options).run();
}

std::vector<WeightedRun> weighted(const std::vector<const Run*>& runs) {
  std::map<std::string, int> size;
  for (const Run* run : runs) ++size[weight_group(*run)];
  std::vector<WeightedRun> out;
  for (const Run* run : runs) {
    const double n = std::max(size[weight_group(*run)], 10);
    out.push_back({run, std::sqrt(std::sqrt(40 / n))});
  }
  return out;
}

double predict_step_time_s(const catalog::Catalog& catalog, const Run& run) {
  const estimate::Context context(problem_of(catalog, run));
  return estimate::step_time(context, run.strategy).step_time_s;
}

}  // namespace shardplan::measured
