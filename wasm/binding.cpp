// The core for JavaScript: handle(), has() and version(), nothing else.
#include <emscripten/bind.h>

#include "api/handle.h"
#include "api/registry.h"

namespace {

// {json, kind}: kind 0 is an answer, 1 a wrong request, 2 a fault of ours.
struct JsReply {
  std::string json;
  int kind;
};

JsReply handle(const std::string& operation, const std::string& request) {
  shardplan::api::Reply reply = shardplan::api::handle(operation, request);
  return {std::move(reply.json), static_cast<int>(reply.kind)};
}

// Whether this module has the operation; the first one to load has only some.
bool has(const std::string& operation) { return shardplan::api::find_operation(operation) != nullptr; }

std::string version() { return shardplan::api::version(); }

}  // namespace

EMSCRIPTEN_BINDINGS(shardplan) {
  emscripten::value_object<JsReply>("Reply").field("json", &JsReply::json).field("kind", &JsReply::kind);
  emscripten::function("handle", &handle);
  emscripten::function("has", &has);
  emscripten::function("version", &version);
}
