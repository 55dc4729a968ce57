#include <algorithm>
#include <array>

#include "emit/nccl.h"

namespace shardplan::emit {

std::optional<NcclVersion> nccl_version(std::string_view text) {
  if (!text.empty() && (text.front() == 'v' || text.front() == 'V')) text.remove_prefix(1);
  text = text.substr(0, text.find_first_of("-+"));
  std::array<int, 3> part{};
  size_t n = 0, digits = 0;
  for (const char c : text) {
    if (c == '.') {
      if (digits == 0 || ++n == part.size()) return std::nullopt;
      digits = 0;
    } else if (c >= '0' && c <= '9' && ++digits <= 4) {
      part[n] = part[n] * 10 + (c - '0');
    } else {
      return std::nullopt;
    }
  }
  if (n == 0 || digits == 0) return std::nullopt;
  return NcclVersion{part[0], part[1], part[2]};
}

std::string version_text(const NcclVersion& v) {
  return std::to_string(v.major) + "." + std::to_string(v.minor) + "." + std::to_string(v.patch);
}

Reading reading_of(const std::vector<NcclVariable>& variables, std::string_view name, const NcclVersion& version) {
  const auto it =
      std::find_if(variables.begin(), variables.end(), [&](const NcclVariable& v) { return v.name == name; });
  if (it == variables.end()) return Reading::kUnknown;
  if (version < it->since) return Reading::kNotYet;
  if (it->until && *it->until < version) return Reading::kNoLonger;
  return Reading::kRead;
}

}  // namespace shardplan::emit
