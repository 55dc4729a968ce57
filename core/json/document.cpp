#include "json/document.h"

#include <set>

#include "json/node.h"

namespace shardplan::json {

Document::Document() : node_(std::make_unique<Node>()) {}
Document::~Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;

namespace {

constexpr int kDeepestNesting = 64;

// Follows the parser to refuse what a field table could never mean: deep nesting and a name given twice.
class Watcher {
 public:
  bool operator()(int depth, Value::parse_event_t event, Value& parsed) {
    using Event = Value::parse_event_t;
    if (!problem_.empty()) return false;
    if (depth > kDeepestNesting) problem_ = "The document is nested more than 64 levels deep.";
    if (event == Event::object_start) keys_.emplace_back();
    if (event == Event::object_end && !keys_.empty()) keys_.pop_back();
    if (event == Event::key && !keys_.empty()) {
      auto& seen = keys_.back();
      const auto& key = parsed.get_ref<const std::string&>();
      if (!seen.insert(key).second) problem_ = "The name '" + key.substr(0, 80) + "' is given twice in one object.";
    }
    return problem_.empty();
  }
  const std::string& problem() const { return problem_; }

 private:
  std::vector<std::set<std::string>> keys_;
  std::string problem_;
};

}  // namespace

Result<Document> parse(std::string_view text, size_t limit_bytes) {
  if (text.size() > limit_bytes)
    return fail("", "The document has " + std::to_string(text.size() >> 20) + " MiB; at most " +
                        std::to_string(limit_bytes >> 20) + " MiB are read.");
  Document document;
  auto watcher = std::make_shared<Watcher>();
  try {
    document.node().value = Value::parse(
        text.data(), text.data() + text.size(),
        [watcher](int depth, Value::parse_event_t event, Value& parsed) { return (*watcher)(depth, event, parsed); });
  } catch (const Value::parse_error& error) {
    return fail("", "The request is not JSON: the text stops making sense at byte " + std::to_string(error.byte) + ".",
                "Check quotes, commas and brackets around that place.");
  } catch (const Value::exception&) {
    return fail("", "The request is not JSON that can be read, such as a number that is out of range.");
  }
  if (!watcher->problem().empty()) return fail("", watcher->problem());
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
