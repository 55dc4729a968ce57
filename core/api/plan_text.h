// A plan in words: "tp8 pp4 mbs2 full", or a launch command or configuration as it was pasted (advise/pasted.h reads
// those). Beside api/stated_plan.h, which has the same plan as fields.
#pragma once

#include <string>
#include <vector>

#include "api/stated_plan.h"

namespace shardplan::api {

struct PlanText {
  std::string framework;            // whose options the text has; empty where it is words
  std::vector<std::string> unread;  // options that say nothing of a plan
  std::vector<std::string> assumptions;
};

// What `text` says, put into `stated`. Problems stand at `path`: words that name nothing, what contradicts the fields
// beside the text.
Diagnostics read_plan_text(const std::string& text, const std::string& path, StatedPlan& stated, PlanText& out);

}  // namespace shardplan::api
