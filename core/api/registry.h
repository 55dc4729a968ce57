// The operations: one name, one request schema, one response schema, one line of help and one example each. The command
// line, the JavaScript API, the page's forms and the reference page are made from this table.
#pragma once

#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/document.h"
#include "json/meta.h"

namespace shardplan::api {

struct Operation {
  const char* name;
  const char* help;     // one line
  const char* example;  // a request that works, as JSON
  const json::Type* request = nullptr;
  const json::Type* response = nullptr;
  Result<json::Document> (*run)(const json::Document&) = nullptr;
  const char* document_field = "";  // request field that a command line may name by its path alone
  bool is_internal = false;         // a part of another operation, for callers that cut it into pieces
  const char* kind = "";            // what it is listed under
};

std::span<const Operation> operations();
const Operation* find_operation(std::string_view name);

// For registries: a heading in a list of operations, and the list without its headings, each operation of that kind.
Operation heading(const char* kind);
std::vector<Operation> grouped(std::initializer_list<Operation> list);

namespace detail {

template <class F>
struct Signature;
template <class Req, class Resp>
struct Signature<Result<Resp> (*)(const Req&)> {
  using Request = Req;
  using Response = Resp;
};

template <auto Function>
Result<json::Document> run(const json::Document& document) {
  using S = Signature<decltype(Function)>;
  const Result<typename S::Request> request = json::read<typename S::Request>(document);
  if (!request) return tl::unexpected<Diagnostics>(request.error());
  const Result<typename S::Response> response = Function(*request);
  if (!response) return tl::unexpected<Diagnostics>(response.error());
  return json::write(*response);
}

}  // namespace detail

// Wraps a function Result<Response>(const Request&): its types' field tables read the request and write the response.
template <auto Function>
Operation make_operation(const char* name, const char* help, const char* example) {
  using S = detail::Signature<decltype(Function)>;
  return {name,
          help,
          example,
          &json::type_of<typename S::Request>(),
          &json::type_of<typename S::Response>(),
          &detail::run<Function>};
}

// One per file in operations/.
// Plans
Operation recommend_operation();
Operation evaluate_operation();
Operation explain_operation();
Operation timeline_operation();
Operation memory_operation();
Operation validate_operation();
Operation report_operation();
// Whole runs
Operation estimate_operation();
Operation scaling_operation();
Operation largescale_operation();
// Launch
Operation launch_operation();
Operation export_operation();
Operation slurm_operation();
Operation dry_run_operation();
Operation nccl_operation();
// Advice on a plan
Operation bottleneck_operation();
Operation why_not_operation();
Operation whatif_operation();
Operation comm_overlap_operation();
Operation moe_operation();
Operation long_context_operation();
// A job that failed
Operation troubleshoot_operation();
// Choices
Operation sharding_operation();
// Serving
Operation inference_operation();
Operation batchsize_operation();
Operation compare_operation();
Operation pareto_operation();
Operation optimize_operation();
Operation autotune_operation();
Operation profile_operation();
// Fine-tuning
Operation rlhf_operation();
// Models, machines, this program
Operation analyze_operation();
Operation presets_operation();
Operation preset_operation();
Operation topology_operation();
Operation describe_operation();
Operation health_operation();
// Trust
Operation accuracy_operation();
Operation calibrate_operation();
// Parts of a search
Operation recommend_size_operation();
Operation recommend_range_operation();
Operation recommend_merge_operation();

}  // namespace shardplan::api
