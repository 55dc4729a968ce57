// The known failures, read from presets/troubleshooting/failures.json, and their field tables.
#pragma once

#include <string_view>
#include <vector>

#include "advise/failures.h"
#include "json/spec_fields.h"

namespace shardplan::api {

struct FailuresFile {
  std::vector<advise::Failure> failures;
};
const std::vector<advise::Failure>& failures();

// Its place in the list by its id or an alias; -1 where there is none.
int find_failure(std::string_view name);

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE_ENUM(advise::Category, "failure_category");
SHARDPLAN_DESCRIBE_ENUM(advise::Severity, "severity");
SHARDPLAN_DESCRIBE(advise::Sign, "sign");
SHARDPLAN_DESCRIBE(advise::Check, "failure_check");
SHARDPLAN_DESCRIBE(advise::Setting, "setting");
SHARDPLAN_DESCRIBE(advise::Source, "source");
SHARDPLAN_DESCRIBE(advise::Failure, "failure");
SHARDPLAN_DESCRIBE(api::FailuresFile, "failures_file");

}  // namespace shardplan::json
