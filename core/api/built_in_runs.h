// presets/measured/runs.csv, put into the program when it is built.
#pragma once

#include <string_view>

namespace shardplan::api {

std::string_view built_in_runs();

}  // namespace shardplan::api
