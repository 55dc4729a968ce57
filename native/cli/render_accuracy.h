// The answer of `accuracy` as tables: errors by class of runs, questions of fit, ranking, the worst misses.
#pragma once

#include <ostream>

#include "json/view.h"

namespace shardplan::cli {

void render_accuracy(json::View response, std::ostream& out);

}  // namespace shardplan::cli
