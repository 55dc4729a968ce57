// Options of a command, in the order in which they were added.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shardplan::emit {

// A word of a shell command, in quotes where it needs them; variables such as $MASTER_ADDR stay variables.
std::string shell_word(std::string_view text);

class Arguments {
 public:
  Arguments& flag(std::string name);
  Arguments& option(std::string name, std::string_view value);
  Arguments& option(std::string name, int value) { return option(std::move(name), std::to_string(value)); }
  Arguments& option(std::string name, const std::vector<std::string>& values);
  Arguments& word(std::string_view text);  // a positional argument
  Arguments& append(const Arguments& other);

  bool empty() const { return parts_.empty(); }

  std::string line() const;  // all on one line
  // One option a line, each but the last ending in a backslash.
  std::string lines(const std::string& command, int indent = 2) const;
  const std::vector<std::string>& parts() const { return parts_; }  // an option with its value each

 private:
  std::vector<std::string> parts_;
};

}  // namespace shardplan::emit
