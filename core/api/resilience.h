// How a large job lives with failures: nodes to keep ready, and restarting everything against restarting one replica.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/best_plan.h"
#include "api/long_run.h"

namespace shardplan::api {

struct SpareFields {
  double repair_h = 0;
  double nodes_away = 0;  // on average
  int spares = 0;         // enough with a probability of 99 %
};
// For the stated time to repair a node, else for a few.
std::vector<SpareFields> spares_of(const FailureFields& failures, std::optional<double> repair_h);

struct RecoveryFields {
  std::string way;
  bool possible = true;
  std::string note;
  double restart_s = 0;
  double effective_training_time_ratio = 0;
  std::optional<double> usd_lost_per_day;
  double peak_gib = 0;
  bool fits = false;
};
std::vector<RecoveryFields> recovery_of(const BestPlan& found, const RunOutcome& outcome,
                                        std::vector<std::string>& assumptions);

}  // namespace shardplan::api

namespace shardplan::json {
SHARDPLAN_DESCRIBE(api::SpareFields, "spares");
SHARDPLAN_DESCRIBE(api::RecoveryFields, "recovery");
}  // namespace shardplan::json
