#include "json/view.h"

#include "json/node.h"

namespace shardplan::json {
namespace {

const Value& value_of(const void* p) {
  static const Value none;
  return p != nullptr ? *static_cast<const Value*>(p) : none;
}

}  // namespace

View::View(const Document& document) : value_(&document.node().value) {}

View::Kind View::kind() const {
  const Value& v = value_of(value_);
  if (v.is_boolean()) return Kind::kBool;
  if (v.is_number()) return Kind::kNumber;
  if (v.is_string()) return Kind::kText;
  if (v.is_array()) return Kind::kList;
  if (v.is_object()) return Kind::kObject;
  return Kind::kAbsent;
}

bool View::boolean() const { return is(Kind::kBool) && value_of(value_).get<bool>(); }
double View::number() const { return is(Kind::kNumber) ? value_of(value_).get<double>() : 0; }

std::string View::text() const {
  const Value& v = value_of(value_);
  return v.is_string() ? v.get<std::string>() : v.dump(-1, ' ', false, Value::error_handler_t::replace);
}

size_t View::size() const { return value_of(value_).is_structured() ? value_of(value_).size() : 0; }

View View::at(size_t index) const {
  const Value& v = value_of(value_);
  if (index >= size()) return View();
  if (v.is_array()) return View(static_cast<const void*>(&v[index]));
  return View(static_cast<const void*>(&std::next(v.begin(), static_cast<std::ptrdiff_t>(index)).value()));
}

std::string View::key(size_t index) const {
  const Value& v = value_of(value_);
  return v.is_object() && index < v.size() ? std::next(v.begin(), static_cast<std::ptrdiff_t>(index)).key()
                                           : std::string();
}

View View::operator[](std::string_view name) const {
  const Value& v = value_of(value_);
  if (!v.is_object()) return View();
  const auto it = v.find(std::string(name));
  return it == v.end() ? View() : View(static_cast<const void*>(&it.value()));
}

std::string quoted(std::string_view text) {
  return Value(std::string(text)).dump(-1, ' ', false, Value::error_handler_t::replace);
}

}  // namespace shardplan::json
