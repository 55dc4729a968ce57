// A configuration document as a tree, printed as JSON, YAML or TOML.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace shardplan::emit {

class Tree {
 public:
  // Named one by one: a literal is a bool before it is text.
  Tree& text(std::string key, const std::string& value);
  Tree& number(std::string key, double value);  // at most six significant digits
  Tree& integer(std::string key, int64_t value);
  Tree& boolean(std::string key, bool value);
  Tree& words(std::string key, const std::vector<std::string>& values);
  Tree& child(std::string key, Tree value);

  bool empty() const { return entries_.empty(); }

  std::string json() const;  // two spaces a level
  std::string yaml() const;
  std::string toml() const;  // two levels: sections and their values

 private:
  // `scalar`: a value as JSON and TOML write it; YAML's differs for text only.
  struct Entry {
    std::string key;
    std::string scalar;
    std::string yaml_scalar;
    std::vector<Tree> child;  // one, where the value is a tree
  };
  std::vector<Entry> entries_;

  void print_json(std::string& out, size_t indent) const;
  void print_yaml(std::string& out, size_t indent) const;
  void print_toml(std::string& out, const std::string& section) const;
};

}  // namespace shardplan::emit
