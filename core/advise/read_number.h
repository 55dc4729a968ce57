// Numbers at known places of a message. What follows or precedes a marker, or nothing.
#pragma once

#include <optional>
#include <string_view>

namespace shardplan::advise {

// The number that begins the text, "1,234.5" included; blanks before it are passed over.
std::optional<double> read_number(std::string_view text);
std::optional<double> number_after(std::string_view text, std::string_view marker);

// The same with a unit, in GiB: "781.59 MiB", "0 bytes", "2.26 GiB".
std::optional<double> read_size(std::string_view text);
std::optional<double> size_after(std::string_view text, std::string_view marker);
std::optional<double> size_before(std::string_view text, std::string_view marker);

}  // namespace shardplan::advise
