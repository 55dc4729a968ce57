// The CSV of measured runs -> rows. Columns are found by their names; unknown ones are left alone, absent ones are "not
// stated".
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "spec/measured_run.h"

namespace shardplan::measured {

// Errors name the line. `path` is the request's field that held the text.
Result<std::vector<spec::MeasuredRow>> read_csv(std::string_view text, const std::string& path);

// The same for rows of measured serving.
Result<std::vector<spec::InferenceRow>> read_inference_csv(std::string_view text, const std::string& path);
// Whether the first line names the columns of measured serving.
bool is_inference_csv(std::string_view text);

}  // namespace shardplan::measured
