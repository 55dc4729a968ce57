// Measured runs beside their predictions: how far to trust the planner.
#include "api/operations/accuracy.h"

#include <map>

#include "api/built_in_fine_tuning_runs.h"
#include "api/built_in_runs.h"
#include "api/registry.h"
#include "api/serving_accuracy.h"
#include "base/units.h"
#include "measured/csv.h"

namespace shardplan::api {
namespace {

using measured::Compared;
using measured::Outcome;
using measured::ReportRow;

// What a set of rows adds up to.
class Tally {
 public:
  void add(const ReportRow& row) {
    step_time_.add(row.step_time_s);
    memory_.add(row.memory_bytes);
  }
  ErrorSet errors() const { return {step_time_.errors(), memory_.errors()}; }
  bool empty() const { return step_time_.values.empty() && memory_.values.empty(); }

 private:
  struct Side {
    std::vector<double> values;
    int covered = 0;

    void add(const Compared& c) {
      if (!c.counts) return;
      values.push_back(*c.error);
      covered += *c.measured >= c.low && *c.measured <= c.high;
    }
    ErrorFields errors() const {
      const measured::ErrorSummary s = measured::summarise(values);
      return {s, s.n > 0 ? 100.0 * covered / s.n : 0};
    }
  };
  Side step_time_, memory_;
};

std::string enum_name(spec::Precision p) {
  for (const json::EnumEntry& e : json::DescribeEnum<spec::Precision>::entries())
    if (e.value == static_cast<int>(p) && !e.is_alias) return e.name;
  return "";
}

std::string architecture(const ReportRow& r) { return r.has_experts ? "moe" : "dense"; }

std::vector<AccuracyGroup> groups_of(const std::vector<ReportRow>& rows) {
  std::map<std::pair<std::string, std::string>, Tally> tallies;
  for (const ReportRow& r : rows) {
    const std::pair<const char*, std::string> keys[] = {{"kind", r.kind},
                                                        {"source", r.row.family.empty() ? r.row.source : r.row.family},
                                                        {"gpu", r.accelerator},
                                                        {"precision", enum_name(r.precision)},
                                                        {"architecture", architecture(r)},
                                                        {"stack", r.stack}};
    for (const auto& [by, name] : keys) tallies[{by, name}].add(r);
  }
  std::vector<AccuracyGroup> out;
  for (const auto& [key, tally] : tallies)
    if (!tally.empty()) out.push_back({key.first, key.second, tally.errors()});
  return out;
}

std::optional<double> percent(const std::optional<double>& error) {
  return error ? std::optional<double>(100 * *error) : std::nullopt;
}
std::optional<double> gib(const std::optional<double>& bytes) {
  return bytes ? std::optional<double>(*bytes / kGib) : std::nullopt;
}

AccuracyRow row_fields(const ReportRow& r) {
  AccuracyRow f;
  f.id = r.row.id.empty() ? "line " + std::to_string(r.row.line) : r.row.id;
  f.source = r.row.source;
  f.family = r.row.family;
  f.model = r.row.model;
  f.gpu = r.accelerator;
  f.gpus = static_cast<int>(r.row.gpus);
  f.precision = r.precision;
  f.stack = r.stack;
  f.kind = r.kind;
  f.architecture = architecture(r);
  f.step_time_s = r.step_time_s.predicted;
  f.measured_step_time_s = r.step_time_s.measured;
  f.step_time_error_pct = percent(r.step_time_s.error);
  f.step_time_interval_s = {r.step_time_s.low, r.step_time_s.high};
  f.memory_gib = r.memory_bytes.predicted / kGib;
  f.measured_memory_gib = gib(r.memory_bytes.measured);
  f.memory_error_pct = percent(r.memory_bytes.error);
  f.memory_interval_gib = {r.memory_bytes.low / kGib, r.memory_bytes.high / kGib};
  f.counts_for_step_time = r.step_time_s.counts;
  f.counts_for_memory = r.memory_bytes.counts;
  if (r.outcome != Outcome::kNotStated) {
    f.ran_out_of_memory = r.outcome == Outcome::kOutOfMemory;
    f.oom_probability = r.oom_probability;
  }
  return f;
}

Result<AccuracyResponse> accuracy(const AccuracyRequest& request) {
  if (measured::is_inference_csv(request.csv.text)) return serving_accuracy(request);
  catalog::Catalog calibrated;
  const bool own_constants = request.calibration && !request.calibration->constants.empty();
  if (request.calibration) {
    Diagnostics problems = problems_of(*request.calibration, "/calibration");
    if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  }
  if (own_constants) {
    auto catalog = calibrated_presets(*request.calibration);
    if (!catalog) return tl::unexpected<Diagnostics>(catalog.error());
    calibrated = *std::move(catalog);
  }
  const catalog::Catalog& catalog = own_constants ? calibrated : presets();
  if (!request.stack.empty())
    if (const auto found = catalog::find_stack(catalog, request.stack, "/stack"); !found)
      return tl::unexpected<Diagnostics>(found.error());
  AccuracyResponse r;
  const bool built_in = request.csv.text.empty();
  auto rows = measured::read_csv(built_in ? built_in_runs() : std::string_view(request.csv.text), "/csv");
  if (!rows) return tl::unexpected<Diagnostics>(rows.error());
  if (built_in) {
    const auto more = measured::read_csv(built_in_fine_tuning_runs(), "/csv");
    rows->insert(rows->end(), more->begin(), more->end());
    r.assumptions.push_back("No file given: the runs that the planner carries.");
  }
  for (spec::MeasuredRow& row : *rows)
    if (row.stack.empty()) row.stack = request.stack;
  r.summary.rows = static_cast<int>(rows->size());
  measured::Report report = measured::report(catalog, *std::move(rows), [&](estimate::Problem& problem) {
    if (request.calibration) calibrate(*request.calibration, problem);
  });
  Tally all;
  for (const ReportRow& row : report.rows) all.add(row);
  r.summary.predicted = static_cast<int>(report.rows.size());
  r.summary.skipped = static_cast<int>(report.skipped.size());
  r.summary.errors = all.errors();
  r.groups = groups_of(report.rows);
  if (request.rows)
    for (const ReportRow& row : report.rows) r.rows.push_back(row_fields(row));
  r.skipped = std::move(report.skipped);
  r.feasibility = report.feasibility;
  r.rankings = std::move(report.rankings);
  return r;
}

}  // namespace

Operation accuracy_operation() {
  Operation op = make_operation<&accuracy>(
      "accuracy", "Measured runs beside their predictions, and how far they are apart.", R"({"rows": false})");
  op.document_field = "csv";
  return op;
}

}  // namespace shardplan::api

namespace shardplan::json {

Fields Describe<measured::Feasibility>::fields() {
  using F = measured::Feasibility;
  static constexpr Field table[] = {
      field<&F::runs>("runs", "Rows that state whether they ran."),
      field<&F::ran>("ran"),
      field<&F::out_of_memory>("out_of_memory"),
      field<&F::fit_accuracy_pct>("fit_accuracy_pct", "Told right: fits, or runs out of memory."),
      field<&F::false_fits_pct>("false_fits_pct", "Said to fit, of those that ran out of memory."),
      field<&F::false_ooms_pct>("false_ooms_pct", "Said to run out of memory, of those that ran."),
      field<&F::near_limit_runs>("near_limit_runs", "Predicted within a quarter of the memory."),
      field<&F::near_limit_accuracy_pct>("near_limit_accuracy_pct"),
      field<&F::brier_score>("brier_score", "Mean squared error of the probability of running out of memory."),
  };
  return table;
}

Fields Describe<measured::RankingSummary>::fields() {
  using S = measured::RankingSummary;
  static constexpr Field table[] = {
      field<&S::groups>("groups", "Same model on the same machines under at least two configurations."),
      field<&S::configurations>("configurations"),
      field<&S::best_first_pct>("best_first_pct", "Groups whose best run is predicted to be the best."),
      field<&S::best_in_three_pct>("best_in_three_pct"),
      field<&S::mean_regret_pct>("mean_regret_pct", "How much slower than the best run the one predicted best was."),
      field<&S::median_regret_pct>("median_regret_pct"),
  };
  return table;
}

Fields Describe<measured::FamilyRanking>::fields() {
  using R = measured::FamilyRanking;
  static constexpr Field own[] = {field<&R::family>("source", "Empty: all.")};
  static const FieldList table = FieldList().add(own).include<&R::summary>();
  return table;
}

Fields Describe<api::ErrorFields>::fields() {
  using E = api::ErrorFields;
  static constexpr Field own[] = {
      field<&E::interval_coverage_pct>("interval_coverage_pct", "Measured inside the 80 % interval."),
  };
  static const FieldList table = FieldList().include<&E::summary>().add(own);
  return table;
}

Fields Describe<api::ErrorSet>::fields() {
  using E = api::ErrorSet;
  static constexpr Field table[] = {
      field<&E::step_time>("step_time", "Errors are predicted / measured - 1."),
      field<&E::memory>("memory", "Peak memory of the kind that was measured."),
      field<&E::ttft>("ttft", "Serving: time to the first token."),
      field<&E::tpot>("tpot", "Serving: time per output token after the first."),
      field<&E::throughput>("throughput", "Serving: output tokens per second and GPU."),
  };
  return table;
}

Fields Describe<api::AccuracyGroup>::fields() {
  using G = api::AccuracyGroup;
  static constexpr Field own[] = {
      field<&G::by>("by", "kind, source, gpu, precision, architecture or stack."),
      field<&G::name>("name"),
  };
  static const FieldList table = FieldList().add(own).include<&G::errors>();
  return table;
}

Fields Describe<api::AccuracySummary>::fields() {
  using S = api::AccuracySummary;
  static constexpr Field own[] = {
      field<&S::rows>("rows"),
      field<&S::predicted>("predicted"),
      field<&S::skipped>("skipped"),
  };
  static const FieldList table = FieldList().add(own).include<&S::errors>();
  return table;
}

Fields Describe<api::AccuracyRow>::fields() {
  using R = api::AccuracyRow;
  static constexpr Field own[] = {
      field<&R::id>("id"),
      field<&R::source>("source").omit_default(),
      field<&R::family>("family").omit_default(),
      field<&R::model>("model"),
      field<&R::gpu>("gpu"),
      field<&R::gpus>("gpus"),
      field<&R::precision>("precision"),
      field<&R::stack>("stack", "Software that the prediction assumes.").omit_default(),
      field<&R::kind>("kind"),
      field<&R::architecture>("architecture", "dense or moe."),
      field<&R::step_time_s>("step_time_s"),
      field<&R::measured_step_time_s>("measured_step_time_s"),
      field<&R::step_time_error_pct>("step_time_error_pct", "(predicted / measured - 1) x 100"),
      field<&R::step_time_interval_s>("step_time_interval_s", "80 %: low, high.").omit_default(),
      field<&R::memory_gib>("memory_gib"),
      field<&R::measured_memory_gib>("measured_memory_gib"),
      field<&R::memory_error_pct>("memory_error_pct", "(predicted / measured - 1) x 100"),
      field<&R::memory_interval_gib>("memory_interval_gib", "80 %: low, high.").omit_default(),
      field<&R::counts_for_step_time>("counts_for_step_time", "Measured, and good for it as the source says."),
      field<&R::counts_for_memory>("counts_for_memory"),
      field<&R::ran_out_of_memory>("ran_out_of_memory"),
      field<&R::oom_probability>("oom_probability"),
  };
  static const FieldList table = FieldList().add(own).include<&R::serving>();
  return table;
}

Fields Describe<api::ServingRowFields>::fields() {
  using R = api::ServingRowFields;
  static constexpr Field table[] = {
      field<&R::engine>("engine", "Serving engine that the prediction assumes.").omit_default(),
      field<&R::layout>("layout", "Degrees as the row states them.").omit_default(),
      field<&R::weights>("weights"),
      field<&R::kv_cache>("kv_cache"),
      field<&R::input_tokens>("input_tokens"),
      field<&R::output_tokens>("output_tokens"),
      field<&R::users>("users", "Requests at once, or the batch."),
      field<&R::ttft_ms>("ttft_ms"),
      field<&R::measured_ttft_ms>("measured_ttft_ms"),
      field<&R::ttft_error_pct>("ttft_error_pct", "(predicted / measured - 1) x 100"),
      field<&R::ttft_interval_ms>("ttft_interval_ms", "80 %: low, high.").omit_default(),
      field<&R::tpot_ms>("tpot_ms"),
      field<&R::measured_tpot_ms>("measured_tpot_ms"),
      field<&R::tpot_error_pct>("tpot_error_pct", "(predicted / measured - 1) x 100"),
      field<&R::tpot_interval_ms>("tpot_interval_ms", "80 %: low, high.").omit_default(),
      field<&R::tokens_per_s_per_gpu>("tokens_per_s_per_gpu", "Output tokens."),
      field<&R::measured_tokens_per_s_per_gpu>("measured_tokens_per_s_per_gpu"),
      field<&R::throughput_error_pct>("throughput_error_pct", "(predicted / measured - 1) x 100"),
      field<&R::tokens_per_s_per_gpu_interval>("tokens_per_s_per_gpu_interval", "80 %: low, high.").omit_default(),
      field<&R::counts>("counts", "Nothing casts doubt on the measurement."),
      field<&R::doubt>("doubt", "What does.").omit_default(),
  };
  return table;
}

Fields Describe<api::AccuracyRequest>::fields() {
  using R = api::AccuracyRequest;
  static constexpr Field table[] = {
      field<&R::csv>("csv", "Measured runs as CSV; the planner's own without it.")
          .alias("file")
          .alias("runs")
          .omit_default(),
      field<&R::stack>("stack", "Software of the rows that do not name theirs.").omit_default(),
      field<&R::calibration>("calibration", "Fitted constants of your own."),
      field<&R::rows>("rows", "Whether to list every row."),
  };
  return table;
}

Fields Describe<api::AccuracyResponse>::fields() {
  using R = api::AccuracyResponse;
  static constexpr Field table[] = {
      field<&R::summary>("summary"),
      field<&R::groups>("groups"),
      field<&R::rows>("rows").omit_default(),
      field<&R::skipped>("skipped", "Rows that do not state enough."),
      field<&R::feasibility>("feasibility"),
      field<&R::rankings>("rankings", "Whether the best of several configurations is predicted to be the best."),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
  };
  return table;
}

}  // namespace shardplan::json
