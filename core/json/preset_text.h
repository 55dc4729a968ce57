// What the readers of presets share: problems by file, constants in place of their names.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "json/node.h"
#include "json/presets.h"

namespace shardplan::json {

using Constants = std::map<std::string, double>;

Diagnostics in_file(std::string_view path, Diagnostics problems);

// The file's JSON; null, and a problem noted, where it has none.
Value parsed(const PresetFile& file, Diagnostics& problems);
// The same with every "$name" made that constant's value.
Value substituted(const PresetFile& file, const Constants& constants, Diagnostics& problems);

// Constants of a file, with some set to other values.
std::vector<catalog::Constant> constants_of(const PresetFile& file, const std::vector<ConstantOverride>& overrides,
                                            Diagnostics& problems);
Constants values_of(const std::vector<catalog::Constant>& constants);

template <class T>
Diagnostics read_as(std::string_view path, Value value, std::vector<T>& into) {
  Document document;
  document.node().value = std::move(value);
  return in_file(path, read_into(document, type_of<T>(), &into.emplace_back()));
}

}  // namespace shardplan::json
