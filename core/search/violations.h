// What people read about search/rules.h: the names of the rules, and what is wrong with a strategy that breaks one.
#pragma once

#include <string>
#include <vector>

#include "search/rules.h"

namespace shardplan::search {

const char* rejection_name(Rejection r);  // "heads", as responses count it
const char* rejection_text(Rejection r);  // for people

// A broken rule: what is wrong with this very strategy, and what would be legal.
struct Violation {
  Rejection rule;
  std::string field;
  std::string message;
  std::string hint;
};

// Every broken rule with its message, memory left out.
std::vector<Violation> violations(const estimate::Context& c, const spec::Strategy& s, bool tp_across_domains);

}  // namespace shardplan::search
