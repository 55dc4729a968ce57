// Structs laid over each other by their field tables: what one request says over what another says.
#pragma once

#include "json/meta.h"

namespace shardplan::json {

// Copies the fields that `over` states to `base`, lists whole. Absent, empty, zero and false state nothing.
void overlay(const Type& object, void* base, const void* over);

template <class T>
T overlaid(T base, const T& over) {
  overlay(type_of<T>(), &base, &over);
  return base;
}

}  // namespace shardplan::json
