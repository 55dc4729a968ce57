// What a log's findings mean: each known failure with its evidence, the numbers read from the message, and, where a
// plan is stated, what the estimates say of its causes and of what would mend it. Below: advise/ reads the log.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "advise/failures.h"
#include "advise/log_scan.h"
#include "api/alternative.h"
#include "api/plan.h"
#include "api/stated_plan.h"

namespace shardplan::api {

struct Reading {
  std::string name;
  double value = 0;
  std::string unit;
};

struct Cause {
  std::string cause;
  std::string holds;    // "yes", "no", "possible"
  std::string because;  // empty where nothing was looked at
};

struct Fix {
  std::string fix;
  std::optional<double> saves_gib;  // of the worst rank
  std::optional<Alternative> plan;  // another one, by the same estimates
};

struct Diagnosis {
  std::string topic;
  std::string title;
  advise::Category category = advise::Category::kFramework;
  advise::Severity severity = advise::Severity::kHigh;
  std::string summary;
  std::string follows;  // topic whose consequence it probably is
  int lines = 0;
  std::vector<advise::Evidence> evidence;
  std::vector<Reading> readings;
  std::vector<std::string> symptoms;
  std::vector<Cause> causes;
  std::vector<advise::Check> checks;
  std::vector<Fix> fixes;
  std::vector<advise::Setting> settings;
  std::vector<advise::Source> sources;
};

// The plan that the user ran, with its estimate.
struct KnownPlan {
  const ResolvedPlan& resolved;
  const estimate::Context& context;
  const Plan& plan;
  bool tp_across_domains = false;
};

// A failure without a log: all that is known of it.
Diagnosis diagnosis_of(const advise::Failure& failure, const KnownPlan* plan);

// The findings of a log, causes before consequences.
std::vector<Diagnosis> diagnoses_of(std::string_view log, const advise::Scan& scan, const KnownPlan* plan);

// Parts of the above, by what the message is about. Each adds to a diagnosis that holds the data of its failure.
void look_into_memory(std::string_view log, const KnownPlan* plan, Diagnosis& d);
void look_into_timeouts(std::string_view log, const KnownPlan* plan, Diagnosis& d);
void look_into_numbers(std::string_view log, Diagnosis& d);  // sizes that do not divide, shapes, KV caches

// Legal plans beside this one that take less memory, or less time, best first.
std::vector<Fix> lighter_plans(const KnownPlan& known);
std::vector<Fix> faster_plans(const KnownPlan& known);

}  // namespace shardplan::api
