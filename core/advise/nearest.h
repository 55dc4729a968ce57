// The legal strategies that come nearest to one that is not.
#pragma once

#include <vector>

#include "estimate/problem.h"

namespace shardplan::advise {

// Nearest first: by how often degrees would have to be doubled or halved, then by how many other axes change.
std::vector<spec::Strategy> nearest_legal(const estimate::Context& context, const spec::Strategy& asked,
                                          bool tp_across_domains, size_t most);

}  // namespace shardplan::advise
