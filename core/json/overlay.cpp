#include "json/overlay.h"

namespace shardplan::json {
namespace {

bool is_stated(const Type& type, const void* value) {
  switch (type.kind) {
    case Kind::kBool: return *static_cast<const bool*>(value);
    case Kind::kNumber: return *static_cast<const double*>(value) != 0;
    case Kind::kText: return !static_cast<const std::string*>(value)->empty();
    case Kind::kRaw: return !static_cast<const RawJson*>(value)->text.empty();
    case Kind::kOptional:
    case Kind::kList:
    case Kind::kMap: return type.size(value) > 0;
    case Kind::kTextOrObject:
      return type.size(value) > 0 ||
             !static_cast<const std::string*>(type.text_part(const_cast<void*>(value)))->empty();
    case Kind::kInteger:
    case Kind::kEnum: return type.get_integer(value) != 0;
    case Kind::kObject: return true;
  }
  return true;
}

}  // namespace

void overlay(const Type& object, void* base, const void* over) {
  for (const Field& field : object.fields())
    if (is_stated(field.type(), field.of(over))) field.type().assign(field.of(base), field.of(over));
}

}  // namespace shardplan::json
