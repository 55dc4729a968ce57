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

// Kind by kind: a copy function of each type would cost the page's first load kilobytes.
void assign(const Type& type, void* to, const void* from) {
  switch (type.kind) {
    case Kind::kBool: *static_cast<bool*>(to) = *static_cast<const bool*>(from); break;
    case Kind::kNumber: *static_cast<double*>(to) = *static_cast<const double*>(from); break;
    case Kind::kText: *static_cast<std::string*>(to) = *static_cast<const std::string*>(from); break;
    case Kind::kRaw: *static_cast<RawJson*>(to) = *static_cast<const RawJson*>(from); break;
    case Kind::kInteger:
    case Kind::kEnum: type.set_integer(to, type.get_integer(from)); break;
    case Kind::kObject:
      for (const Field& f : type.fields()) assign(f.type(), f.of(to), f.of(from));
      break;
    case Kind::kOptional:
      if (type.size(from) > 0) assign(type.element(), type.append(to), type.at(from, 0));
      break;
    case Kind::kList:
      type.clear(to);
      for (size_t i = 0; i < type.size(from); ++i) assign(type.element(), type.append(to), type.at(from, i));
      break;
    case Kind::kMap:
      type.clear(to);
      for (size_t i = 0; i < type.size(from); ++i)
        assign(type.element(), type.insert(to, type.key_at(from, i)), type.at(from, i));
      break;
    case Kind::kTextOrObject:
      *static_cast<std::string*>(type.text_part(to)) =
          *static_cast<const std::string*>(type.text_part(const_cast<void*>(from)));
      if (type.size(from) > 0) assign(type.element(), type.object_part(to), type.at(from, 0));
      break;
  }
}

}  // namespace

void overlay(const Type& object, void* base, const void* over) {
  for (const Field& field : object.fields())
    if (is_stated(field.type(), field.of(over))) assign(field.type(), field.of(base), field.of(over));
}

}  // namespace shardplan::json
