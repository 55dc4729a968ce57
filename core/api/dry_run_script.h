// core/emit/dry_run.py, put into the program when it is built.
#pragma once

#include <string_view>

namespace shardplan::api {

std::string_view dry_run_script();

}  // namespace shardplan::api
