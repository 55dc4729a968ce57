// The names of an enum's values, as responses print them, and the values.
#pragma once

#include <vector>

#include "json/meta.h"

namespace shardplan::json {

template <class E>
const char* enum_name(E value) {
  for (const EnumEntry& e : DescribeEnum<E>::entries())
    if (e.value == static_cast<int>(value) && !e.is_alias) return e.name;
  return "";
}

// Each once, in the order of its table.
template <class E>
std::vector<E> enum_values() {
  std::vector<E> all;
  for (const EnumEntry& e : DescribeEnum<E>::entries())
    if (!e.is_alias) all.push_back(static_cast<E>(e.value));
  return all;
}

}  // namespace shardplan::json
