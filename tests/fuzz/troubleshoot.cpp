// Error messages and logs, with a plan and without.
#include "fault.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  using namespace shardplan::fuzz;
  const std::string log = quoted({reinterpret_cast<const char*>(data), size});
  expect_no_fault("troubleshoot", "{\"error_message\":" + log + "}");
  expect_no_fault(
      "troubleshoot",
      R"({"plan":{"model":"llama-3.1-8b","gpu":"h100","gpus":16,"gbs":16,"tp":2,"pp":2},"log":)" + log + "}");
  return 0;
}
