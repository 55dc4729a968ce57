#include "advise/read_number.h"

#include <array>
#include <string>
#include <utility>

#include "base/decimal.h"
#include "base/units.h"

namespace shardplan::advise {
namespace {

constexpr size_t kLongestNumber = 40;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A number without its thousands separators, and how many characters it takes with them.
LeadingNumber leading(std::string_view text) {
  std::string digits;
  size_t i = 0;
  while (i < text.size() && text[i] == ' ') ++i;
  const size_t begin = i;
  if (i < text.size() && text[i] == '-') digits += text[i++];
  for (; i < text.size() && digits.size() < kLongestNumber; ++i) {
    const bool separates =
        text[i] == ',' && i > begin && is_digit(text[i - 1]) && i + 1 < text.size() && is_digit(text[i + 1]);
    if (is_digit(text[i]) || text[i] == '.') digits += text[i];
    else if (!separates) break;
  }
  const LeadingNumber number = leading_number(digits);
  if (number.length == 0) return {};
  return {number.value, i};
}

constexpr std::array<std::pair<std::string_view, double>, 9> kUnits = {{{"bytes", 1},
                                                                        {"KiB", 1024.0},
                                                                        {"MiB", 1024.0 * 1024},
                                                                        {"GiB", kGib},
                                                                        {"TiB", kGib * 1024},
                                                                        {"kB", 1e3},
                                                                        {"KB", 1e3},
                                                                        {"MB", 1e6},
                                                                        {"GB", 1e9}}};

}  // namespace

std::optional<double> read_number(std::string_view text) {
  const LeadingNumber number = leading(text);
  if (number.length == 0) return std::nullopt;
  return number.value;
}

std::optional<double> number_after(std::string_view text, std::string_view marker) {
  const size_t at = text.find(marker);
  if (at == std::string_view::npos) return std::nullopt;
  return read_number(text.substr(at + marker.size()));
}

std::optional<double> read_size(std::string_view text) {
  const LeadingNumber number = leading(text);
  if (number.length == 0) return std::nullopt;
  text.remove_prefix(number.length);
  if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  for (const auto& [unit, bytes] : kUnits)
    if (text.substr(0, unit.size()) == unit) return number.value * bytes / kGib;
  return std::nullopt;
}

std::optional<double> size_after(std::string_view text, std::string_view marker) {
  const size_t at = text.find(marker);
  if (at == std::string_view::npos) return std::nullopt;
  return read_size(text.substr(at + marker.size()));
}

std::optional<double> size_before(std::string_view text, std::string_view marker) {
  const size_t end = text.find(marker);
  if (end == std::string_view::npos) return std::nullopt;
  // A unit and a number stand before it: two words.
  size_t begin = end;
  for (int words = 0; words < 2 && begin > 0; ++words) {
    if (text[begin - 1] == ' ') --begin;
    while (begin > 0 && text[begin - 1] != ' ') --begin;
  }
  return read_size(text.substr(begin));
}

}  // namespace shardplan::advise
