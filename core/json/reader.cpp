#include <algorithm>
#include <cmath>
#include <utility>

#include "base/decimal.h"
#include "base/text.h"
#include "json/node.h"

namespace shardplan::json {
namespace {

constexpr size_t kMostProblems = 50;
constexpr size_t kLongestQuote = 80;

std::string escape_pointer(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c == '~') out += "~0";
    else if (c == '/') out += "~1";
    else out += c;
  }
  return out;
}

std::string quoted(const Value& v) {
  std::string text = v.dump(-1, ' ', false, Value::error_handler_t::replace);
  return text.size() > kLongestQuote ? text.substr(0, kLongestQuote) + "..." : text;
}

class Reader {
 public:
  Diagnostics problems;

  void object(const Value& in, const Type& type, void* out) {
    if (!in.is_object()) return wrong(in, std::string("an object (") + type.name + ")");
    for (auto it = in.begin(); it != in.end(); ++it) {
      const std::string& name = it.key();
      const Value& value = it.value();
      const Field* field = find(type.fields(), name);
      if (field == nullptr) {
        if (!type.open) unknown(name, type.fields());
        continue;
      }
      if (value.is_null()) continue;  // as if absent
      const std::string other = type.open ? "" : other_name_given(in, *field, name);
      if (!other.empty()) {
        note(name, join({"'", name, "' and '", other, "' say the same thing; give one of them."}, ""), "");
        continue;
      }
      descend(name, [&] { member(value, *field, field->of(out)); });
    }
    for (const Field& field : type.fields()) {
      if (field.is_required && !present(in, field))
        note(field.name, std::string("'") + field.name + "' is missing.", field.doc);
    }
  }

  void value(const Value& in, const Type& type, void* out, const Field* field) {
    switch (type.kind) {
      case Kind::kBool: return boolean(in, out);
      case Kind::kInteger: return integer(in, type, out, field);
      case Kind::kNumber: return number(in, out, field);
      case Kind::kText: return text(in, out);
      case Kind::kEnum: return enumeration(in, type, out);
      case Kind::kRaw: return raw(in, out);
      case Kind::kObject: return object(in, type, out);
      case Kind::kList: return list(in, type, out, field);
      case Kind::kOptional: return value(in, type.element(), type.append(out), field);
      case Kind::kMap: return map(in, type, out);
      case Kind::kTextOrObject:
        if (in.is_string()) return text(in, type.text_part(out));
        if (in.is_object()) return object(in, type.element(), type.object_part(out));
        return wrong(in, "a name or an object");
    }
  }

 private:
  std::string path_;
  const Field* field_ = nullptr;  // whose value is read

  static const Field* find(Fields fields, const std::string& name) {
    for (const Field& f : fields) {
      if (name == f.name) return &f;
      for (const char* alias : f.other_names())
        if (name == alias) return &f;
    }
    return nullptr;
  }

  static bool is_given(const Value& in, const char* name) {
    const auto it = in.find(name);
    return it != in.end() && !it->is_null();
  }

  static bool present(const Value& in, const Field& field) {
    const auto aliases = field.other_names();
    return is_given(in, field.name) ||
           std::any_of(aliases.begin(), aliases.end(), [&](const char* alias) { return is_given(in, alias); });
  }

  // The name that wins over this one where both are given: the field's own, or an alias that stands before it in the
  // table.
  static std::string other_name_given(const Value& in, const Field& field, const std::string& name) {
    if (name == field.name) return "";
    if (is_given(in, field.name)) return field.name;
    for (const char* alias : field.other_names()) {
      if (name == alias) break;
      if (is_given(in, alias)) return alias;
    }
    return "";
  }

  template <class F>
  void descend(const std::string& name, F&& f) {
    const size_t length = path_.size();
    path_ += "/" + escape_pointer(name);
    f();
    path_.resize(length);
  }

  void add(Diagnostic d) {
    if (problems.size() < kMostProblems) problems.push_back(std::move(d));
  }
  void note(const std::string& name, std::string message, std::string hint) {
    add({path_ + "/" + escape_pointer(name), std::move(message), std::move(hint)});
  }
  void wrong(const Value& in, const std::string& wanted) {
    add({path_, "Expected " + wanted + ", got " + quoted(in) + ".", field_ != nullptr ? field_->doc : ""});
  }
  void unknown(const std::string& name, Fields fields) {
    std::vector<std::string> known;
    for (const Field& f : fields) {
      if (f.is_internal) continue;
      known.emplace_back(f.name);
      for (const char* alias : f.other_names()) known.emplace_back(alias);
    }
    const std::string near = nearest_name(name, known);
    note(name, "Unknown field '" + name.substr(0, kLongestQuote) + "'.",
         known.empty()  ? "No fields are known here."
         : near.empty() ? "Known fields: " + join(known, ", ") + "."
                        : "Did you mean '" + near + "'?");
  }

  void member(const Value& in, const Field& field, void* out) {
    const Field* outer = std::exchange(field_, &field);
    value(in, field.type(), out, &field);
    field_ = outer;
  }

  void boolean(const Value& in, void* out) {
    if (in.is_boolean()) *static_cast<bool*>(out) = in.get<bool>();
    else if (in == "true") *static_cast<bool*>(out) = true;
    else if (in == "false") *static_cast<bool*>(out) = false;
    else wrong(in, "true or false");
  }

  // Numbers may come as text ("8"), as query strings and command lines give them.
  std::optional<double> numeric(const Value& in) {
    if (in.is_number()) return in.get<double>();
    if (!in.is_string()) return std::nullopt;
    const auto& text = in.get_ref<const std::string&>();
    if (text.empty() || text.size() > 40) return std::nullopt;
    if (text.find_first_not_of("0123456789+-.eE") != std::string::npos) return std::nullopt;
    const LeadingNumber number = leading_number(text);
    if (number.length != text.size()) return std::nullopt;
    return number.value;
  }

  bool in_range(const Value& in, double v, const Field* field) {
    if (!std::isfinite(v)) {
      wrong(in, "a finite number");
      return false;
    }
    if (field == nullptr || (v >= field->minimum && v <= field->maximum)) return true;
    std::string range;
    if (field->maximum < 1e300 && field->minimum > -1e300)
      range = "from " + number_text(field->minimum, 12) + " to " + number_text(field->maximum, 12);
    else if (field->minimum > -1e300) range = "of at least " + number_text(field->minimum, 12);
    else range = "of at most " + number_text(field->maximum, 12);
    add({path_, std::string("'") + field->name + "' must be a number " + range + ", got " + quoted(in) + ".",
         field->doc});
    return false;
  }

  void integer(const Value& in, const Type& type, void* out, const Field* field) {
    const auto parsed = numeric(in);
    if (!parsed) return wrong(in, "a whole number");
    if (!in_range(in, *parsed, field)) return;
    if (*parsed != std::floor(*parsed) || std::fabs(*parsed) > 9e15) return wrong(in, "a whole number");
    type.set_integer(out, static_cast<int64_t>(*parsed));
    if (type.get_integer(out) != static_cast<int64_t>(*parsed)) wrong(in, "a smaller whole number");
  }

  void number(const Value& in, void* out, const Field* field) {
    const auto parsed = numeric(in);
    if (!parsed) return wrong(in, "a number");
    if (in_range(in, *parsed, field)) *static_cast<double*>(out) = *parsed;
  }

  void text(const Value& in, void* out) {
    if (!in.is_string()) return wrong(in, "text");
    *static_cast<std::string*>(out) = in.get<std::string>();
  }

  void raw(const Value& in, void* out) {
    static_cast<RawJson*>(out)->text =
        in.is_string() ? in.get<std::string>() : in.dump(-1, ' ', false, Value::error_handler_t::replace);
  }

  void enumeration(const Value& in, const Type& type, void* out) {
    std::vector<std::string> names;
    if (in.is_string()) {
      const std::string wanted = lower_case(in.get_ref<const std::string&>());
      for (const EnumEntry& e : type.entries()) {
        if (wanted == e.name) return type.set_integer(out, e.value);
      }
    }
    for (const EnumEntry& e : type.entries())
      if (!e.is_alias) names.emplace_back(e.name);
    const std::string near = in.is_string() ? nearest_name(in.get_ref<const std::string&>(), names) : "";
    add({path_, "Expected one of " + join(names, ", ") + ", got " + quoted(in) + ".",
         near.empty() ? "" : "Did you mean '" + near + "'?"});
  }

  void list(const Value& in, const Type& type, void* out, const Field* field) {
    if (!in.is_array()) {
      if (field != nullptr && field->accepts_scalar) return value(in, type.element(), type.append(out), field);
      return wrong(in, "a list");
    }
    size_t index = 0;
    for (const Value& element : in) {
      descend(std::to_string(index++), [&] { value(element, type.element(), type.append(out), field); });
      if (problems.size() >= kMostProblems) return;
    }
  }

  void map(const Value& in, const Type& type, void* out) {
    if (!in.is_object()) return wrong(in, "an object");
    for (auto it = in.begin(); it != in.end(); ++it)
      descend(it.key(), [&] { value(it.value(), type.element(), type.insert(out, it.key()), nullptr); });
  }
};

}  // namespace

Diagnostics read_into(const Document& document, const Type& type, void* out) {
  Reader reader;
  reader.value(document.node().value, type, out, nullptr);
  return std::move(reader.problems);
}

}  // namespace shardplan::json
