// Answers of the serving operations for a person.
#pragma once

#include <ostream>

#include "json/view.h"

namespace shardplan::cli {

// Whether an answer is one of these.
bool is_serving(json::View response);
void render_serving(json::View response, std::ostream& out);

// Plans for prompts or decoding alone; false where there are none.
bool render_phases(json::View response, std::ostream& out);

}  // namespace shardplan::cli
