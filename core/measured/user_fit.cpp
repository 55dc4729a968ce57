#include "measured/user_fit.h"

#include <algorithm>

#include "base/least_squares.h"
#include "base/math.h"
#include "estimate/adjustment.h"
#include "estimate/step.h"

namespace shardplan::measured {
namespace {

using estimate::AdjustmentTerm;
using spec::Adjustment;

constexpr double kNoise = 0.04;
constexpr double kOutlier = 2;  // standard deviations beyond which an error counts by its size, not its square
constexpr int kMostIterations = 30;
constexpr size_t kMostSingleFolds = 12;
constexpr size_t kFolds = 5;

using Runs = std::vector<const Observed*>;

double step_time_s(const Observed& run, const Adjustment& a) {
  estimate::Problem problem = run.problem;
  problem.adjustment = a;
  return estimate::step_time(estimate::Context(std::move(problem)), run.strategy).step_time_s;
}

std::vector<const AdjustmentTerm*> terms_for(size_t runs) {
  std::vector<const AdjustmentTerm*> out;
  for (const AdjustmentTerm& t : estimate::adjustment_terms()) {
    const bool is_rate = t.member != &Adjustment::step_time && t.member != &Adjustment::reserved_memory;
    if (t.member == &Adjustment::step_time || (is_rate && runs >= kFewestForRates)) out.push_back(&t);
  }
  return out;
}

Adjustment fit_time(const Runs& runs) {
  const auto terms = terms_for(runs.size());
  const auto adjustment_at = [&](const std::vector<double>& x) {
    Adjustment a;
    for (size_t i = 0; i < x.size(); ++i) a.*(terms[i]->member) = x[i];
    return a;
  };
  const Residuals residuals = [&](const std::vector<double>& x) {
    const Adjustment a = adjustment_at(x);
    std::vector<double> r;
    for (const Observed* run : runs) r.push_back(log(step_time_s(*run, a) / run->step_time_s) / kNoise);
    for (size_t i = 0; i < x.size(); ++i) r.push_back(log(x[i]) / terms[i]->spread);
    return r;
  };
  std::vector<Unknown> unknowns;
  for (const AdjustmentTerm* t : terms) unknowns.push_back({1, t->low, t->high});
  LeastSquaresOptions options;
  options.soft_l1_scale = kOutlier;
  options.most_iterations = kMostIterations;
  return adjustment_at(least_squares(
      unknowns, residuals,
      [&](const std::vector<double>& x, const std::vector<double>&, size_t i, double value) {
        std::vector<double> moved = x;
        moved[i] = value;
        return residuals(moved);
      },
      options));
}

// Median of the logarithms, pulled to 0 by the term's spread.
double fit_memory(const Runs& runs, std::vector<double>& errors) {
  const auto& terms = estimate::adjustment_terms();
  const auto term = std::find_if(terms.begin(), terms.end(),
                                 [](const AdjustmentTerm& t) { return t.member == &Adjustment::reserved_memory; });
  std::vector<double> logs;
  for (const Observed* run : runs) {
    if (run->memory_bytes <= 0) continue;
    Run as_run;
    as_run.strategy = run->strategy;
    as_run.memory_kind = run->memory_kind;
    const double predicted = predict(run->problem, as_run).memory_bytes;
    errors.push_back(predicted / run->memory_bytes - 1);
    logs.push_back(log(run->memory_bytes / predicted));
  }
  if (logs.empty()) return 1;
  const double n = static_cast<double>(logs.size());
  const double pull = kNoise * kNoise / (term->spread * term->spread);
  return std::clamp(exp(quantile(logs, 0.5) * n / (n + pull)), term->low, term->high);
}

std::vector<double> errors_of(const std::vector<FittedRun>& runs, double FittedRun::*predicted) {
  std::vector<double> out;
  for (const FittedRun& r : runs) out.push_back(r.*predicted / r.measured_s - 1);
  return out;
}

}  // namespace

UserFit fit_adjustment(const std::vector<Observed>& all) {
  Runs timed, any;
  for (const Observed& run : all) {
    any.push_back(&run);
    if (run.step_time_s > 0) timed.push_back(&run);
  }
  UserFit out;
  if (!timed.empty()) out.adjustment = fit_time(timed);
  for (const Observed* run : timed)
    out.runs.push_back({run->id, run->step_time_s, step_time_s(*run, {}), step_time_s(*run, out.adjustment)});
  out.before = summarise(errors_of(out.runs, &FittedRun::before_s));
  out.after_in_sample = summarise(errors_of(out.runs, &FittedRun::after_s));
  out.folds = timed.size() < 2 ? 0 : static_cast<int>(timed.size() <= kMostSingleFolds ? timed.size() : kFolds);
  for (int fold = 0; fold < out.folds; ++fold) {
    Runs others;
    for (size_t i = 0; i < timed.size(); ++i)
      if (static_cast<int>(i) % out.folds != fold) others.push_back(timed[i]);
    const Adjustment a = fit_time(others);
    for (size_t i = static_cast<size_t>(fold); i < timed.size(); i += static_cast<size_t>(out.folds))
      out.runs[i].after_s = step_time_s(*timed[i], a);
  }
  if (out.folds > 0) out.after_held_back = summarise(errors_of(out.runs, &FittedRun::after_s));
  if (timed.size() >= kFewestForAnInterval) {
    std::vector<double> ratios;
    for (const FittedRun& r : out.runs) ratios.push_back(r.measured_s / r.after_s);
    out.low = std::min(quantile(ratios, 0.1), 0.99);
    out.high = std::max(quantile(ratios, 0.9), 1.01);
  }
  std::vector<double> memory_errors;
  out.adjustment.reserved_memory = fit_memory(any, memory_errors);
  out.memory_before = summarise(memory_errors);
  for (double& e : memory_errors) e = (1 + e) * out.adjustment.reserved_memory - 1;
  out.memory_after = summarise(memory_errors);
  return out;
}

}  // namespace shardplan::measured
