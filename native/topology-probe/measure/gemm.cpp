#include "measure/gemm.h"

#include <array>
#include <optional>

#include "text.h"

namespace shardplan::probe::measure {
namespace {

// Numbers of cuBLASLt's interface.
constexpr int kFp32 = 0, kFp16 = 2, kBf16 = 14, kFp8 = 28;
constexpr int kCompute32 = 68, kComputeTf32 = 77;
constexpr int kTransposeA = 3, kScaleA = 17, kScaleB = 18;
constexpr int kBatchCount = 5, kBatchStride = 6;
constexpr int kWorkspaceBytes = 1;
constexpr uint64_t kWorkspace = 64u << 20;
constexpr int kRuns = 20;
constexpr int kFp8Capability = 89;

struct Kind {
  int input, output, compute, bytes;
  Type random;
};

std::optional<Kind> kind_of(const std::string& type) {
  if (type == "bf16") return Kind{kBf16, kBf16, kCompute32, 2, Type::kBf16};
  if (type == "fp16") return Kind{kFp16, kFp16, kCompute32, 2, Type::kFp16};
  if (type == "tf32" || type == "fp32") return Kind{kFp32, kFp32, kComputeTf32, 4, Type::kTf32};
  if (type.compare(0, 3, "fp8") == 0) return Kind{kFp8, kBf16, kCompute32, 1, Type::kFp8};
  return std::nullopt;
}

struct Heuristic {
  std::array<uint64_t, 8> algorithm;
  size_t workspace;
  int state;
  float waves;
  std::array<int, 4> reserved;
};
static_assert(sizeof(Heuristic) == 96);

class Blas {
 public:
  explicit Blas(const std::string& given)
      : library_(given, {"libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so.11", "libcublasLt.so",
                         "/usr/local/cuda/lib64/libcublasLt.so"}) {
    library_.call("cublasLtCreate", &handle_);
  }

  Opaque layout(int type, int64_t rows, int64_t columns, int groups) const {
    Opaque out = nullptr;
    library_.call("cublasLtMatrixLayoutCreate", &out, type, static_cast<uint64_t>(rows), static_cast<uint64_t>(columns),
                  rows);
    const int64_t stride = rows * columns;
    if (groups > 1) {
      set("cublasLtMatrixLayoutSetAttribute", out, kBatchCount, groups);
      set("cublasLtMatrixLayoutSetAttribute", out, kBatchStride, stride);
    }
    return out;
  }

  template <class T>
  void set(const char* symbol, Opaque object, int attribute, const T& value) const {
    library_.call(symbol, object, attribute, static_cast<const void*>(&value), sizeof value);
  }

  const Library& library() const { return library_; }
  Opaque handle() const { return handle_; }

 private:
  Library library_;
  Opaque handle_ = nullptr;
};

double run(const Device& device, const Blas& blas, const Product& p, const Kind& kind) {
  const Library& lt = blas.library();
  const auto size = [&](int64_t rows, int64_t columns, int bytes) {
    return static_cast<size_t>(rows * columns * p.groups) * static_cast<size_t>(bytes);
  };
  // A is stored transposed, as 8-bit types want it.
  const Pointer a = device.allocate(size(p.k, p.m, kind.bytes));
  const Pointer b = device.allocate(size(p.k, p.n, kind.bytes));
  const Pointer d = device.allocate(size(p.m, p.n, kind.bytes == 4 ? 4 : 2));
  const Pointer workspace = device.allocate(kWorkspace);
  const Pointer scale = device.allocate(sizeof(float));
  fill_randomly(device, a, size(p.k, p.m, kind.bytes), kind.random);
  fill_randomly(device, b, size(p.k, p.n, kind.bytes), kind.random);
  const float one = 1;
  const float zero = 0;
  device.cuda().call("cuMemcpyHtoDAsync_v2", scale, static_cast<const void*>(&one), sizeof one, device.stream());
  device.wait();

  Opaque product = nullptr;
  lt.call("cublasLtMatmulDescCreate", &product, kind.compute, kFp32);
  const int transposed = 1;
  blas.set("cublasLtMatmulDescSetAttribute", product, kTransposeA, transposed);
  if (kind.input == kFp8) {
    blas.set("cublasLtMatmulDescSetAttribute", product, kScaleA, scale);
    blas.set("cublasLtMatmulDescSetAttribute", product, kScaleB, scale);
  }
  Opaque layout_a = blas.layout(kind.input, p.k, p.m, p.groups);
  Opaque layout_b = blas.layout(kind.input, p.k, p.n, p.groups);
  Opaque layout_d = blas.layout(kind.output, p.m, p.n, p.groups);
  Opaque preference = nullptr;
  lt.call("cublasLtMatmulPreferenceCreate", &preference);
  blas.set("cublasLtMatmulPreferenceSetAttribute", preference, kWorkspaceBytes, kWorkspace);
  Heuristic best{};
  int found = 0;
  lt.call("cublasLtMatmulAlgoGetHeuristic", blas.handle(), product, layout_a, layout_b, layout_d, layout_d, preference,
          1, &best, &found);
  if (found == 0) throw Failure("cuBLASLt has no kernel for this shape and type");
  const auto once = [&] {
    lt.call("cublasLtMatmul", blas.handle(), product, static_cast<const void*>(&one), a, layout_a, b, layout_b,
            static_cast<const void*>(&zero), d, layout_d, d, layout_d, static_cast<const void*>(&best.algorithm),
            workspace, static_cast<size_t>(kWorkspace), device.stream());
  };
  return seconds_of(device, kRuns, once);
}

}  // namespace

bool is_timed(const std::string& type) { return kind_of(type).has_value(); }

std::string measure_product(const std::string& cuda_library, const std::string& cublaslt, const std::string& gpu,
                            const Product& p) {
  const auto kind = kind_of(p.type);
  if (!kind) throw Failure("products of the type " + p.type + " are not timed");
  const Library cuda = open_cuda(cuda_library);
  const Device device(cuda, gpu);
  refuse_if_busy(device);
  if (kind->input == kFp8 && device.compute_capability() < kFp8Capability)
    throw Failure("this GPU has no 8-bit floating point");
  const Blas blas(cublaslt);
  const double seconds = run(device, blas, p, *kind);
  const double flops = 2.0 * static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k) * p.groups;
  std::string out = "seconds " + number_text(seconds) + "\n";
  if (seconds > 0) out += "tflops " + number_text(flops / seconds / 1e12) + "\n";
  return out;
}

}  // namespace shardplan::probe::measure
