#include "captures/xml.h"

#include <algorithm>
#include <rapidxml/rapidxml.hpp>

namespace shardplan::captures {
namespace {

// hwloc's trees of NUMA nodes, caches and cores are 20 deep, PCI trees below them 10.
constexpr int kDeepest = 200;

// An upper bound of the nesting: elements opened and not closed.
bool is_too_deep(std::string_view text) {
  int depth = 0;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '<' && text[i + 1] == '/') depth = std::max(depth - 1, 0);
    else if (text[i] == '<' && text[i + 1] != '!' && text[i + 1] != '?') ++depth;
    else if (text[i] == '/' && text[i + 1] == '>') depth = std::max(depth - 1, 0);
    if (depth > kDeepest) return true;
  }
  return false;
}

using Node = rapidxml::xml_node<char>;

XmlNode copy(const Node& node) {
  XmlNode out;
  out.name.assign(node.name(), node.name_size());
  out.text.assign(node.value(), node.value_size());
  for (const auto* a = node.first_attribute(); a != nullptr; a = a->next_attribute())
    out.attributes.emplace_back(std::string(a->name(), a->name_size()), std::string(a->value(), a->value_size()));
  for (const Node* n = node.first_node(); n != nullptr; n = n->next_sibling())
    if (n->type() == rapidxml::node_element) out.children.push_back(copy(*n));
  return out;
}

}  // namespace

std::string_view XmlNode::operator[](std::string_view attribute) const {
  for (const auto& [key, value] : attributes)
    if (key == attribute) return value;
  return {};
}

const XmlNode* XmlNode::child(std::string_view wanted) const {
  const auto found = std::find_if(children.begin(), children.end(), [&](const XmlNode& n) { return n.name == wanted; });
  return found == children.end() ? nullptr : &*found;
}

std::string_view XmlNode::text_of(std::initializer_list<std::string_view> path) const {
  const XmlNode* node = this;
  for (std::string_view name : path)
    if ((node = node->child(name)) == nullptr) return {};
  return node->text;
}

Result<XmlNode> parse_xml(std::string_view text) {
  if (is_too_deep(text))
    return fail("", "The XML is nested deeper than " + std::to_string(kDeepest) + " elements, or not closed.",
                "Give the file as the tool wrote it.");
  // The parser works in place and reads up to a zero.
  std::vector<char> buffer(text.begin(), text.end());
  std::replace(buffer.begin(), buffer.end(), '\0', ' ');
  buffer.push_back('\0');
  rapidxml::xml_document<char> document;
  try {
    document.parse<rapidxml::parse_no_entity_translation | rapidxml::parse_validate_closing_tags>(buffer.data());
  } catch (const rapidxml::parse_error& error) {
    const auto at = static_cast<size_t>(error.where<char>() - buffer.data());
    const auto line =
        1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min(at, text.size())), '\n');
    return fail("", "The XML ends or breaks in line " + std::to_string(line) + ": " + error.what() + ".",
                "Give the whole file as the tool wrote it.");
  }
  XmlNode root;
  for (const Node* n = document.first_node(); n != nullptr; n = n->next_sibling())
    if (n->type() == rapidxml::node_element) root.children.push_back(copy(*n));
  if (root.children.empty()) return fail("", "The XML has no element.");
  return root.children.size() == 1 ? std::move(root.children.front()) : std::move(root);
}

}  // namespace shardplan::captures
