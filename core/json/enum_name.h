// The name of an enum's value, as responses print it.
#pragma once

#include "json/meta.h"

namespace shardplan::json {

template <class E>
const char* enum_name(E value) {
  for (const EnumEntry& e : DescribeEnum<E>::entries())
    if (e.value == static_cast<int>(value) && !e.is_alias) return e.name;
  return "";
}

}  // namespace shardplan::json
