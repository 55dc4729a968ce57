// Field tables of what operations over measured runs share.
#pragma once

#include "json/spec_fields.h"
#include "measured/report.h"

namespace shardplan::json {

SHARDPLAN_DESCRIBE(measured::SkippedRow, "skipped_row");
SHARDPLAN_DESCRIBE(measured::ErrorSummary, "error_summary");

}  // namespace shardplan::json
