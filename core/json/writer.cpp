#include <cmath>

#include "base/decimal.h"
#include "json/node.h"

namespace shardplan::json {
namespace {

// Nine significant digits: more than any estimate is worth, and text that does not end in ...99999999.
constexpr int kDigits = 9;

Value number(double x) {
  if (!std::isfinite(x)) return nullptr;
  const double r = round_to_digits(x, kDigits);
  if (r == std::floor(r) && std::fabs(r) < 1e15) return static_cast<int64_t>(r);
  return r;
}

const char* enum_name(const Type& type, const void* in) {
  const int64_t value = type.get_integer(in);
  for (const EnumEntry& e : type.entries())
    if (e.value == value && !e.is_alias) return e.name;
  return "";
}

Value raw(const RawJson& in) {
  if (in.text.empty()) return nullptr;
  Result<Document> parsed = parse(in.text);
  return parsed ? std::move(parsed->node().value) : Value(in.text);
}

bool is_default(const Value& v) {
  if (v.is_string()) return v.get_ref<const std::string&>().empty();
  return v.is_null() || (v.is_number() && v == 0) || v == false || (v.is_structured() && v.empty());
}

Value write_value(const Type& type, const void* in);

Value write_object(const Type& type, const void* in) {
  Value out = Value::object();
  for (const Field& field : type.fields()) {
    Value v = write_value(field.type(), field.of(in));
    const bool absent = field.type().kind == Kind::kOptional && v.is_null();
    if (absent || (field.is_omitted_when_default && is_default(v))) continue;
    out[field.name] = std::move(v);
  }
  return out;
}

Value write_value(const Type& type, const void* in) {
  switch (type.kind) {
    case Kind::kBool: return *static_cast<const bool*>(in);
    case Kind::kInteger: return type.get_integer(in);
    case Kind::kNumber: return number(*static_cast<const double*>(in));
    case Kind::kText: return *static_cast<const std::string*>(in);
    case Kind::kEnum: return enum_name(type, in);
    case Kind::kRaw: return raw(*static_cast<const RawJson*>(in));
    case Kind::kObject: return write_object(type, in);
    case Kind::kOptional: return type.size(in) == 0 ? Value(nullptr) : write_value(type.element(), type.at(in, 0));
    case Kind::kTextOrObject:
      if (type.size(in) > 0) return write_value(type.element(), type.at(in, 0));
      return *static_cast<const std::string*>(type.text_part(const_cast<void*>(in)));
    case Kind::kList: {
      Value out = Value::array();
      for (size_t i = 0; i < type.size(in); ++i) out.push_back(write_value(type.element(), type.at(in, i)));
      return out;
    }
    case Kind::kMap: {
      Value out = Value::object();
      for (size_t i = 0; i < type.size(in); ++i) out[type.key_at(in, i)] = write_value(type.element(), type.at(in, i));
      return out;
    }
  }
  return nullptr;
}

}  // namespace

Document write_from(const Type& type, const void* value) {
  Document document;
  document.node().value = write_value(type, value);
  return document;
}

}  // namespace shardplan::json
