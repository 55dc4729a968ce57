#include "emit/arguments.h"

#include "base/text.h"

namespace shardplan::emit {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) return std::string(text);
  const auto is_variable = [&](size_t at) {
    return text[at] == '$' && at + 1 < text.size() && (text[at + 1] == '_' || is_letter(text[at + 1]));
  };
  bool has_variable = false;
  for (size_t i = 0; i < text.size(); ++i) has_variable = has_variable || is_variable(i);
  // Double quotes leave variables alone, and nothing else; without any, single quotes leave nothing.
  std::string out(1, has_variable ? '"' : '\'');
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_read = c == '"' || c == '`' || c == '\\' || (c == '$' && !is_variable(i));
    if (has_variable && is_read) out += '\\';
    if (!has_variable && c == '\'') out += "'\\'";
    out += c;
  }
  return out + (has_variable ? '"' : '\'');
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
