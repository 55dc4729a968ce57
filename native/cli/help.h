// What `shardplan help` and `shardplan OPERATION --help` print, made from the registry.
#pragma once

#include <ostream>
#include <string>

#include "api/registry.h"

namespace shardplan::cli {

void list_operations(std::ostream& out);
void describe_operation(const api::Operation& operation, std::ostream& out);

// "seq_length" -> "--seq-length".
std::string option_name(std::string field);
// A field's value as help shows it: INT, NAME|FILE, bf16|fp16, ...
std::string type_name(const json::Field& field);
// The type below optional and list.
const json::Type& value_type(const json::Field& field);

}  // namespace shardplan::cli
