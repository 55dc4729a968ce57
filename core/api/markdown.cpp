#include "api/markdown.h"

#include <algorithm>

#include "base/decimal.h"

namespace shardplan::api {
namespace {

std::string row_of(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + cell + " |";
  return line + "\n";
}

// A fence that is longer than any in the text.
std::string fence_for(const std::string& text) {
  size_t longest = 0, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return std::string(std::max<size_t>(3, longest + 1), '`');
}

}  // namespace

void Markdown::block(const std::string& text) {
  if (!text_.empty()) text_ += "\n";
  text_ += text;
}

void Markdown::heading(int level, const std::string& text) {
  block(std::string(static_cast<size_t>(level), '#') + " " + text + "\n");
}

void Markdown::paragraph(const std::string& text) { block(text + "\n"); }

void Markdown::bullets(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += "- " + item + "\n";
  if (!text.empty()) block(text);
}

void Markdown::table(const std::vector<std::string>& titles, const std::vector<std::vector<std::string>>& rows,
                     size_t first_number) {
  std::vector<std::string> rule;
  for (size_t i = 0; i < titles.size(); ++i) rule.emplace_back(i < first_number ? "---" : "--:");
  std::string text = row_of(titles) + row_of(rule);
  for (const auto& row : rows) text += row_of(row);
  block(text);
}

void Markdown::code(const std::string& language, const std::string& text) {
  const std::string fence = fence_for(text);
  block(fence + language + "\n" + text + (!text.empty() && text.back() == '\n' ? "" : "\n") + fence + "\n");
}

std::string plain(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == '\t') {
      out += ' ';
      continue;
    }
    if (std::string_view("\\`*_[]<>|#").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string grouped(double x) {
  std::string digits = fixed_text(x, 0);
  for (int at = static_cast<int>(digits.size()) - 3; at > (digits[0] == '-' ? 1 : 0); at -= 3)
    digits.insert(static_cast<size_t>(at), ",");
  return digits;
}

}  // namespace shardplan::api
