// The core for JavaScript: handle() and version(), nothing else.
#include <emscripten/bind.h>

#include "api/handle.h"

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

std::string version() { return shardplan::api::version(); }

}  // namespace

EMSCRIPTEN_BINDINGS(shardplan) {
  emscripten::value_object<JsReply>("Reply").field("json", &JsReply::json).field("kind", &JsReply::kind);
  emscripten::function("handle", &handle);
  emscripten::function("version", &version);
}
