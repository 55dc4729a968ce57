#include "help.h"

#include <algorithm>
#include <vector>

#include "api/handle.h"
#include "json/view.h"

namespace shardplan::cli {
namespace {

using api::Operation;
using json::Field;
using json::Kind;
using json::View;

constexpr size_t kWidth = 110;
constexpr size_t kLongestLeft = 34;

// Words of `text` after `left`, in lines of their own from column `indent` on where they are many.
void wrapped(const std::string& left, const std::string& text, size_t indent, std::ostream& out) {
  std::string line = left;
  if (line.size() + 2 > indent) {
    out << line << "\n";
    line.clear();
  }
  line.resize(indent, ' ');
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    if (line.size() + (end - begin) > kWidth && line.size() > indent) {
      out << line.substr(0, line.find_last_not_of(' ') + 1) << "\n";
      line.assign(indent, ' ');
    }
    line += text.substr(begin, end - begin) + " ";
    begin = end + 1;
  }
  out << line.substr(0, line.find_last_not_of(' ') + 1) << "\n";
}

std::string about(const Field& field) {
  std::string text = field.doc;
  if (field.is_required) text += " Required.";
  std::string others;
  for (const char* other : field.other_names()) others += (others.empty() ? "" : ", ") + option_name(other);
  if (!others.empty()) text += " Also " + others + ".";
  return text.empty() || text.front() != ' ' ? text : text.substr(1);
}

// In a shell's single quotes where it holds anything but plain characters.
std::string word(const std::string& text) {
  constexpr const char* kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,%+@";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// A request as options: lists of plain values as "4,8", anything deeper as JSON. Empty where a field takes a document,
// which no command line holds.
std::string command_of(const Operation& op) {
  const auto document = json::parse(op.example);
  if (!document) return {};
  std::string out = std::string("shardplan ") + op.name;
  const View request(*document);
  for (size_t i = 0; i < request.size(); ++i) {
    const View value = request.at(i);
    std::string text = value.text();
    for (const Field& field : op.request->fields())
      if (request.key(i) == field.name && value_type(field).kind == Kind::kRaw) return {};
    if (value.is(View::Kind::kList) && value.size() > 0 && !value.at(0).is(View::Kind::kObject)) {
      text.clear();
      for (size_t k = 0; k < value.size(); ++k) text += (k == 0 ? "" : ",") + value.at(k).text();
    }
    out += " " + option_name(request.key(i)) + " " + word(text);
  }
  return out;
}

}  // namespace

std::string option_name(std::string field) {
  std::replace(field.begin(), field.end(), '_', '-');
  return "--" + field;
}

const json::Type& value_type(const Field& field) {
  const json::Type* type = &field.type();
  while (type->kind == Kind::kOptional || type->kind == Kind::kList) type = &type->element();
  return *type;
}

std::string type_name(const Field& field) {
  const bool is_list = field.type().kind == Kind::kList;
  switch (value_type(field).kind) {
    case Kind::kBool: return "true|false";
    case Kind::kInteger: return is_list ? "INT,..." : "INT";
    case Kind::kNumber: return is_list ? "NUMBER,..." : "NUMBER";
    case Kind::kRaw: return "FILE";
    case Kind::kObject:
    case Kind::kMap: return "JSON|FILE";
    case Kind::kTextOrObject: return "NAME|FILE";
    case Kind::kEnum: {
      std::string names;
      for (const json::EnumEntry& e : value_type(field).entries())
        if (!e.is_alias) names += (names.empty() ? "" : "|") + std::string(e.name);
      return names;
    }
    default: return is_list ? "TEXT,..." : "TEXT";
  }
}

void list_operations(std::ostream& out) {
  out << "shardplan " << api::version()
      << ": plans distributed training and serving of language models: what fits, how fast, how dear, how sure.\n\n"
         "  shardplan OPERATION [--field VALUE ...] [--json]\n"
         "  shardplan OPERATION - [--json] < request.json\n"
         "  shardplan OPERATION --help\n";
  size_t width = 0;
  for (const Operation& op : api::operations())
    if (!op.is_internal) width = std::max(width, std::string_view(op.name).size());
  std::string kind;
  for (const Operation& op : api::operations()) {
    if (op.is_internal) continue;
    if (kind != op.kind) out << "\n" << (kind = op.kind) << "\n";
    wrapped(std::string("  ") + op.name, op.help, width + 4, out);
  }
}

void describe_operation(const Operation& op, std::ostream& out) {
  out << "shardplan " << op.name << ": " << op.help << "\n\n  shardplan " << op.name
      << " [--field VALUE ...] [--json]\n"
      << "  shardplan " << op.name << " - [--json] < request.json\n";
  if (*op.document_field != '\0')
    out << "  shardplan " << op.name << " FILE    the same as " << option_name(op.document_field) << " FILE\n";
  size_t width = 0;
  for (const Field& field : op.request->fields()) {
    const size_t left = option_name(field.name).size() + type_name(field).size() + 5;
    if (!field.is_internal && left <= kLongestLeft) width = std::max(width, left);
  }
  bool any = false;
  for (const Field& field : op.request->fields()) {
    if (field.is_internal) continue;
    if (!any) out << "\nFields; a name's words are joined by - or _\n";
    any = true;
    wrapped("  " + option_name(field.name) + " " + type_name(field), about(field), width, out);
  }
  const std::string command = command_of(op);
  out << "\nExample\n  "
      << (command.empty() ? std::string("shardplan ") + op.name + " - <<< " + word(op.example) : command) << "\n";
}

}  // namespace shardplan::cli
