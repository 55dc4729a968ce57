// Measured runs as CSV: the reader, and their accuracy.
#include "fault.h"
#include "measured/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (shardplan::measured::read_csv(text, "/runs"))
    shardplan::fuzz::expect_no_fault("accuracy", "{\"csv\":" + shardplan::fuzz::quoted(text) + "}");
  return 0;
}
