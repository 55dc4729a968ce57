#include "json/meta.h"

#include <algorithm>
#include <cassert>
#include <string_view>

namespace shardplan::json {

void FieldList::append(Fields more, void* (*through)(void*)) {
  for (Field f : more) {
    const std::string_view name = f.name;
    if (std::any_of(fields_.begin(), fields_.end(), [&](const Field& have) { return name == have.name; })) continue;
    if (through != nullptr) {
      assert(f.path[std::size(f.path) - 1] == nullptr);  // included deeper than a path is long
      std::copy_backward(f.path, f.path + std::size(f.path) - 1, f.path + std::size(f.path));
      f.path[0] = through;
    }
    fields_.push_back(f);
  }
}

FieldList& FieldList::alias(const char* name, const char* other) {
  for (Field& f : fields_)
    if (std::string_view(f.name) == name) f = f.alias(other);
  return *this;
}

}  // namespace shardplan::json
