// The seam of the core: a request in, a response out, both JSON. Pure: the same request gives the same bytes, natively
// and in WebAssembly. The command line, the binding, the tests and the fuzzer all come through here.
#pragma once

#include <string>
#include <string_view>

namespace shardplan::api {

// `operation` by its name, `request` as JSON text. Never throws: a fault of ours comes back as an InternalError.
// Wrong input comes back as the error of the contract's section 3; `is_error` says which of the two it was.
struct Reply {
  std::string json;
  enum class Kind { kOk, kInvalidRequest, kInternalError } kind = Kind::kOk;
};
Reply handle(std::string_view operation, std::string_view request);

const char* version();

}  // namespace shardplan::api
