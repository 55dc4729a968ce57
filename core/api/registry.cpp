#include "api/registry.h"

namespace shardplan::api {

const Operation* find_operation(std::string_view name) {
  for (const Operation& op : operations())
    if (name == op.name) return &op;
  return nullptr;
}

}  // namespace shardplan::api
