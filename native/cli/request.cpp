#include "request.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "api/handle.h"
#include "help.h"
#include "json/view.h"

namespace shardplan::cli {
namespace {

using api::Operation;
using json::Field;
using json::Kind;

constexpr int kWrongRequest = 2;

std::string read_stream(std::istream& in) { return {std::istreambuf_iterator<char>(in), {}}; }

// A file's text; "-" is standard input.
std::string read_document(const std::string& path) {
  if (path == "-") return read_stream(std::cin);
  std::ifstream file(path, std::ios::binary);
  if (!file) throw CLI::ValidationError(path, "cannot be read");
  return read_stream(file);
}

bool is_list(const Field& field) { return field.type().kind == Kind::kList; }

bool looks_like_json(const std::string& text) { return !text.empty() && (text.front() == '{' || text.front() == '['); }

bool is_readable_json_file(const std::string& text) {
  return text.size() > 5 && text.compare(text.size() - 5, 5, ".json") == 0 && std::ifstream(text).good();
}

std::string json_value(const Field& field, const std::string& text) {
  switch (value_type(field).kind) {
    case Kind::kRaw: return json::quoted(read_document(text));
    case Kind::kObject:
    case Kind::kMap: return looks_like_json(text) ? text : read_document(text);
    case Kind::kTextOrObject:
      if (looks_like_json(text)) return text;
      return is_readable_json_file(text) ? read_document(text) : json::quoted(text);
    default: return json::quoted(text);
  }
}

// "4,8" and repeated options are lists.
std::vector<std::string> split(const std::vector<std::string>& given) {
  std::vector<std::string> out;
  for (const std::string& text : given) {
    size_t begin = 0;
    for (size_t comma = text.find(','); comma != std::string::npos; comma = text.find(',', begin)) {
      out.push_back(text.substr(begin, comma - begin));
      begin = comma + 1;
    }
    out.push_back(text.substr(begin));
  }
  return out;
}

std::string member(const Field& field, const std::vector<std::string>& given) {
  std::string value;
  if (is_list(field) && value_type(field).kind != Kind::kObject) {
    for (const std::string& element : split(given)) value += (value.empty() ? "[" : ", ") + json_value(field, element);
    value += "]";
  } else {
    value = json_value(field, given.back());
  }
  return json::quoted(field.name) + ": " + value;
}

// Options of one operation, by their fields; both --seq-length and --seq_length work.
class Options {
 public:
  Options(CLI::App& app, const Operation& op) {
    for (const Field& field : op.request->fields()) {
      if (field.is_internal) continue;
      std::string names = option_name(field.name);
      const auto add = [&](const std::string& name) {
        if (("," + names + ",").find("," + name + ",") == std::string::npos) names += "," + name;
      };
      add(std::string("--") + field.name);
      for (const char* alias : field.other_names()) {
        add(option_name(alias));
        add(std::string("--") + alias);
      }
      const bool flag = value_type(field).kind == Kind::kBool;
      CLI::Option* option = app.add_option(names, given_[&field], field.doc);
      option->type_name(type_name(field));
      if (flag) option->expected(0, 1)->default_str("true");
      else option->allow_extra_args(false);
    }
  }

  std::string request() const {
    std::string out;
    for (const auto& [field, values] : given_)
      if (!values.empty()) out += (out.empty() ? "{" : ", ") + member(*field, values);
    return out.empty() ? "{}" : out + "}";
  }
  void set(const Field* field, std::vector<std::string> values) { given_[field] = std::move(values); }
  bool empty() const {
    return std::all_of(given_.begin(), given_.end(), [](const auto& g) { return g.second.empty(); });
  }

 private:
  std::map<const Field*, std::vector<std::string>> given_;
};

const Field* document_field(const Operation& op) {
  for (const Field& f : op.request->fields())
    if (std::string_view(f.name) == op.document_field) return &f;
  return nullptr;
}

// A first word that names nothing: the core says which operation was meant.
std::optional<Command> misspelt_operation(const std::vector<std::string>& words) {
  if (words.empty() || words[0].front() == '-' || api::find_operation(words[0]) != nullptr) return std::nullopt;
  return Command{words[0], "{}", std::count(words.begin(), words.end(), "--json") > 0};
}

bool asks_for_help(const std::string& word) { return word == "--help" || word == "-h"; }

// The words with `help OPERATION` said as `OPERATION --help`.
std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  words.erase(std::remove(words.begin(), words.end(), ""), words.end());
  if (words.empty()) return {"--help"};
  if (words[0] == "help") {
    words.erase(words.begin());
    words.insert(words.empty() ? words.begin() : words.begin() + 1, "--help");
  }
  return words;
}

}  // namespace

Parsed parse(int argc, char** argv) {
  const std::vector<std::string> words = words_of(argc, argv);
  if (asks_for_help(words[0])) {
    list_operations(std::cout);
    return {};
  }
  if (const auto command = misspelt_operation(words)) return {command, 0};
  const Operation* named = api::find_operation(words[0]);
  if (named != nullptr && std::any_of(words.begin(), words.end(), asks_for_help)) {
    describe_operation(*named, std::cout);
    return {};
  }
  CLI::App app;
  app.set_version_flag("--version", std::string(api::version()));
  app.require_subcommand(1);
  Command command;
  std::map<const CLI::App*, const Operation*> operation_of;
  std::map<const CLI::App*, Options> options_of;
  std::map<const CLI::App*, std::vector<std::string>> positional_of;
  for (const Operation& op : api::operations()) {
    CLI::App* sub = app.add_subcommand(op.name, op.help);
    sub->add_flag("--json", command.json, "Print the response as JSON.");
    sub->add_option("request", positional_of[sub],
                    *op.document_field == '\0'
                        ? "- for a JSON request on standard input"
                        : std::string("- for a JSON request on standard input, or a file: ") + op.document_field)
        ->expected(0, document_field(op) != nullptr && is_list(*document_field(op)) ? -1 : 1);
    operation_of[sub] = &op;
    options_of.emplace(sub, Options(*sub, op));
  }
  try {
    app.parse(argc, argv);
    const CLI::App* chosen = app.get_subcommands().front();
    const Operation& op = *operation_of.at(chosen);
    Options& options = options_of.at(chosen);
    command.operation = op.name;
    const std::vector<std::string>& positional = positional_of.at(chosen);
    const Field* document = document_field(op);
    if (!positional.empty() && positional.front() == "-" && (document == nullptr || options.empty())) {
      command.request = read_stream(std::cin);
    } else {
      if (!positional.empty() && document == nullptr)
        throw CLI::ValidationError(positional.front(), "is not understood; did you mean '-'?");
      if (!positional.empty()) options.set(document, positional);
      command.request = options.request();
    }
    return {command, 0};
  } catch (const CLI::ParseError& error) {
    return {std::nullopt, app.exit(error) == 0 ? 0 : kWrongRequest};
  }
}

}  // namespace shardplan::cli
