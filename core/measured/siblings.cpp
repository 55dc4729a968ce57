#include "measured/siblings.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

namespace shardplan::measured {
namespace {

using spec::MeasuredRow;

constexpr const char* kTied = "tied_emb=";

using Key = std::tuple<std::string, double, double>;
Key key_of(const MeasuredRow& r) { return {r.model, r.layers, r.hidden}; }

std::string tied_of(const MeasuredRow& r) {
  const size_t at = r.other_flags.find(kTied);
  return at == std::string::npos ? "" : r.other_flags.substr(at + std::char_traits<char>::length(kTied));
}

template <class T>
struct Votes {
  std::map<T, int> count;
  T winner() const {
    const auto best =
        std::max_element(count.begin(), count.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return best == count.end() ? T() : best->first;
  }
};

struct Known {
  Votes<double> kv_heads, ffn;
  Votes<std::string> tied;
};

}  // namespace

void complete_from_siblings(std::vector<MeasuredRow>& rows) {
  std::map<Key, Known> known;
  for (const MeasuredRow& r : rows) {
    if (r.kv_heads > 0) ++known[key_of(r)].kv_heads.count[r.kv_heads];
    if (r.ffn > 0) ++known[key_of(r)].ffn.count[r.ffn];
    if (!tied_of(r).empty()) ++known[key_of(r)].tied.count[tied_of(r)];
  }
  for (MeasuredRow& r : rows) {
    const auto it = known.find(key_of(r));
    if (it == known.end()) continue;
    if (r.kv_heads <= 0) r.kv_heads = it->second.kv_heads.winner();
    if (r.ffn <= 0) r.ffn = it->second.ffn.winner();
    if (tied_of(r).empty() && r.other_flags.find(kTied) != std::string::npos) r.other_flags += it->second.tied.winner();
  }
}

}  // namespace shardplan::measured
