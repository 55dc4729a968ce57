// Logs of training runs: the reader, and a calibration to one.
#include "measured/run_log.h"

#include "fault.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (shardplan::measured::read_run_log(text))
    shardplan::fuzz::expect_no_fault(
        "calibrate", R"({"run":{"model":"llama-3.1-8b","gpu":"h100","gpus":8,"gbs":16,"tp":2},"runs":)" +
                         shardplan::fuzz::quoted(text) + "}");
  return 0;
}
