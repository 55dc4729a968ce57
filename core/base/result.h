// What every fallible function of the core returns: a value, or all the problems found at once.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace shardplan {

// One problem a person can act on. `path` is a JSON pointer into the request ("" for the whole of it),
// `hint` says what would be legal and may be empty.
struct Diagnostic {
  std::string path;
  std::string message;
  std::string hint;

  bool operator==(const Diagnostic&) const = default;
};

using Diagnostics = std::vector<Diagnostic>;

template <class T>
using Result = tl::expected<T, Diagnostics>;

inline tl::unexpected<Diagnostics> fail(std::string path, std::string message, std::string hint = {}) {
  return tl::unexpected<Diagnostics>(Diagnostics{{std::move(path), std::move(message), std::move(hint)}});
}

}  // namespace shardplan
