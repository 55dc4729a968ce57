// A parsed JSON document, opaque to the other rooms, and the three things that field tables do with one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/meta.h"

namespace shardplan::json {

class Document {
 public:
  Document();
  ~Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;

  struct Node;  // wraps the JSON library's value; defined inside the room
  Node& node() { return *node_; }
  const Node& node() const { return *node_; }

 private:
  std::unique_ptr<Node> node_;
};

inline constexpr size_t kLargestDocumentBytes = 16u << 20;

// Refuses more than `limit_bytes` and text that is not JSON, saying where it stops to be.
Result<Document> parse(std::string_view text, size_t limit_bytes = kLargestDocumentBytes);

std::string print(const Document& document);

// Where the document is {"operation": ..., "request": {...}}: leaves the request in it, sets `operation`, returns true.
bool unwrap_request(Document& document, std::string& operation);

// Reads an object by its field table into *out and returns every problem found; `*out` is then as far as it was read.
Diagnostics read_into(const Document& document, const Type& type, void* out);

template <class T>
Result<T> read(const Document& document) {
  T value{};
  Diagnostics problems = read_into(document, type_of<T>(), &value);
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  return value;
}

Document write_from(const Type& type, const void* value);

template <class T>
Document write(const T& value) {
  return write_from(type_of<T>(), &value);
}

// JSON Schema (draft 2020-12) of a type, as it is read or as it is written.
enum class Side { kRequest, kResponse };
Document schema_of(const Type& type, const std::string& title, Side side);

// The error of contract section 3. Several problems: the first in the fields, all of them in `problems`.
std::string print_error(const Diagnostics& problems, const char* type_name);

}  // namespace shardplan::json
