#include "measured/report.h"

#include <cmath>
#include <map>

#include "base/text.h"
#include "estimate/memory.h"
#include "measured/siblings.h"
#include "model/parameters.h"

namespace shardplan::measured {
namespace {

using spec::IntervalClass;
using spec::MeasuredRow;

constexpr double kNearLimit = 0.25;

bool good_for(const std::string& mark) { return mark.empty() || mark == "1"; }

Compared compared(double predicted, double low, double high, double measured, bool good) {
  Compared c;
  c.predicted = predicted;
  c.low = predicted * low;
  c.high = predicted * high;
  if (measured > 0) {
    c.measured = measured;
    c.error = predicted / measured - 1;
    c.counts = good;
  }
  return c;
}

Outcome outcome_of(const MeasuredRow& row) {
  const std::string status = lower_case(row.status);
  if (status == "success" || status == "ok" || status == "ran") return Outcome::kRan;
  if (status == "oom" || status == "out of memory") return Outcome::kOutOfMemory;
  return Outcome::kNotStated;
}

ReportRow row_of(const Run& run, const estimate::Problem& problem) {
  const Prediction p = predict(problem, run);
  const IntervalClass& i = problem.intervals;
  ReportRow out;
  out.row = run.row;
  out.model = run.model.id;
  out.accelerator = run.cluster.accelerator.id;
  out.stack = run.stack_id;
  out.precision = run.training.precision;
  out.kind = run.kind;
  out.group = run.group;
  out.has_experts = model::is_moe(run.model);
  out.step_time_s =
      compared(p.step_time_s, i.step_time_low, i.step_time_high, run.step_time_s, good_for(run.row.use_for_step_time));
  out.memory_bytes = compared(p.memory_bytes, i.memory_low, i.memory_high, run.memory_bytes,
                              run.memory_kind != MemoryKind::kNone && good_for(run.row.use_for_memory));
  out.outcome = outcome_of(run.row);
  out.reserved_bytes = p.reserved_bytes;
  out.capacity_bytes = estimate::capacity_bytes(run.cluster);
  out.oom_probability = p.oom_probability;
  return out;
}

std::string sentence(const Diagnostics& problems) {
  std::string out;
  for (const Diagnostic& d : problems) out += (out.empty() ? "" : " ") + d.message;
  return out;
}

double share_pct(int part, int all) { return all > 0 ? 100.0 * part / all : 0; }

std::optional<Feasibility> feasibility_of(const std::vector<ReportRow>& rows) {
  Feasibility f;
  int false_fits = 0, false_ooms = 0, near_right = 0;
  double brier = 0;
  for (const ReportRow& r : rows) {
    if (r.outcome == Outcome::kNotStated) continue;
    const bool failed = r.outcome == Outcome::kOutOfMemory;
    const bool said_to_fail = r.oom_probability > 0.5;
    ++f.runs;
    ++(failed ? f.out_of_memory : f.ran);
    if (failed && !said_to_fail) ++false_fits;
    if (!failed && said_to_fail) ++false_ooms;
    brier += (r.oom_probability - failed) * (r.oom_probability - failed);
    if (std::fabs(r.reserved_bytes / r.capacity_bytes - 1) <= kNearLimit) {
      ++f.near_limit_runs;
      near_right += failed == said_to_fail;
    }
  }
  if (f.runs == 0) return std::nullopt;
  f.fit_accuracy_pct = share_pct(f.runs - false_fits - false_ooms, f.runs);
  f.false_fits_pct = share_pct(false_fits, f.out_of_memory);
  f.false_ooms_pct = share_pct(false_ooms, f.ran);
  f.near_limit_accuracy_pct = share_pct(near_right, f.near_limit_runs);
  f.brier_score = brier / f.runs;
  return f;
}

std::vector<FamilyRanking> rankings_of(const std::vector<ReportRow>& rows) {
  std::map<std::string, std::vector<Candidate>> families;
  for (const ReportRow& r : rows) {
    if (!r.step_time_s.counts) continue;
    const double tokens = r.row.gbs * r.row.seq;
    const Candidate c{r.group, r.step_time_s.predicted / tokens, *r.step_time_s.measured / tokens};
    families[""].push_back(c);
    families[r.row.family].push_back(c);
  }
  std::vector<FamilyRanking> out;
  for (const auto& [family, candidates] : families)
    if (const RankingSummary s = rank(candidates); s.groups > 0) out.push_back({family, s});
  return out;
}

}  // namespace

Report report(const catalog::Catalog& catalog, std::vector<MeasuredRow> rows,
              const std::function<void(estimate::Problem&)>& adjust) {
  complete_from_siblings(rows);
  Report out;
  for (const MeasuredRow& row : rows) {
    const auto run = run_of(catalog, row);
    if (run) {
      estimate::Problem problem = problem_of(catalog, *run);
      adjust(problem);
      out.rows.push_back(row_of(*run, problem));
    } else out.skipped.push_back({row.id.empty() ? "line " + std::to_string(row.line) : row.id, sentence(run.error())});
  }
  out.feasibility = feasibility_of(out.rows);
  out.rankings = rankings_of(out.rows);
  return out;
}

}  // namespace shardplan::measured
