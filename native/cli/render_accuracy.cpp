#include "render_accuracy.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <vector>

#include "table.h"

namespace shardplan::cli {
namespace {

using json::View;

constexpr size_t kWorst = 10;

std::string fixed(double x, int decimals, const char* format = "%.*f") {
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, format, decimals, x);
  return buffer;
}
std::string signed_percent(double x) { return fixed(x, 1, "%+.*f"); }

void add_errors(View e, std::vector<std::string>& cells) {
  const bool any = e["n"].number() > 0;
  cells.push_back(any ? grouped(e["n"].number()) : "");
  for (const char* name : {"median_abs_pct", "mean_abs_pct", "p90_abs_pct"})
    cells.push_back(any ? fixed(e[name].number(), 1) : "");
  cells.push_back(any ? signed_percent(e["bias_pct"].number()) : "");
  cells.push_back(any ? fixed(e["interval_coverage_pct"].number(), 0) : "");
}

void error_table(View r, const char* quantity, std::ostream& out) {
  Table t({"", "rows", "median %", "mean %", "p90 %", "bias %", "in interval %"});
  for (size_t i = 0; i < r["groups"].size(); ++i) {
    View g = r["groups"].at(i);
    if (g["by"].text() != "kind" || g[quantity]["n"].number() <= 0) continue;
    std::vector<std::string> cells{g["name"].text()};
    add_errors(g[quantity], cells);
    t.row(cells);
  }
  std::vector<std::string> all{"all"};
  add_errors(r["summary"][quantity], all);
  t.row(all);
  t.left({0});
  t.print(out);
}

void feasibility(View f, std::ostream& out) {
  out << "\nFits or runs out of memory: " << fixed(f["fit_accuracy_pct"].number(), 1) << " % right of "
      << grouped(f["runs"].number()) << " runs; said to fit of those that failed "
      << fixed(f["false_fits_pct"].number(), 1) << " %, said to fail of those that ran "
      << fixed(f["false_ooms_pct"].number(), 1) << " %\n"
      << "Within a quarter of the memory: " << fixed(f["near_limit_accuracy_pct"].number(), 1) << " % right of "
      << grouped(f["near_limit_runs"].number()) << "; Brier score " << fixed(f["brier_score"].number(), 4) << "\n";
}

void rankings(View list, std::ostream& out) {
  Table t({"source", "groups", "runs", "best first %", "in three %", "mean regret %"});
  for (size_t i = 0; i < list.size(); ++i) {
    View r = list.at(i);
    t.row({r["source"].text().empty() ? "all" : r["source"].text(), grouped(r["groups"].number()),
           grouped(r["configurations"].number()), fixed(r["best_first_pct"].number(), 0),
           fixed(r["best_in_three_pct"].number(), 0), fixed(r["mean_regret_pct"].number(), 1)});
  }
  t.left({0});
  out << "\nRanking of configurations\n";
  t.print(out);
}

// Runs of one's own need not say where they are from.
std::string source(View row) {
  const std::string text = row["source"] ? row["source"].text() : "";
  return text.empty() ? "your file" : text;
}

void worst_misses(const char* title, View rows, const char* error, const char* counts, const char* predicted,
                  const char* measured, std::ostream& out) {
  std::vector<View> misses;
  for (size_t i = 0; i < rows.size(); ++i)
    if (rows.at(i)[counts].boolean()) misses.push_back(rows.at(i));
  std::stable_sort(misses.begin(), misses.end(), [&](const View& a, const View& b) {
    return std::fabs(std::log1p(a[error].number() / 100)) > std::fabs(std::log1p(b[error].number() / 100));
  });
  if (misses.empty()) return;
  if (misses.size() > kWorst) misses.resize(kWorst);
  out << "\n" << title << "\n";
  Table t({"row", "model", "GPU", "predicted", "measured", "error %", "source"});
  for (const View& m : misses)
    t.row({m["id"].text(), m["model"].text(), m["gpu"].text(), fixed(m[predicted].number(), 3),
           fixed(m[measured].number(), 3), signed_percent(m[error].number()), source(m).substr(0, 60)});
  t.left({0, 1, 2, 6});
  t.print(out);
}

void skipped(View list, std::ostream& out) {
  std::map<std::string, int> count;
  for (size_t i = 0; i < list.size(); ++i) ++count[list.at(i)["reason"].text()];
  std::vector<std::pair<int, std::string>> reasons;
  for (const auto& [reason, n] : count) reasons.emplace_back(-n, reason);
  std::sort(reasons.begin(), reasons.end());
  if (reasons.size() > kWorst) reasons.resize(kWorst);
  out << "\nNot predicted: " << list.size() << " rows; the commonest reasons (--json has each row's)\n";
  for (const auto& [n, reason] : reasons) out << "  " << -n << "  " << reason << "\n";
}

}  // namespace

void render_accuracy(View r, std::ostream& out) {
  out << "Step time: predicted against measured\n";
  error_table(r, "step_time", out);
  if (r["summary"]["memory"]["n"].number() > 0) {
    out << "\nPeak memory\n";
    error_table(r, "memory", out);
  }
  if (View f = r["feasibility"]) feasibility(f, out);
  if (View list = r["rankings"]; list.size() > 0) rankings(list, out);
  if (View rows = r["rows"]; rows.size() > 0) {
    worst_misses("Worst misses, step time in s", rows, "step_time_error_pct", "counts_for_step_time", "step_time_s",
                 "measured_step_time_s", out);
    worst_misses("Worst misses, memory in GiB", rows, "memory_error_pct", "counts_for_memory", "memory_gib",
                 "measured_memory_gib", out);
  }
  if (r["skipped"].size() > 0) skipped(r["skipped"], out);
}

}  // namespace shardplan::cli
