// A plan as a text that somebody reads who did not make it: what was asked, the plan, why, what it takes, how sure that
// is, what may go wrong and how to start it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/best_plan.h"
#include "api/long_run.h"
#include "emit/artefact.h"

namespace shardplan::api {

struct Report {
  const BestPlan& best;
  const estimate::Context& context;
  std::string title;                          // empty: made from the model and the machines
  std::optional<double> tokens;               // of the whole training
  std::optional<RunOutcome> run;              // of it, else of any long run on these machines
  std::vector<std::string> if_out_of_memory;  // plans that take less
  const emit::Artefact* launch = nullptr;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

std::string report_text(const Report& report);

// In api/report_risks.cpp.
std::vector<std::string> risks_of(const Report& report);

}  // namespace shardplan::api
