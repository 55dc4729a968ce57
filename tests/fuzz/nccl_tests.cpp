// Output of nccl-tests: the reader, and a calibration to it.
#include "measured/nccl_tests.h"

#include "fault.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (shardplan::measured::read_nccl_test(text))
    shardplan::fuzz::expect_no_fault(
        "calibrate", R"({"run":{"gpu":"h100","gpus":16},"runs":)" + shardplan::fuzz::quoted(text) + "}");
  return 0;
}
