// The seam itself: the first line names the operation, the rest is its request. Seeds: every golden request.
#include "fault.h"
#include "json/node.h"

namespace {

// Searches are as long as their spaces, and the built-in runs are thousands; small ones show the same faults sooner.
bool is_long(std::string_view operation, std::string_view text) {
  constexpr double kLargestSpace = 5'000;
  if (operation == "accuracy") return text.find("csv") == std::string_view::npos;
  if (operation.substr(0, 9) != "recommend") return false;
  const auto document = shardplan::json::parse(text);
  if (!document || !document->node().value.is_object()) return false;
  const auto& body = document->node().value;
  const auto part = body.find("request");
  const std::string request = part == body.end() ? std::string(text) : part->dump();
  const auto reply = shardplan::api::handle("recommend.size", "{\"request\":" + request + "}");
  const auto sized = shardplan::json::parse(reply.json);
  const auto size = sized->node().value.find("size");
  return size != sized->node().value.end() && size->get<double>() > kLargestSpace;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = input.find('\n');
  if (end == std::string_view::npos) return 0;
  const std::string_view operation = input.substr(0, end), request = input.substr(end + 1);
  if (!is_long(operation, request)) shardplan::fuzz::expect_no_fault(operation, request);
  return 0;
}
