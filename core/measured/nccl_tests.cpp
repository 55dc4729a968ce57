#include "measured/nccl_tests.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "base/lines.h"

namespace shardplan::measured {
namespace {

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  for (char c : line) {
    if (c != ' ' && c != '\t') word += c;
    else if (!word.empty()) words.push_back(std::move(word)), word.clear();
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

std::optional<double> number(const std::string& word) {
  const LeadingNumber number = leading_number(word);
  if (number.length == 0 || number.length != word.size()) return std::nullopt;
  return number.value;
}

struct Row {
  double bytes = 0;
  double bus_gb_per_s = 0;
};

// Columns of the header's two "busbw"; the header starts with "#", the rows do not.
std::vector<size_t> bus_columns(const std::vector<std::string>& header) {
  std::vector<size_t> columns;
  for (size_t i = 1; i < header.size(); ++i)
    if (header[i] == "busbw") columns.push_back(i - 1);
  return columns;
}

}  // namespace

std::optional<NcclTest> read_nccl_test(std::string_view text) {
  NcclTest test;
  std::vector<size_t> columns;
  std::vector<Row> rows;
  std::map<std::string, int> per_host;
  for_each_line(text, [&](std::string_view line) {
    const std::vector<std::string> words = words_of(line);
    if (words.size() < 4) return;
    if (words[0] == "#") {
      if (words[1] == "Rank") {
        ++test.ranks;
        const auto on = std::find(words.begin(), words.end(), "on");
        if (on != words.end() && on + 1 != words.end()) ++per_host[*(on + 1)];
      } else if (words[1] == "size") {
        columns = bus_columns(words);
      }
      return;
    }
    const auto bytes = number(words[0]);
    if (!bytes || columns.empty()) return;
    Row row{*bytes, 0};
    for (size_t c : columns)
      if (c < words.size()) row.bus_gb_per_s = std::max(row.bus_gb_per_s, number(words[c]).value_or(0));
    rows.push_back(row);
  });
  for (const Row& r : rows) test.largest_message_bytes = std::max(test.largest_message_bytes, r.bytes);
  for (const Row& r : rows)
    if (r.bytes >= test.largest_message_bytes / 4) test.bus_gb_per_s = std::max(test.bus_gb_per_s, r.bus_gb_per_s);
  for (const auto& [host, n] : per_host) test.ranks_per_host = std::max(test.ranks_per_host, n);
  if (test.bus_gb_per_s <= 0) return std::nullopt;
  return test;
}

}  // namespace shardplan::measured
