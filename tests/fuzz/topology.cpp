// Topology documents of every kind, as uploaded text.
#include "fault.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  shardplan::fuzz::expect_no_fault("topology", "{\"document\":" + shardplan::fuzz::quoted(text) + "}");
  return 0;
}
