// What starts a plan, for people: commands, files, environment.
#pragma once

#include <iosfwd>

#include "json/view.h"

namespace shardplan::cli {

// Responses of launch, export, slurm and dry-run; false for any other.
bool render_launch(const std::string& operation, json::View response, std::ostream& out);

}  // namespace shardplan::cli
