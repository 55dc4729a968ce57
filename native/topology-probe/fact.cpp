#include "fact.h"

#include <algorithm>

namespace shardplan::probe {

const char* name_of(Status status) {
  switch (status) {
    case Status::kValue: return "value";
    case Status::kNotSupported: return "not_supported";
    case Status::kNoPermission: return "no_permission";
    case Status::kMissingSymbol: return "missing_symbol";
    case Status::kError: break;
  }
  return "error";
}

Fact known(Value value) { return {Status::kValue, std::move(value), 0, ""}; }
Fact known(const char* text) { return known(Value(std::string(text))); }
Fact known(int value) { return known(Value(static_cast<int64_t>(value))); }
Fact unknown(Status status, int code, std::string text) { return {status, {}, code, std::move(text)}; }

void Facts::set(const std::string& name, Fact fact) {
  for (auto& [other, old] : facts_)
    if (other == name) {
      old = std::move(fact);
      return;
    }
  facts_.emplace_back(name, std::move(fact));
}

void Facts::offer(const std::string& name, Fact fact) {
  const Fact* old = find(name);
  if (old == nullptr || !old->known()) set(name, std::move(fact));
}

void Facts::erase(const std::string& name) {
  facts_.erase(std::remove_if(facts_.begin(), facts_.end(), [&](const auto& f) { return f.first == name; }),
               facts_.end());
}

const Fact* Facts::find(const std::string& name) const {
  for (const auto& [other, fact] : facts_)
    if (other == name) return &fact;
  return nullptr;
}

std::optional<double> Facts::number(const std::string& name) const {
  const Fact* fact = find(name);
  if (fact == nullptr || !fact->known()) return std::nullopt;
  if (const auto* whole = std::get_if<int64_t>(&fact->value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&fact->value)) return *real;
  return std::nullopt;
}

std::optional<bool> Facts::flag(const std::string& name) const {
  const Fact* fact = find(name);
  if (fact == nullptr || !fact->known()) return std::nullopt;
  if (const auto* flag = std::get_if<bool>(&fact->value)) return *flag;
  return std::nullopt;
}

std::string Facts::text(const std::string& name) const {
  const Fact* fact = find(name);
  if (fact == nullptr || !fact->known()) return "";
  const auto* text = std::get_if<std::string>(&fact->value);
  return text != nullptr ? *text : "";
}

}  // namespace shardplan::probe
