// Quantities as sentences say them.
#pragma once

#include <string>
#include <vector>

namespace shardplan::api {

std::string seconds_text(double s);      // as many decimals as its size deserves: "17.67 s"
std::string percent_text(double share);  // "12.3 %"
std::string gib_text(double gib);        // "61.2 GiB"

// The same without its empty ones.
std::vector<std::string> spoken(std::vector<std::string> sentences);

}  // namespace shardplan::api
