// Rate of matrix products by cuBLASLt, in a measuring child.
#pragma once

#include <cstdint>
#include <string>

#include "measure/device.h"

namespace shardplan::probe::measure {

// D[m, n] = A[m, k] B[k, n], `groups` of them at once.
struct Product {
  int64_t m = 0, n = 0, k = 0;
  int groups = 1;
  std::string type;  // bf16, fp16, tf32 or fp32, fp8...
};

// False for a type that is not timed here.
bool is_timed(const std::string& type);

// Lines "seconds S", "tflops T".
std::string measure_product(const std::string& cuda, const std::string& cublaslt, const std::string& gpu,
                            const Product& product);

}  // namespace shardplan::probe::measure
