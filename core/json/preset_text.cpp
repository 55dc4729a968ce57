#include "json/preset_text.h"

#include "json/spec_fields.h"

namespace shardplan::json {

SHARDPLAN_DESCRIBE(catalog::Constant, "constant");
Fields Describe<catalog::Constant>::fields() {
  using C = catalog::Constant;
  static constexpr Field table[] = {
      field<&C::name>("name").required(),
      field<&C::value>("value").required(),
      field<&C::prior>("prior", "Where the fit starts, and is pulled to."),
      field<&C::low>("low").required(),
      field<&C::high>("high").required(),
      field<&C::absorbs>("absorbs", "What the number stands for."),
  };
  return table;
}

namespace {

// Every "$name" in the document becomes that constant's value.
bool substitute(Value& v, const Constants& constants, std::string& unknown) {
  if (v.is_string()) {
    const std::string text = v.get<std::string>();
    if (text.empty() || text.front() != '$') return true;
    const auto it = constants.find(text.substr(1));
    if (it == constants.end()) {
      unknown = text;
      return false;
    }
    v = it->second;
  }
  if (v.is_structured()) {
    for (Value& child : v)
      if (!substitute(child, constants, unknown)) return false;
  }
  return true;
}

}  // namespace

Diagnostics in_file(std::string_view path, Diagnostics problems) {
  for (Diagnostic& d : problems) d.path = std::string(path) + d.path;
  return problems;
}

Value parsed(const PresetFile& file, Diagnostics& problems) {
  Result<Document> document = parse(file.text);
  if (document) return std::move(document->node().value);
  const Diagnostics more = in_file(file.path, document.error());
  problems.insert(problems.end(), more.begin(), more.end());
  return nullptr;
}

Value substituted(const PresetFile& file, const Constants& constants, Diagnostics& problems) {
  Value v = parsed(file, problems);
  std::string unknown;
  if (!substitute(v, constants, unknown))
    problems.push_back({std::string(file.path), "No constant is called '" + unknown + "'.", ""});
  return v;
}

std::vector<catalog::Constant> constants_of(const PresetFile& file, const std::vector<ConstantOverride>& overrides,
                                            Diagnostics& problems) {
  std::vector<catalog::Constant> out;
  for (Value& v : parsed(file, problems)) {
    const Diagnostics more = read_as(file.path, v, out);
    problems.insert(problems.end(), more.begin(), more.end());
  }
  for (const ConstantOverride& o : overrides)
    for (catalog::Constant& c : out)
      if (c.name == o.name) c.value = o.value;
  return out;
}

Constants values_of(const std::vector<catalog::Constant>& constants) {
  Constants out;
  for (const catalog::Constant& c : constants) out[c.name] = c.value;
  return out;
}

}  // namespace shardplan::json
