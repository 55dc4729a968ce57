// Words for people: the nearest known name, joined lists, numbers as text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shardplan {

// The known name that a misspelt one most likely meant; empty when nothing is near.
// Case, '_' and '-' do not count as differences.
std::string nearest_name(std::string_view misspelt, const std::vector<std::string>& known);

std::string join(const std::vector<std::string>& parts, std::string_view separator);

std::string lower_case(std::string_view text);

// x with at most `digits` significant digits, without trailing zeros: 0.25, 17.67, 1200.
std::string number_text(double x, int digits = 6);

}  // namespace shardplan
