#include "api/registry.h"

namespace shardplan::api {

const std::vector<Operation>& operations() {
  static const std::vector<Operation> all = [] {
    std::vector<Operation> list = {
        recommend_operation(), evaluate_operation(), memory_operation(),   validate_operation(), analyze_operation(),
        presets_operation(),   topology_operation(), describe_operation(), health_operation(),
    };
    for (Operation& op : sliced_recommend_operations()) list.push_back(std::move(op));
    return list;
  }();
  return all;
}

const Operation* find_operation(std::string_view name) {
  for (const Operation& op : operations())
    if (op.name == name) return &op;
  return nullptr;
}

}  // namespace shardplan::api
