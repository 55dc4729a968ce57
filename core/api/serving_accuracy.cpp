#include "api/serving_accuracy.h"

#include <map>

#include "api/serving_question.h"
#include "measured/csv.h"
#include "measured/serving/report.h"
#include "model/parameters.h"

namespace shardplan::api {
namespace {

namespace ms = measured::serving;
using measured::Compared;

// Errors of one quantity over a set of rows.
struct Tally {
  std::vector<double> errors;
  int covered = 0;

  void add(const Compared& c) {
    if (!c.counts) return;
    errors.push_back(*c.error);
    covered += *c.measured >= c.low && *c.measured <= c.high;
  }
  std::optional<ErrorFields> fields() const {
    if (errors.empty()) return std::nullopt;
    const measured::ErrorSummary s = measured::summarise(errors);
    return ErrorFields{s, 100.0 * covered / s.n};
  }
};

struct Tallies {
  Tally ttft, tpot, throughput;

  void add(const ms::ReportRow& r) {
    ttft.add(r.ttft_s);
    tpot.add(r.tpot_s);
    throughput.add(r.tokens_per_s_per_gpu);
  }
  ErrorSet errors() const {
    ErrorSet e;
    e.ttft = ttft.fields();
    e.tpot = tpot.fields();
    e.throughput = throughput.fields();
    return e;
  }
};

template <class E>
std::string enum_name(E e) {
  for (const json::EnumEntry& entry : json::DescribeEnum<E>::entries())
    if (entry.value == static_cast<int>(e)) return entry.name;
  return "";
}

std::string architecture(const spec::Model& m) { return model::is_moe(m) ? "moe" : "dense"; }

std::vector<AccuracyGroup> groups_of(const std::vector<ms::ReportRow>& rows) {
  std::map<std::pair<std::string, std::string>, Tallies> tallies;
  for (const ms::ReportRow& r : rows) {
    const std::string kind = ms::name_of(r.run.mode);
    const std::pair<const char*, std::string> keys[] = {{"kind", kind},
                                                        {"gpu", r.run.cluster.accelerator.id},
                                                        {"engine", r.run.engine},
                                                        {"kind and engine", kind + ", " + r.run.engine},
                                                        {"model", r.run.model.id},
                                                        {"precision", enum_name(r.run.precision.experts)},
                                                        {"architecture", architecture(r.run.model)}};
    for (const auto& [by, name] : keys) tallies[{by, name}].add(r);
  }
  std::vector<AccuracyGroup> out;
  for (const auto& [key, tally] : tallies) {
    const ErrorSet e = tally.errors();
    if (e.ttft || e.tpot || e.throughput) out.push_back({key.first, key.second, e});
  }
  return out;
}

std::string layout_text(const spec::ServingLayout& l) {
  std::string text = "tp " + std::to_string(l.tp);
  for (const auto& [name, degree] :
       {std::pair<const char*, int>{"pp", l.pp}, {"dp", l.dp}, {"ep", l.ep}, {"etp", l.etp}})
    if (degree > 1) text += std::string(" ") + name + " " + std::to_string(degree);
  return text;
}

// A quantity's four fields; `unit` is how many of the fields' units a second, or a token per second, is.
void put(const Compared& c, double unit, std::optional<double>& predicted, std::optional<double>& measured,
         std::optional<double>& error, std::vector<double>& interval) {
  if (c.predicted <= 0) return;
  predicted = unit * c.predicted;
  interval = {unit * c.low, unit * c.high};
  if (!c.measured) return;
  measured = unit * *c.measured;
  error = 100 * *c.error;
}

AccuracyRow row_fields(const ms::ReportRow& r) {
  AccuracyRow f;
  const spec::InferenceRow& row = r.run.row;
  f.id = row.id.empty() ? "line " + std::to_string(row.line) : row.id;
  f.source = row.source;
  f.model = r.run.model.id;
  f.gpu = r.run.cluster.accelerator.id;
  f.gpus = r.run.cluster.gpus;
  f.kind = ms::name_of(r.run.mode);
  f.architecture = architecture(r.run.model);
  ServingRowFields& s = f.serving;
  s.engine = r.run.engine;
  s.layout = layout_text(r.run.layout);
  s.weights = r.run.precision.experts;
  s.kv_cache = r.run.precision.kv;
  s.input_tokens = r.run.shape.input_tokens;
  s.output_tokens = r.run.shape.output_tokens;
  if (r.run.concurrency > 0) s.users = r.run.concurrency;
  put(r.ttft_s, 1e3, s.ttft_ms, s.measured_ttft_ms, s.ttft_error_pct, s.ttft_interval_ms);
  put(r.tpot_s, 1e3, s.tpot_ms, s.measured_tpot_ms, s.tpot_error_pct, s.tpot_interval_ms);
  put(r.tokens_per_s_per_gpu, 1, s.tokens_per_s_per_gpu, s.measured_tokens_per_s_per_gpu, s.throughput_error_pct,
      s.tokens_per_s_per_gpu_interval);
  s.counts = r.ttft_s.counts || r.tpot_s.counts || r.tokens_per_s_per_gpu.counts;
  if (!r.run.doubts.empty()) s.doubt = r.run.doubts.front();
  return f;
}

}  // namespace

Result<AccuracyResponse> serving_accuracy(const AccuracyRequest& request) {
  const auto rows = measured::read_inference_csv(request.csv.text, "/csv");
  if (!rows) return tl::unexpected<Diagnostics>(rows.error());
  ms::Report report = ms::report(presets(), serving_catalog().calibration, *rows);
  AccuracyResponse r;
  r.summary.rows = static_cast<int>(rows->size());
  r.summary.predicted = static_cast<int>(report.rows.size());
  r.summary.skipped = static_cast<int>(report.skipped.size());
  Tallies all;
  for (const ms::ReportRow& row : report.rows) all.add(row);
  r.summary.errors = all.errors();
  r.groups = groups_of(report.rows);
  if (request.rows)
    for (const ms::ReportRow& row : report.rows) r.rows.push_back(row_fields(row));
  r.skipped = std::move(report.skipped);
  r.rankings = std::move(report.rankings);
  r.assumptions = {
      "Rows that do not state the type of their keys and values, their experts' layout or their lengths "
      "are read as their source's scripts and tables say.",
      "Requests of a load generator start at once, ten rounds of them."};
  if (request.calibration) r.assumptions.push_back("The calibration of training does not touch serving.");
  return r;
}

}  // namespace shardplan::api
