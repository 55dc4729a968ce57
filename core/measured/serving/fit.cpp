#include "measured/serving/fit.h"

#include <map>

#include "base/least_squares.h"
#include "base/math.h"
#include "base/text.h"
#include "measured/serving/rules.h"

namespace shardplan::measured::serving {
namespace {

class Fitter {
 public:
  Fitter(const CalibrationWith& calibration_with, const std::vector<catalog::Constant>& constants,
         const std::vector<Sample>& samples, const FitOptions& options)
      : calibration_with_(calibration_with), constants_(constants), options_(options) {
    std::map<std::string, size_t> index;
    for (const Sample& s : samples) {
      if (s.weight <= 0) continue;
      const Targets t = targets_of(*s.run);
      if (!t.ttft && !t.tpot && !t.throughput) continue;
      const std::string key = s.run->engine + "|" + s.run->cluster.accelerator.id + "|" + s.run->harness + "|" +
                              number_text(s.run->wait_steps);
      const auto [at, is_new] = index.emplace(key, kinds_.size());
      if (is_new) kinds_.push_back(s.run);
      rows_.push_back({s, t, at->second});
    }
  }

  std::vector<double> run() {
    std::vector<Unknown> unknowns;
    for (const catalog::Constant& c : constants_) unknowns.push_back({c.value, c.low, c.high});
    LeastSquaresOptions o;
    o.soft_l1_scale = options_.soft_l1_scale;
    o.most_iterations = options_.most_iterations;
    return least_squares(
        unknowns, [this](const std::vector<double>& x) { return residuals(x); },
        [this](const std::vector<double>& x, const std::vector<double>&, size_t i, double value) {
          std::vector<double> moved = x;
          moved[i] = value;
          return residuals(moved);
        },
        o);
  }

 private:
  struct Row {
    Sample sample;
    Targets targets;
    size_t kind = 0;
  };
  const CalibrationWith& calibration_with_;
  const std::vector<catalog::Constant>& constants_;
  const FitOptions& options_;
  std::vector<const Run*> kinds_;  // one run of each set of constants
  std::vector<Row> rows_;

  std::vector<double> residuals(const std::vector<double>& x) const {
    std::vector<std::pair<std::string, double>> values;
    for (size_t i = 0; i < x.size(); ++i) values.emplace_back(constants_[i].name, x[i]);
    const spec::ServingCalibration calibration = calibration_with_(values);
    std::vector<estimate::serving::Constants> constants;
    for (const Run* kind : kinds_) constants.push_back(constants_of(*kind, calibration));
    std::vector<double> r;
    for (const Row& row : rows_) {
      const Run& run = *row.sample.run;
      const Prediction p = predict(run, *row.sample.prepared, constants[row.kind]);
      const double w = row.sample.weight;
      if (row.targets.ttft) r.push_back(w * options_.ttft_weight * log(p.ttft_s / run.ttft_s));
      if (row.targets.tpot) r.push_back(w * log(p.tpot_s / run.tpot_s));
      if (row.targets.throughput) r.push_back(w * log(p.tokens_per_s_per_gpu / run.tokens_per_s_per_gpu));
    }
    for (size_t i = 0; i < x.size(); ++i)
      r.push_back(options_.prior_weight * (x[i] - constants_[i].prior) / (constants_[i].high - constants_[i].low));
    return r;
  }
};

bool only_warm_up(const Run& run) {
  return run.doubts.size() == 1 && run.doubts.front().find("warm-up") != std::string::npos;
}

}  // namespace

Targets targets_of(const Run& run) {
  const bool clean = run.doubts.empty(), clean_but_warm_up = clean || only_warm_up(run);
  Targets t;
  t.ttft = run.ttft_s > 0 && (run.mode == Mode::kServing || run.mode == Mode::kPrefill) &&
           (clean || run.mode == Mode::kPrefill);
  t.tpot = run.tpot_s > 0 && run.mode == Mode::kServing && clean_but_warm_up;
  t.throughput = run.tokens_per_s_per_gpu > 0 && clean_but_warm_up;
  return t;
}

std::vector<double> fit(const CalibrationWith& calibration_with, const std::vector<catalog::Constant>& constants,
                        const std::vector<Sample>& samples, const FitOptions& options) {
  return Fitter(calibration_with, constants, samples, options).run();
}

}  // namespace shardplan::measured::serving
