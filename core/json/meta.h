// Field tables: what a C++ struct looks like as JSON. One table gives the parser, the printer and the JSON Schema
// (json/reader.h, json/writer.h, json/schema.h); nothing lists a struct's fields a second time.
// This header knows nothing of a JSON library, so any room may describe its structs with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace shardplan::json {

// Text of a JSON document that is passed on unread (an uploaded topology, a calibration).
struct RawJson {
  std::string text;  // empty: absent. A JSON string is kept as its content, anything else as its JSON text
  bool operator==(const RawJson&) const = default;
};

struct EnumEntry {
  int value;
  const char* name;
  const char* doc = "";
  bool is_alias = false;  // accepted, never printed or listed
};

struct Field;

enum class Kind { kBool, kInteger, kNumber, kText, kEnum, kRaw, kObject, kList, kOptional, kTextOrObject, kMap };

// A type as the reader, the writer and the schema see it. Members that a kind does not use are null.
struct Type {
  Kind kind;
  const char* name = "";  // objects and enums: the name of their definition in a schema
  // kInteger: sizes differ
  int64_t (*get_integer)(const void*) = nullptr;
  void (*set_integer)(void*, int64_t) = nullptr;
  // kEnum
  std::span<const EnumEntry> (*entries)() = nullptr;
  // kObject
  std::span<const Field> (*fields)() = nullptr;
  bool open = false;  // unknown fields are left alone: documents that are not ours
  // kList, kOptional, kMap
  const Type& (*element)() = nullptr;
  size_t (*size)(const void*) = nullptr;
  const void* (*at)(const void*, size_t) = nullptr;
  void* (*append)(void*) = nullptr;
  void (*clear)(void*) = nullptr;  // kList, kMap
  // kTextOrObject: a name, or the thing itself
  void* (*text_part)(void*) = nullptr;
  void* (*object_part)(void*) = nullptr;
  // kMap: keys beside the elements
  const std::string& (*key_at)(const void*, size_t) = nullptr;
  void* (*insert)(void*, const std::string&) = nullptr;
};

// One field of a struct. A literal, so that a table of them is data and costs no code.
struct Field {
  const char* name = "";
  const char* doc = "";
  const Type& (*type)() = nullptr;
  void* (*path[3])(void*) = {};  // from the struct to the member, through included structs; null-terminated
  const char* aliases[6] = {};   // null-terminated
  bool is_required = false;
  bool is_omitted_when_default = false;  // the writer leaves out zero, false and empty
  bool is_internal = false;              // accepted and printed, but not documented
  bool accepts_scalar = false;           // a list may be written as its only element
  bool accepts_text = false;             // documented as a number that may come as text; the reader takes any number so
  double minimum = -1e300;
  double maximum = 1e300;

  void* of(void* object) const {
    for (auto step : path)
      if (step != nullptr) object = step(object);
    return object;
  }
  const void* of(const void* object) const { return of(const_cast<void*>(object)); }
  std::span<const char* const> other_names() const {
    size_t n = 0;
    while (n < std::size(aliases) && aliases[n] != nullptr) ++n;
    return {aliases, n};
  }

  // clang-format off
  constexpr Field required() const { Field f = *this; f.is_required = true; return f; }
  constexpr Field omit_default() const { Field f = *this; f.is_omitted_when_default = true; return f; }
  constexpr Field internal() const { Field f = *this; f.is_internal = true; return f; }
  constexpr Field at_least(double low) const { Field f = *this; f.minimum = low; return f; }
  constexpr Field range(double low, double high) const { Field f = at_least(low); f.maximum = high; return f; }
  constexpr Field scalar_or_list() const { Field f = *this; f.accepts_scalar = true; return f; }
  constexpr Field or_text() const { Field f = *this; f.accepts_text = true; return f; }
  // clang-format on
  constexpr Field alias(const char* other) const {
    Field f = *this;
    size_t n = 0;
    while (f.aliases[n] != nullptr) ++n;
    f.aliases[n] = other;
    return f;
  }
};

using Fields = std::span<const Field>;

// Specialise for each struct: `static Fields fields();` and `static constexpr const char* kName`.
template <class T>
struct Describe;

// Specialise for each enum: `static std::span<const EnumEntry> entries();` and kName.
template <class E>
struct DescribeEnum;

// A struct that is written as a name or as an object: members `name` (std::string) and `definition`.
template <class T>
concept TextOrObject = requires(T t) {
  t.name;
  t.definition;
  typename T::is_text_or_object;
};

template <class T>
const Type& type_of();

namespace detail {

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

// An ordered map from names to values.
template <class T>
struct IsNamedVector : std::false_type {};
template <class T>
struct IsNamedVector<std::vector<std::pair<std::string, T>>> : std::true_type {};

template <class T>
constexpr Type integer_type() {
  return {.kind = Kind::kInteger,
          .get_integer = [](const void* p) { return static_cast<int64_t>(*static_cast<const T*>(p)); },
          .set_integer = [](void* p, int64_t v) { *static_cast<T*>(p) = static_cast<T>(v); }};
}

template <class E>
constexpr Type enum_type() {
  Type t = integer_type<E>();
  t.kind = Kind::kEnum;
  t.name = DescribeEnum<E>::kName;
  t.entries = &DescribeEnum<E>::entries;
  return t;
}

template <class V>
constexpr Type list_type() {
  using T = typename V::value_type;
  return {.kind = Kind::kList,
          .element = &type_of<T>,
          .size = [](const void* p) { return static_cast<const V*>(p)->size(); },
          .at = [](const void* p, size_t i) -> const void* { return &(*static_cast<const V*>(p))[i]; },
          .append = [](void* p) -> void* { return &static_cast<V*>(p)->emplace_back(); },
          .clear = [](void* p) { static_cast<V*>(p)->clear(); }};
}

template <class V>
constexpr Type map_type() {
  using T = typename V::value_type::second_type;
  return {.kind = Kind::kMap,
          .element = &type_of<T>,
          .size = [](const void* p) { return static_cast<const V*>(p)->size(); },
          .at = [](const void* p, size_t i) -> const void* { return &(*static_cast<const V*>(p))[i].second; },
          .clear = [](void* p) { static_cast<V*>(p)->clear(); },
          .key_at = [](const void* p, size_t i) -> const std::string& { return (*static_cast<const V*>(p))[i].first; },
          .insert = [](void* p, const std::string& key) -> void* {
            return &static_cast<V*>(p)->emplace_back(key, T{}).second;
          }};
}

template <class O>
constexpr Type optional_type() {
  using T = typename O::value_type;
  return {.kind = Kind::kOptional,
          .element = &type_of<T>,
          .size = [](const void* p) -> size_t { return static_cast<const O*>(p)->has_value() ? 1 : 0; },
          .at = [](const void* p, size_t) -> const void* { return &**static_cast<const O*>(p); },
          .append = [](void* p) -> void* { return &static_cast<O*>(p)->emplace(); }};
}

template <class T>
constexpr Type text_or_object_type() {
  using D = typename decltype(T::definition)::value_type;
  return {.kind = Kind::kTextOrObject,
          .element = &type_of<D>,
          .size = [](const void* p) -> size_t { return static_cast<const T*>(p)->definition.has_value() ? 1 : 0; },
          .at = [](const void* p, size_t) -> const void* { return &*static_cast<const T*>(p)->definition; },
          .text_part = [](void* p) -> void* { return &static_cast<T*>(p)->name; },
          .object_part = [](void* p) -> void* { return &static_cast<T*>(p)->definition.emplace(); }};
}

template <class T>
constexpr Type make_type() {
  if constexpr (std::is_same_v<T, bool>) return {.kind = Kind::kBool};
  else if constexpr (std::is_enum_v<T>) return enum_type<T>();
  else if constexpr (std::is_integral_v<T>) return integer_type<T>();
  else if constexpr (std::is_same_v<T, double>) return {.kind = Kind::kNumber};
  else if constexpr (std::is_same_v<T, std::string>) return {.kind = Kind::kText};
  else if constexpr (std::is_same_v<T, RawJson>) return {.kind = Kind::kRaw};
  else if constexpr (IsNamedVector<T>::value) return map_type<T>();
  else if constexpr (IsVector<T>::value) return list_type<T>();
  else if constexpr (IsOptional<T>::value) return optional_type<T>();
  else if constexpr (TextOrObject<T>) return text_or_object_type<T>();
  else {
    Type t{.kind = Kind::kObject, .name = Describe<T>::kName, .fields = &Describe<T>::fields};
    if constexpr (requires { Describe<T>::kOpen; }) t.open = Describe<T>::kOpen;
    return t;
  }
}

template <class M>
struct MemberOf;
template <class S, class T>
struct MemberOf<T S::*> {
  using Struct = S;
  using Value = T;
};

template <auto Member>
void* step_to(void* object) {
  using S = typename MemberOf<decltype(Member)>::Struct;
  return &(static_cast<S*>(object)->*Member);
}

}  // namespace detail

template <class T>
const Type& type_of() {
  static constexpr Type type = detail::make_type<T>();
  return type;
}

// field<&Strategy::tp>("tp", "Tensor-parallel degree.")
template <auto Member>
constexpr Field field(const char* name, const char* doc = "") {
  using T = typename detail::MemberOf<decltype(Member)>::Value;
  Field f;
  f.name = name;
  f.doc = doc;
  f.type = &type_of<T>;
  f.path[0] = &detail::step_to<Member>;
  return f;
}

// Fields of a struct and of the structs that it includes; built once, at first use.
class FieldList {
 public:
  // Appends a member struct's fields as if they were the struct's own; names that are there already win.
  template <auto Member>
  FieldList& include() {
    using T = typename detail::MemberOf<decltype(Member)>::Value;
    append(Describe<T>::fields(), &detail::step_to<Member>);
    return *this;
  }
  FieldList& add(Fields own) {
    append(own, nullptr);
    return *this;
  }
  // Another name for a field of the list, here only.
  FieldList& alias(const char* name, const char* other);
  operator Fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
  void append(Fields more, void* (*through)(void*));
};

}  // namespace shardplan::json
