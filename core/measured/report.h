// Every row of a file beside its prediction, and what became of the rows that could not be predicted.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "measured/accuracy.h"
#include "measured/ranking.h"

namespace shardplan::measured {

// One measured quantity. `error` is predicted / measured - 1.
struct Compared {
  double predicted = 0;
  double low = 0, high = 0;  // 80 % interval
  std::optional<double> measured;
  std::optional<double> error;
  bool counts = false;  // measured, and the row is good for it
};

enum class Outcome { kNotStated, kRan, kOutOfMemory };

struct ReportRow {
  spec::MeasuredRow row;
  std::string model, accelerator, stack, kind, group;
  spec::Precision precision = spec::Precision::kBf16;
  bool has_experts = false;
  Compared step_time_s, memory_bytes;
  Outcome outcome = Outcome::kNotStated;
  double reserved_bytes = 0;
  double capacity_bytes = 0;
  double oom_probability = 0;
};

struct SkippedRow {
  std::string id;
  std::string reason;  // one sentence
};

// Fit or out of memory, over the rows that state an outcome. Shares of 100.
struct Feasibility {
  int runs = 0, ran = 0, out_of_memory = 0;
  double fit_accuracy_pct = 0;
  double false_fits_pct = 0;  // of those that ran out of memory
  double false_ooms_pct = 0;  // of those that ran
  int near_limit_runs = 0;    // predicted within a quarter of the memory
  double near_limit_accuracy_pct = 0;
  double brier_score = 0;  // of the probability of running out of memory
};

// Over the rows that count; by family of sources, "" for all.
struct FamilyRanking {
  std::string family;
  RankingSummary summary;
};

struct Report {
  std::vector<ReportRow> rows;
  std::vector<SkippedRow> skipped;
  std::optional<Feasibility> feasibility;
  std::vector<FamilyRanking> rankings;
};

// Rows that leave out what other rows of the same model state (KV heads, FFN width, tying) take it from those.
// `adjust` may change each row's problem before it is predicted.
Report report(const catalog::Catalog& catalog, std::vector<spec::MeasuredRow> rows,
              const std::function<void(estimate::Problem&)>& adjust);

}  // namespace shardplan::measured
