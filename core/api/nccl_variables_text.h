// presets/nccl/variables.json, put into the program when it is built.
#pragma once

#include <string_view>

namespace shardplan::api {

std::string_view nccl_variables_text();

}  // namespace shardplan::api
