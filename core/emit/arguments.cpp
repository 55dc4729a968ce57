#include "emit/arguments.h"

#include "base/text.h"

namespace shardplan::emit {

std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) return std::string(text);
  // Double quotes leave variables alone; anything else that the shell would read goes into single ones.
  const bool has_variable = text.find('$') != std::string_view::npos;
  const char quote = has_variable ? '"' : '\'';
  std::string out(1, quote);
  for (const char c : text) {
    if (has_variable && (c == '"' || c == '`' || c == '\\')) out += '\\';
    if (!has_variable && c == '\'') out += "'\\'";
    out += c;
  }
  return out + quote;
}

Arguments& Arguments::flag(std::string name) {
  parts_.push_back(std::move(name));
  return *this;
}

Arguments& Arguments::option(std::string name, std::string_view value) {
  parts_.push_back(std::move(name) + " " + shell_word(value));
  return *this;
}

Arguments& Arguments::option(std::string name, const std::vector<std::string>& values) {
  std::string part = std::move(name);
  for (const std::string& v : values) part += " " + shell_word(v);
  parts_.push_back(std::move(part));
  return *this;
}

Arguments& Arguments::word(std::string_view text) {
  parts_.push_back(shell_word(text));
  return *this;
}

Arguments& Arguments::append(const Arguments& other) {
  parts_.insert(parts_.end(), other.parts_.begin(), other.parts_.end());
  return *this;
}

std::string Arguments::line() const { return join(parts_, " "); }

std::string Arguments::lines(const std::string& command, int indent) const {
  const std::string separator = " \\\n" + std::string(static_cast<size_t>(indent), ' ');
  return parts_.empty() ? command : command + separator + join(parts_, separator);
}

}  // namespace shardplan::emit
