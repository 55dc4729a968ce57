// presets/measured/fine_tuning.csv, put into the program when it is built.
#pragma once

#include <string_view>

namespace shardplan::api {

std::string_view built_in_fine_tuning_runs();

}  // namespace shardplan::api
