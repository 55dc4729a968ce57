// Read-only access to a document for callers that print it, without its JSON library.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/document.h"

namespace shardplan::json {

class View {
 public:
  enum class Kind { kAbsent, kBool, kNumber, kText, kList, kObject };

  View() = default;
  explicit View(const Document& document);

  Kind kind() const;
  bool is(Kind k) const { return kind() == k; }
  explicit operator bool() const { return kind() != Kind::kAbsent; }

  bool boolean() const;      // false for anything but a bool
  double number() const;     // 0 for anything but a number
  std::string text() const;  // of a text; anything else as its JSON text

  size_t size() const;                           // of a list or an object
  View at(size_t index) const;                   // element of a list, value of an object
  std::string key(size_t index) const;           // of an object
  View operator[](std::string_view name) const;  // absent where there is none

 private:
  explicit View(const void* value) : value_(value) {}
  const void* value_ = nullptr;
};

// Text as a JSON string, quotes included.
std::string quoted(std::string_view text);

}  // namespace shardplan::json
