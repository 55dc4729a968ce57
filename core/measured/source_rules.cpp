#include "measured/source_rules.h"

#include <algorithm>

#include "base/decimal.h"
#include "model/parameters.h"

namespace shardplan::measured::source {

using spec::RecomputeMode;

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

double number_after(const std::string& text, const char* marker) {
  const size_t at = text.find(marker);
  if (at == std::string::npos) return 0;
  const std::string_view behind = std::string_view(text).substr(at + std::string_view(marker).size());
  return leading_number(behind.substr(std::min(behind.find_first_not_of(' '), behind.size()))).value;
}

bool is_hopper(const Run& r) { return r.cluster.accelerator.generation == "hopper"; }
bool is_moe(const Run& r) { return model::is_moe(r.model); }

spec::Recompute modules(std::initializer_list<bool spec::Recompute::*> members) {
  spec::Recompute r;
  r.mode = RecomputeMode::kSelective;
  for (auto member : members) r.*member = true;
  return r;
}

void fully_recomputed(Run& r, double share) {
  r.strategy.recompute = {};
  if (share > 0) {
    r.strategy.recompute.mode = RecomputeMode::kFull;
    r.strategy.recompute.layer_share = share;
  }
}

}  // namespace shardplan::measured::source
