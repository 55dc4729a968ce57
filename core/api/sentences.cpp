#include "api/sentences.h"

#include "base/decimal.h"

namespace shardplan::api {

std::string seconds_text(double s) { return fixed_text(s, s >= 100 ? 1 : s >= 1 ? 2 : 3) + " s"; }
std::string percent_text(double share) { return fixed_text(100 * share, 1) + " %"; }
std::string gib_text(double gib) { return fixed_text(gib, 1) + " GiB"; }

std::vector<std::string> spoken(std::vector<std::string> sentences) {
  std::erase(sentences, std::string());
  return sentences;
}

}  // namespace shardplan::api
