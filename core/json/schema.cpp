#include <cmath>

#include "json/node.h"

namespace shardplan::json {
namespace {

class SchemaMaker {
 public:
  explicit SchemaMaker(Side side) : side_(side) {}

  Value definitions = Value::object();

  Value reference(const Type& type) {
    switch (type.kind) {
      case Kind::kBool: return {{"type", "boolean"}};
      case Kind::kInteger: return {{"type", "integer"}};
      case Kind::kNumber: return {{"type", Value::array({"number", "null"})}};
      case Kind::kText: return {{"type", "string"}};
      case Kind::kRaw: return Value::object();
      case Kind::kOptional: return reference(type.element());
      case Kind::kList: return {{"type", "array"}, {"items", reference(type.element())}};
      case Kind::kMap: return {{"type", "object"}, {"additionalProperties", reference(type.element())}};
      case Kind::kTextOrObject: {
        Value any = Value::array();
        any.push_back({{"type", "string"}});
        any.push_back(reference(type.element()));
        return {{"anyOf", any}};
      }
      case Kind::kEnum:
      case Kind::kObject: return define(type);
    }
    return Value::object();
  }

 private:
  Side side_;

  // A response has every field that the writer does not leave out, each under its first name.
  bool is_required(const Field& f) const {
    if (side_ == Side::kResponse) return f.type().kind != Kind::kOptional && !f.is_omitted_when_default;
    return f.is_required && f.other_names().empty();
  }

  Value define(const Type& type) {
    const std::string name = type.name;
    if (!definitions.contains(name)) {
      definitions[name] = Value::object();  // holds the place while a type meets itself
      Value body = type.kind == Kind::kEnum ? enumeration(type) : object(type);
      definitions[name] = std::move(body);
    }
    return {{"$ref", "#/$defs/" + name}};
  }

  static Value enumeration(const Type& type) {
    Value names = Value::array();
    for (const EnumEntry& e : type.entries())
      if (!e.is_alias) names.push_back(e.name);
    return {{"type", "string"}, {"enum", names}};
  }

  static Value bound(double x) { return x == std::floor(x) ? Value(static_cast<int64_t>(x)) : Value(x); }

  // A field's range holds for each number of a list.
  static Value bounded(Value p, const Type& type, const Field& f) {
    const Type& value = type.kind == Kind::kOptional ? type.element() : type;
    if (value.kind == Kind::kList) p["items"] = bounded(std::move(p["items"]), value.element(), f);
    if (value.kind != Kind::kInteger && value.kind != Kind::kNumber) return p;
    if (f.minimum > -1e300) p["minimum"] = bound(f.minimum);
    if (f.maximum < 1e300) p["maximum"] = bound(f.maximum);
    return p;
  }

  Value property(const Field& f) {
    const Type& type = f.type();
    Value p = bounded(reference(type), type, f);
    if (f.accepts_scalar) {
      Value any = Value::array();
      any.push_back(bounded(reference(type.element()), type.element(), f));
      any.push_back(std::move(p));
      p = {{"anyOf", any}};
    }
    const Type& value = type.kind == Kind::kOptional ? type.element() : type;
    if (f.accepts_text && (value.kind == Kind::kInteger || value.kind == Kind::kNumber))
      p["type"] = Value::array({p["type"], "string"});
    if (*f.doc != '\0') p["description"] = f.doc;
    return p;
  }

  Value object(const Type& type) {
    Value properties = Value::object(), required = Value::array();
    for (const Field& f : type.fields()) {
      Value p = property(f);
      for (const char* alias : side_ == Side::kRequest ? f.other_names() : std::span<const char* const>()) {
        properties[alias] = p;
        properties[alias]["deprecated"] = true;
        properties[alias]["description"] = std::string("Another name of ") + f.name + ".";
      }
      properties[f.name] = std::move(p);
      if (is_required(f)) required.push_back(f.name);
    }
    Value out = {{"type", "object"}, {"properties", properties}};
    if (!required.empty()) out["required"] = required;
    if (!type.open) out["additionalProperties"] = false;
    return out;
  }
};

}  // namespace

Document schema_of(const Type& type, const std::string& title, Side side) {
  SchemaMaker maker(side);
  Value body = maker.reference(type);
  Value out = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
  out.update(body);
  if (!maker.definitions.empty()) out["$defs"] = maker.definitions;
  Document document;
  document.node().value = std::move(out);
  return document;
}

}  // namespace shardplan::json
