#include "api/registry.h"

namespace shardplan::api {

const Operation* find_operation(std::string_view name) {
  for (const Operation& op : operations())
    if (name == op.name) return &op;
  return nullptr;
}

Operation heading(const char* kind) {
  Operation op{"", "", ""};
  op.kind = kind;
  return op;
}

std::vector<Operation> grouped(std::initializer_list<Operation> list) {
  std::vector<Operation> out;
  const char* kind = "";
  for (Operation op : list) {
    if (*op.name == '\0') kind = op.kind;
    else {
      op.kind = kind;
      out.push_back(op);
    }
  }
  return out;
}

}  // namespace shardplan::api
