// presets/troubleshooting/failures.json, put into the program when it is built.
#pragma once

#include <string_view>

namespace shardplan::api {

std::string_view failures_text();

}  // namespace shardplan::api
