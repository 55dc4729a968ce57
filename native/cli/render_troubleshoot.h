// The answer of `troubleshoot` as text: each diagnosis with its evidence, causes, checks and fixes.
#pragma once

#include <ostream>

#include "json/view.h"

namespace shardplan::cli {

void render_troubleshoot(json::View response, std::ostream& out);

}  // namespace shardplan::cli
