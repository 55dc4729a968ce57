#include "advise/collective_message.h"

#include <algorithm>
#include <optional>

#include "advise/read_number.h"
#include "base/lines.h"

namespace shardplan::advise {
namespace {

constexpr size_t kMostCollectives = 16;
constexpr size_t kMostRanks = 1u << 16;
constexpr size_t kMostRanges = 12;

void insert_ascending(std::vector<int>& list, int value) {
  const auto at = std::lower_bound(list.begin(), list.end(), value);
  if ((at == list.end() || *at != value) && list.size() < kMostRanks) list.insert(at, value);
}

// "[PG ID 2 PG GUID 5(...) Rank 3]", "[Rank 3]", "[rank3]:".
std::optional<int> rank_of(std::string_view line) {
  std::optional<double> rank = number_after(line, "Rank ");
  if (!rank) rank = number_after(line, "[rank");
  if (!rank || *rank < 0 || *rank >= 1e7) return std::nullopt;
  return static_cast<int>(*rank);
}

std::string word_after(std::string_view line, std::string_view marker) {
  const size_t at = line.find(marker);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + marker.size());
  return std::string(line.substr(0, std::min<size_t>(line.find_first_of(",) "), 40)));
}

std::optional<StuckCollective> collective_of(std::string_view line) {
  if (line.find("Watchdog caught collective operation timeout") == std::string_view::npos) return std::nullopt;
  const size_t work = line.find("Work");
  if (work == std::string_view::npos) return std::nullopt;
  line.remove_prefix(work);
  const auto number = [&](std::string_view marker) { return number_after(line, marker).value_or(0); };
  StuckCollective c;
  c.operation = word_after(line, "OpType=");
  if (c.operation.empty()) return std::nullopt;
  c.sequence = static_cast<int64_t>(std::clamp(number("SeqNum="), 0.0, 9e15));
  c.elements_in = number("NumelIn=");
  c.elements_out = number("NumelOut=");
  c.timeout_s = number("Timeout(ms)=") / 1000;
  return c;
}

}  // namespace

StuckCollectives read_stuck_collectives(std::string_view log) {
  StuckCollectives out;
  for_each_line(log, [&](std::string_view line) {
    auto stuck = collective_of(line);
    if (!stuck) return;
    const auto same = std::find_if(out.collectives.begin(), out.collectives.end(), [&](const StuckCollective& c) {
      return c.operation == stuck->operation && c.sequence == stuck->sequence && c.elements_in == stuck->elements_in &&
             c.elements_out == stuck->elements_out;
    });
    const auto rank = rank_of(line);
    if (rank) insert_ascending(out.ranks, *rank);
    if (same == out.collectives.end() && out.collectives.size() == kMostCollectives) return;
    StuckCollective& c = same == out.collectives.end() ? out.collectives.emplace_back(*std::move(stuck)) : *same;
    if (rank) insert_ascending(c.ranks, *rank);
  });
  return out;
}

std::string ranges_text(const std::vector<int>& ascending) {
  std::string out;
  size_t ranges = 0;
  for (size_t i = 0; i < ascending.size();) {
    size_t last = i;
    while (last + 1 < ascending.size() && ascending[last + 1] == ascending[last] + 1) ++last;
    if (ranges++ == kMostRanges) return out + ", ...";
    out += (out.empty() ? "" : ", ") + std::to_string(ascending[i]);
    if (last > i) out += (last == i + 1 ? ", " : "-") + std::to_string(ascending[last]);
    i = last + 1;
  }
  return out;
}

}  // namespace shardplan::advise
