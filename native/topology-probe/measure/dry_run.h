// Tries what a plan needs of one GPU: allocates what its worst rank holds, times its matrix products. Reads the
// document that `shardplan dry-run` gives ("format": "shardplan-plan/1").
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "measure/measure.h"

namespace shardplan::probe {

struct PlannedProduct {
  std::string layer, pass;
  measure::Product product;
  int64_t count = 0;
  double expected_s = 0;
};

struct PlanDocument {
  std::string model, summary;
  std::vector<std::pair<std::string, int64_t>> parts;  // to be allocated, in bytes
  int64_t overhead_bytes = 0;                          // what the framework and the driver take by themselves
  double step_time_s = 0;
  std::vector<PlannedProduct> products;
};

// Nothing where the text is no such document; `problem` then says why.
std::optional<PlanDocument> read_plan(const std::string& text, std::string& problem);

// Adds the measurements. False where the memory does not suffice.
bool dry_run(const PlanDocument& plan, Host& host, const MeasureOptions& options);

}  // namespace shardplan::probe
