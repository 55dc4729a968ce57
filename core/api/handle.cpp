#include "api/handle.h"

#include <exception>

#include "api/registry.h"
#include "base/text.h"

namespace shardplan::api {
namespace {

Reply invalid(const Diagnostics& problems) {
  return {json::print_error(problems, "InvalidRequest"), Reply::Kind::kInvalidRequest};
}

// A body may be wrapped as {"operation": ..., "title": ..., "request": {...}}, as collections of requests are kept.
Result<json::Document> body_of(json::Document document, const Operation& op) {
  std::string named;
  if (!json::unwrap_request(document, named)) return document;
  if (!named.empty() && named != op.name)
    return fail("/operation", "The body is a request for '" + named + "', not for '" + std::string(op.name) + "'.");
  return document;
}

Reply run(std::string_view name, std::string_view request) {
  const Operation* op = find_operation(name);
  if (op == nullptr) {
    std::vector<std::string> names;
    for (const Operation& o : operations())
      if (!o.is_internal) names.emplace_back(o.name);
    const std::string near = nearest_name(name, names);
    return invalid({{"", "Unknown operation '" + std::string(name.substr(0, 80)) + "'.",
                     near.empty() ? "Known operations: " + join(names, ", ") + "." : "Did you mean '" + near + "'?"}});
  }
  Result<json::Document> document = json::parse(request.empty() ? "{}" : request);
  if (!document) return invalid(document.error());
  Result<json::Document> body = body_of(*std::move(document), *op);
  if (!body) return invalid(body.error());
  const Result<json::Document> response = op->run(*body);
  if (!response) return invalid(response.error());
  return {json::print(*response), Reply::Kind::kOk};
}

}  // namespace

Reply handle(std::string_view operation, std::string_view request) {
  try {
    return run(operation, request);
  } catch (const std::exception&) {
    return {json::print_error(
                {{"", "The planner met a fault of its own on this request.", "Please report it with the request."}},
                "InternalError"),
            Reply::Kind::kInternalError};
  }
}

const char* version() { return SHARDPLAN_VERSION; }

}  // namespace shardplan::api
