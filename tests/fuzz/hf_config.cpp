// Hugging Face's config.json as a model.
#include "fault.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  shardplan::fuzz::expect_no_fault("analyze", "{\"model\":" + text + "}");
  return 0;
}
