// The registry about itself, and whether it works.
#include "api/fields.h"
#include "api/handle.h"
#include "api/registry.h"
#include "base/text.h"

namespace shardplan::api {

struct DescribeRequest {
  std::string operation;
};

struct OperationFields {
  std::string name;
  std::string kind;
  std::string help;
  json::RawJson example;
  json::RawJson request_schema;
  json::RawJson response_schema;
  std::string document_field;
};

struct DescribeResponse {
  std::string version;
  std::vector<OperationFields> operations;
};

struct HealthRequest {};

struct HealthResponse {
  std::string status;
  std::string version;
  int operations = 0;
  int models = 0, accelerators = 0, systems = 0, networks = 0, stacks = 0, constants = 0;
};

namespace {

OperationFields fields_of(const Operation& op, bool with_schemas) {
  OperationFields f{op.name, op.kind, op.help, {op.example}, {}, {}, op.document_field};
  if (with_schemas) {
    f.request_schema.text = json::print(json::schema_of(*op.request, f.name + " request", json::Side::kRequest));
    f.response_schema.text = json::print(json::schema_of(*op.response, f.name + " response", json::Side::kResponse));
  }
  return f;
}

Result<DescribeResponse> describe(const DescribeRequest& request) {
  DescribeResponse r;
  r.version = version();
  std::vector<std::string> names;
  for (const Operation& op : operations()) {
    if (op.is_internal) continue;
    names.push_back(op.name);
    const bool this_one = request.operation == op.name;
    if (request.operation.empty() || this_one) r.operations.push_back(fields_of(op, this_one));
  }
  if (r.operations.empty()) {
    const std::string near = nearest_name(request.operation, names);
    return fail("/operation", "Unknown operation '" + request.operation.substr(0, 80) + "'.",
                near.empty() ? "Known operations: " + join(names, ", ") + "." : "Did you mean '" + near + "'?");
  }
  return r;
}

Result<HealthResponse> health(const HealthRequest&) {
  const catalog::Catalog& c = presets();
  HealthResponse r;
  r.status = c.models.empty() ? "presets are damaged" : "ok";
  r.version = version();
  for (const Operation& op : operations()) r.operations += op.is_internal ? 0 : 1;
  r.models = static_cast<int>(c.models.size());
  r.accelerators = static_cast<int>(c.accelerators.size());
  r.systems = static_cast<int>(c.systems.size());
  r.networks = static_cast<int>(c.networks.size());
  r.stacks = static_cast<int>(c.stacks.size());
  r.constants = static_cast<int>(c.constants.size());
  return r;
}

}  // namespace

Operation describe_operation() {
  return make_operation<&describe>("describe", "List the operations, or one of them with its JSON Schemas.",
                                   R"({"operation": "recommend"})");
}

Operation health_operation() {
  return make_operation<&health>("health", "Version and counts: does the planner work?", "{}");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::DescribeRequest, "describe_request");
SHARDPLAN_DESCRIBE(api::OperationFields, "operation");
SHARDPLAN_DESCRIBE(api::DescribeResponse, "describe_response");
SHARDPLAN_DESCRIBE(api::HealthRequest, "health_request");
SHARDPLAN_DESCRIBE(api::HealthResponse, "health_response");

Fields Describe<api::DescribeRequest>::fields() {
  static constexpr Field table[] = {
      field<&api::DescribeRequest::operation>("operation", "One operation, with its schemas.").omit_default()};
  return table;
}

Fields Describe<api::OperationFields>::fields() {
  using O = api::OperationFields;
  static constexpr Field table[] = {
      field<&O::name>("name"),
      field<&O::kind>("kind", "What it is listed under.").omit_default(),
      field<&O::help>("help"),
      field<&O::example>("example"),
      field<&O::request_schema>("request_schema").omit_default(),
      field<&O::response_schema>("response_schema").omit_default(),
      field<&O::document_field>("document_field", "Field that a command line may name by its file alone.")
          .omit_default(),
  };
  return table;
}

Fields Describe<api::DescribeResponse>::fields() {
  static constexpr Field table[] = {
      field<&api::DescribeResponse::version>("version"),
      field<&api::DescribeResponse::operations>("operations"),
  };
  return table;
}

Fields Describe<api::HealthRequest>::fields() { return {}; }

Fields Describe<api::HealthResponse>::fields() {
  using H = api::HealthResponse;
  static constexpr Field table[] = {
      field<&H::status>("status"),
      field<&H::version>("version"),
      field<&H::operations>("operations"),
      field<&H::models>("models"),
      field<&H::accelerators>("accelerators"),
      field<&H::systems>("systems"),
      field<&H::networks>("networks"),
      field<&H::stacks>("stacks"),
      field<&H::constants>("constants"),
  };
  return table;
}

}  // namespace shardplan::json
