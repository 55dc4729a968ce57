// Response -> what a person reads: aligned tables, units, no noise.
#pragma once

#include <ostream>
#include <string>

#include "json/view.h"

namespace shardplan::cli {

void render(const std::string& operation, json::View response, std::ostream& out);
void render_error(json::View error, std::ostream& out);

}  // namespace shardplan::cli
