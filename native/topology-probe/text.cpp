#include "text.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace shardplan::probe {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0'; }

// Bytes of the UTF-8 sequence at the beginning; 0 where it is none.
size_t sequence(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const size_t size = first < 0x80 ? 1 : first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (size == 0 || first >= 0xf5 || size > text.size()) return 0;
  for (size_t i = 1; i < size; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  return size;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (true) {
    const size_t end = text.find(separator);
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> out;
  for (std::string& line : split(text, '\n'))
    if (!line.empty()) out.push_back(std::move(line));
  return out;
}

std::optional<int64_t> whole_number(std::string_view text) {
  text = trimmed(text);
  int base = 10;
  if (text.substr(0, 2) == "0x" || text.substr(0, 2) == "0X") {
    base = 16;
    text.remove_prefix(2);
  }
  int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (problem == std::errc() && end == text.data() + text.size()) return value;
  uint64_t large = 0;  // KFD writes ids of 64 bits
  const auto [large_end, still] = std::from_chars(text.data(), text.data() + text.size(), large, base);
  if (still != std::errc() || large_end != text.data() + text.size()) return std::nullopt;
  return static_cast<int64_t>(large);
}

std::optional<double> number_in(std::string_view text) {
  text = trimmed(text);
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc() ? std::optional<double>(value) : std::nullopt;
}

std::string value_of(std::string_view text, std::string_view name) {
  for (const std::string& line : lines(text)) {
    const std::string_view whole = line;
    const size_t colon = whole.find(':');
    if (colon != std::string_view::npos && trimmed(whole.substr(0, colon)) == name)
      return std::string(trimmed(whole.substr(colon + 1)));
  }
  return "";
}

std::optional<int64_t> property(std::string_view text, std::string_view name) {
  for (const std::string& line : lines(text)) {
    const std::string_view whole = trimmed(line);
    if (whole.size() > name.size() && whole.substr(0, name.size()) == name && is_blank(whole[name.size()]))
      return whole_number(whole.substr(name.size()));
  }
  return std::nullopt;
}

std::vector<int> numbers_of_list(std::string_view list) {
  constexpr int64_t kMost = 65536;
  std::vector<int> out;
  for (const std::string& part : split(trimmed(list), ',')) {
    const size_t dash = part.find('-', 1);
    const auto first = whole_number(std::string_view(part).substr(0, dash));
    const auto last = dash == std::string::npos ? first : whole_number(std::string_view(part).substr(dash + 1));
    if (!first || !last || *first < 0 || *last >= kMost) continue;
    for (int64_t i = *first; i <= *last; ++i) out.push_back(static_cast<int>(i));
  }
  return out;
}

std::string list_of_numbers(const std::vector<int>& numbers) {
  std::string out;
  for (size_t i = 0; i < numbers.size();) {
    size_t end = i;
    while (end + 1 < numbers.size() && numbers[end + 1] == numbers[end] + 1) ++end;
    out += (out.empty() ? "" : ",") + std::to_string(numbers[i]);
    if (end > i) out += "-" + std::to_string(numbers[end]);
    i = end + 1;
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string pci_address(std::string_view text) {
  std::string out = lower(trimmed(text));
  const size_t colon = out.find(':');
  if (colon == std::string::npos) return "";
  if (out.find(':', colon + 1) == std::string::npos) return "0000:" + out;  // without a domain
  if (colon > 4 && out.find_first_not_of('0') >= colon - 4) out.erase(0, colon - 4);
  return out;
}

std::string hash_of(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hex_of(hash, 16);
}

std::string hex_of(uint64_t value, int digits) {
  std::array<char, 32> out;
  std::snprintf(out.data(), out.size(), "%0*llx", digits, static_cast<unsigned long long>(value));
  return out.data();
}

std::string number_text(double value) {
  std::array<char, 32> out;
  std::snprintf(out.data(), out.size(), "%.6g", value);
  return out.data();
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t size = sequence(text);
    if (size > 1 || (size == 1 && static_cast<unsigned char>(text[0]) >= 0x20 && text[0] != 0x7f))
      out.append(text.substr(0, size));
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return out;
}

}  // namespace shardplan::probe
