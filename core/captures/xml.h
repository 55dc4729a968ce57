// A parsed XML document, opaque to the importers: RapidXML behind it, with a limit on depth (it recurses) and without
// entities or DTDs of the document's own.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace shardplan::captures {

struct XmlNode {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text;
  std::vector<XmlNode> children;

  // Empty where there is none.
  std::string_view operator[](std::string_view attribute) const;
  // The first child of that name; null where there is none.
  const XmlNode* child(std::string_view name) const;
  // Text of a path of children; empty where there is none.
  std::string_view text_of(std::initializer_list<std::string_view> path) const;
};

// The root. Several roots, as a fragment has, stand below a root without a name. Errors name the line.
Result<XmlNode> parse_xml(std::string_view text);

}  // namespace shardplan::captures
