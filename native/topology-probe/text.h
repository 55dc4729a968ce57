// Small readers of what the kernel and the drivers print.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shardplan::probe {

std::string_view trimmed(std::string_view text);
std::vector<std::string> lines(std::string_view text);  // those that are not empty
std::vector<std::string> split(std::string_view text, char separator);
std::optional<int64_t> whole_number(std::string_view text);  // decimal, or hexadecimal after 0x; all of the text
std::optional<double> number_in(std::string_view text);      // that the text begins with: "16.0 GT/s PCIe"

// What follows "NAME:" at the beginning of a line; empty where no line has it.
std::string value_of(std::string_view text, std::string_view name);
// The same for "NAME VALUE" with blanks between, as KFD writes properties.
std::optional<int64_t> property(std::string_view text, std::string_view name);

std::vector<int> numbers_of_list(std::string_view list);  // "0-2,7" -> 0 1 2 7
std::string list_of_numbers(const std::vector<int>& numbers);

// "00000000:17:00.0" of NVML -> "0000:17:00.0" of sysfs.
std::string pci_address(std::string_view text);

std::string lower(std::string_view text);
std::string hash_of(std::string_view text);  // 16 hexadecimal digits (FNV-1a)
std::string hex_of(uint64_t value, int digits);
std::string number_text(double value);         // shortest of up to six digits: "12.5"
std::string printable(std::string_view text);  // without control characters and bytes that are not UTF-8

}  // namespace shardplan::probe
