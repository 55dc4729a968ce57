#include "json/document.h"

#include <set>
#include <string>
#include <vector>

#include "json/node.h"

namespace shardplan::json {

Document::Document() : node_(std::make_unique<Node>()) {}
Document::~Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;

namespace {

constexpr size_t kDeepestNesting = 64;

// Builds the value from the parser's events. It refuses what a field table could never mean: deep nesting and a name
// given twice.
class Builder final : public nlohmann::json_sax<Value> {
 public:
  explicit Builder(Value& root) : root_(root) {}

  const Diagnostic& problem() const { return problem_; }

  // clang-format off
  bool null() override { return add(nullptr) != nullptr; }
  bool boolean(bool v) override { return add(v) != nullptr; }
  bool number_integer(int64_t v) override { return add(v) != nullptr; }
  bool number_unsigned(uint64_t v) override { return add(v) != nullptr; }
  bool number_float(double v, const std::string&) override { return add(v) != nullptr; }
  bool string(std::string& v) override { return add(std::move(v)) != nullptr; }
  bool binary(binary_t&) override { return false; }  // not in JSON text
  bool start_object(size_t) override { return open(Value::object()); }
  bool start_array(size_t) override { return open(Value::array()); }
  bool end_object() override { open_.pop_back(); return true; }
  bool end_array() override { open_.pop_back(); return true; }
  // clang-format on

  bool key(std::string& name) override {
    if (!open_.back().names.insert(name).second)
      return refuse({"", "The name '" + name.substr(0, 80) + "' is given twice in one object.", ""});
    name_ = std::move(name);
    return true;
  }

  bool parse_error(size_t byte, const std::string&, const Value::exception& error) override {
    constexpr int kNumberOutOfRange = 406;
    if (error.id == kNumberOutOfRange)
      return refuse({"", "The request is not JSON that can be read, such as a number that is out of range.", ""});
    return refuse({"", "The request is not JSON: the text stops making sense at byte " + std::to_string(byte) + ".",
                   "Check quotes, commas and brackets around that place."});
  }

 private:
  struct Open {
    Value* value;
    std::set<std::string> names;
  };
  Value& root_;
  std::vector<Open> open_;
  std::string name_;
  Diagnostic problem_;

  bool refuse(Diagnostic problem) {
    problem_ = std::move(problem);
    return false;
  }

  Value* add(Value value) {
    if (open_.empty()) return &(root_ = std::move(value));
    Value& into = *open_.back().value;
    if (into.is_array()) return &into.get_ref<Value::array_t&>().emplace_back(std::move(value));
    // As a list of members: the object's own functions would look for the name first, one by one.
    std::vector<Value::object_t::value_type>& members = into.get_ref<Value::object_t&>();
    return &members.emplace_back(std::move(name_), std::move(value)).second;
  }

  bool open(Value empty) {
    if (open_.size() >= kDeepestNesting) return refuse({"", "The document is nested more than 64 levels deep.", ""});
    Value* value = add(std::move(empty));
    open_.push_back({value, {}});
    return true;
  }
};

}  // namespace

Result<Document> parse(std::string_view text, size_t limit_bytes) {
  if (text.size() > limit_bytes)
    return fail("", "The document has " + std::to_string(text.size() >> 20) + " MiB; at most " +
                        std::to_string(limit_bytes >> 20) + " MiB are read.");
  Document document;
  Builder builder(document.node().value);
  if (!Value::sax_parse(text.data(), text.data() + text.size(), &builder))
    return tl::unexpected<Diagnostics>(Diagnostics{builder.problem()});
  return document;
}

std::string print(const Document& document) {
  return document.node().value.dump(-1, ' ', false, Value::error_handler_t::replace);
}

bool unwrap_request(Document& document, std::string& operation) {
  Value& v = document.node().value;
  if (!v.is_object() || !v.contains("operation") || !v.contains("request") || !v["operation"].is_string()) return false;
  operation = v["operation"].get<std::string>();
  Value request = std::move(v["request"]);
  v = std::move(request);
  return true;
}

std::string print_error(const Diagnostics& problems, const char* type_name) {
  const auto add = [](Value& to, const char* name, const std::string& text) { to[name] = text; };
  Value out = Value::object(), list = Value::array();
  const Diagnostic none{"", "Unknown fault.", ""};
  const Diagnostic& first = problems.empty() ? none : problems.front();
  add(out, "error", first.message);
  add(out, "type", type_name);
  add(out, "field", first.path);
  add(out, "hint", first.hint);
  for (const Diagnostic& d : problems) {
    Value entry = Value::object();
    add(entry, "error", d.message);
    add(entry, "field", d.path);
    if (!d.hint.empty()) add(entry, "hint", d.hint);
    list.push_back(std::move(entry));
  }
  out["problems"] = std::move(list);
  return out.dump(-1, ' ', false, Value::error_handler_t::replace);
}

}  // namespace shardplan::json
