// Text as lines, without colours.
#pragma once

#include <string>
#include <string_view>

namespace shardplan {

// Calls `take` with each line; terminal colour sequences (ESC [ ... m) and a trailing carriage return are dropped.
template <class F>
void for_each_line(std::string_view text, F&& take) {
  std::string plain;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    plain.clear();
    for (size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\x1b') {
        while (i < line.size() && line[i] != 'm') ++i;
      } else if (line[i] != '\r') {
        plain += line[i];
      }
    }
    take(std::string_view(plain));
  }
}

}  // namespace shardplan
