// Small readers that the importers share.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shardplan::captures {

// Lines without their ends and without terminal escapes (ESC [ ... letter).
std::vector<std::string> clean_lines(std::string_view text);

std::vector<std::string_view> words(std::string_view line);

std::string_view trimmed(std::string_view text);

// A whole number that fits; nothing for any other text.
std::optional<int> whole_number(std::string_view text);

// The number that a text begins with: "16.0 GT/s PCIe" -> 16, "81920 MiB" -> 81920, "16x" -> 16; nothing for "N/A".
std::optional<double> number_in(std::string_view text);

}  // namespace shardplan::captures
