// The operations: one name, one request schema, one response schema, one line of help and one example each. The command line,
// the JavaScript API, the page's forms and the reference page are made from this table.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/document.h"
#include "json/meta.h"

namespace shardplan::api {

struct Operation {
  std::string name;
  std::string help;     // one line
  std::string example;  // a request that works, as JSON
  const json::Type* request = nullptr;
  const json::Type* response = nullptr;
  std::function<Result<json::Document>(const json::Document&)> run;
  std::string document_field;  // request field that a command line may name by its path alone
  bool is_internal = false;    // a part of another operation, for callers that cut it into pieces
};

const std::vector<Operation>& operations();
const Operation* find_operation(std::string_view name);

// Wraps a typed function: reads the request by its table, writes the response by its table.
template <class Request, class Response>
Operation make_operation(std::string name, std::string help, std::string example, Result<Response> (*run)(const Request&)) {
  Operation op;
  op.name = std::move(name);
  op.help = std::move(help);
  op.example = std::move(example);
  op.request = &json::type_of<Request>();
  op.response = &json::type_of<Response>();
  op.run = [run](const json::Document& document) -> Result<json::Document> {
    Result<Request> request = json::read<Request>(document);
    if (!request) return tl::unexpected<Diagnostics>(request.error());
    Result<Response> response = run(*request);
    if (!response) return tl::unexpected<Diagnostics>(response.error());
    return json::write(*response);
  };
  return op;
}

// One per file in operations/.
Operation recommend_operation();
std::vector<Operation> sliced_recommend_operations();
Operation evaluate_operation();
Operation memory_operation();
Operation validate_operation();
Operation analyze_operation();
Operation presets_operation();
Operation topology_operation();
Operation describe_operation();
Operation health_operation();

}  // namespace shardplan::api
