#include "api/measured_fields.h"

namespace shardplan::json {

Fields Describe<measured::SkippedRow>::fields() {
  using S = measured::SkippedRow;
  static constexpr Field table[] = {field<&S::id>("id"), field<&S::reason>("reason")};
  return table;
}

Fields Describe<measured::ErrorSummary>::fields() {
  using E = measured::ErrorSummary;
  static constexpr Field table[] = {
      field<&E::n>("n", "Runs."),
      field<&E::median_abs_pct>("median_abs_pct"),
      field<&E::mean_abs_pct>("mean_abs_pct"),
      field<&E::p90_abs_pct>("p90_abs_pct"),
      field<&E::bias_pct>("bias_pct", "Median of the signed error."),
  };
  return table;
}

}  // namespace shardplan::json
