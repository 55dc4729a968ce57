#include "emit/tree.h"

#include "base/text.h"

namespace shardplan::emit {
namespace {

std::string in_quotes(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// Words that YAML would read as something else ("no", "off", numbers) and those with marks go into quotes.
std::string yaml_text(const std::string& text) {
  const std::string lower = lower_case(text);
  bool plain = !text.empty() && lower != "no" && lower != "yes" && lower != "on" && lower != "off" && lower != "true" &&
               lower != "false" && lower != "null";
  for (const char c : text)
    plain = plain && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                      c == '-' || c == '.' || c == '/');
  if (!text.empty() && ((text[0] >= '0' && text[0] <= '9') || text[0] == '-' || text[0] == '.')) plain = false;
  return plain ? text : in_quotes(text);
}

}  // namespace

Tree& Tree::text(std::string key, const std::string& value) {
  entries_.push_back({std::move(key), in_quotes(value), yaml_text(value), {}});
  return *this;
}
Tree& Tree::number(std::string key, double value) {
  const std::string s = number_text(value);
  entries_.push_back({std::move(key), s, s, {}});
  return *this;
}
Tree& Tree::integer(std::string key, int64_t value) {
  const std::string s = std::to_string(value);
  entries_.push_back({std::move(key), s, s, {}});
  return *this;
}
Tree& Tree::boolean(std::string key, bool value) {
  const char* s = value ? "true" : "false";
  entries_.push_back({std::move(key), s, s, {}});
  return *this;
}
Tree& Tree::words(std::string key, const std::vector<std::string>& values) {
  std::vector<std::string> quoted;
  for (const std::string& v : values) quoted.push_back(in_quotes(v));
  const std::string s = "[" + join(quoted, ", ") + "]";
  entries_.push_back({std::move(key), s, s, {}});
  return *this;
}
Tree& Tree::child(std::string key, Tree value) {
  entries_.push_back({std::move(key), "", "", {std::move(value)}});
  return *this;
}

void Tree::print_json(std::string& out, size_t indent) const {
  const std::string pad(indent, ' ');
  out += "{\n";
  for (size_t i = 0; i < entries_.size(); ++i) {
    const Entry& e = entries_[i];
    out += pad + "  " + in_quotes(e.key) + ": ";
    if (e.child.empty()) out += e.scalar;
    else e.child.front().print_json(out, indent + 2);
    out += i + 1 < entries_.size() ? ",\n" : "\n";
  }
  out += pad + "}";
}

void Tree::print_yaml(std::string& out, size_t indent) const {
  for (const Entry& e : entries_) {
    out += std::string(indent, ' ') + e.key + ":";
    if (e.child.empty()) out += " " + e.yaml_scalar + "\n";
    else {
      out += "\n";
      e.child.front().print_yaml(out, indent + 2);
    }
  }
}

void Tree::print_toml(std::string& out, const std::string& section) const {
  bool is_headed = section.empty();
  for (const Entry& e : entries_) {
    if (!e.child.empty()) continue;
    if (!is_headed) out += (out.empty() ? "[" : "\n[") + section + "]\n";
    is_headed = true;
    out += e.key + " = " + e.scalar + "\n";
  }
  for (const Entry& e : entries_)
    if (!e.child.empty()) e.child.front().print_toml(out, section.empty() ? e.key : section + "." + e.key);
}

std::string Tree::json() const {
  std::string out;
  print_json(out, 0);
  return out + "\n";
}
std::string Tree::yaml() const {
  std::string out;
  print_yaml(out, 0);
  return out;
}
std::string Tree::toml() const {
  std::string out;
  print_toml(out, "");
  return out;
}

}  // namespace shardplan::emit
