#include "table.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

namespace shardplan::cli {
namespace {

// Characters on the screen, not bytes: continuation bytes of UTF-8 take no room.
size_t width_of(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

Table::Table(std::vector<std::string> titles) : is_left_(titles.size(), false) { rows_.push_back(std::move(titles)); }

void Table::row(std::vector<std::string> cells) {
  cells.resize(rows_.front().size());
  rows_.push_back(std::move(cells));
}

void Table::left(const std::vector<size_t>& columns) {
  for (size_t c : columns) is_left_[c] = true;
}

void Table::print(std::ostream& out) const {
  const size_t columns = rows_.front().size();
  std::vector<size_t> width(columns, 0);
  for (size_t c = 0; c < columns; ++c) {
    bool has_content = rows_.size() == 1;
    for (size_t r = 0; r < rows_.size(); ++r) {
      width[c] = std::max(width[c], width_of(rows_[r][c]));
      has_content = has_content || (r > 0 && !rows_[r][c].empty());
    }
    if (!has_content) width[c] = 0;
  }
  for (const auto& row : rows_) {
    std::string line;
    for (size_t c = 0; c < columns; ++c) {
      if (width[c] == 0) continue;
      const std::string pad(width[c] - width_of(row[c]), ' ');
      line += "  " + (is_left_[c] ? row[c] + pad : pad + row[c]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << "\n";
  }
}

std::string grouped(double x) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.0f", x);
  std::string digits = buffer;
  for (int at = static_cast<int>(digits.size()) - 3; at > (digits[0] == '-' ? 1 : 0); at -= 3)
    digits.insert(static_cast<size_t>(at), ",");
  return digits;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace shardplan::cli
