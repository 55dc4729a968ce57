// A stand-in for libcuda.so.1, libcublasLt.so and libnccl.so.2 together. Time is pretended: an event notes a clock that
// each copy and product moves on by its size over a rate. MOCK_CUDA names a file of lines "NAME VALUE":
//
//     gpu ADDRESS                 one line for each device
//     memory_gib 80               of each; used_gib what others have taken
//     h2d, d2h, d2d, peer GB/s    tflops of products, bus of an all-reduce
//     corrupt 1                   peers receive other bytes
//     no_peer 1                   no peer access
//     hang FUNCTION               that function does not return
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace {

constexpr double kGib = 1024.0 * 1024 * 1024;
constexpr int kOutOfMemory = 2, kNoDevice = 100;

struct Scenario {
  std::vector<std::string> gpus;
  std::map<std::string, std::string> values;
};

const Scenario& scenario() {
  static const Scenario read = [] {
    Scenario s;
    const char* path = std::getenv("MOCK_CUDA");
    std::ifstream file(path != nullptr ? path : "");
    for (std::string name, value; file >> name >> value;)
      if (name == "gpu") s.gpus.push_back(value);
      else s.values[name] = value;
    return s;
  }();
  return read;
}

double value(const char* name, double otherwise) {
  const auto found = scenario().values.find(name);
  return found == scenario().values.end() ? otherwise : std::stod(found->second);
}

void maybe_hang(const char* function) {
  const auto found = scenario().values.find("hang");
  while (found != scenario().values.end() && found->second == function) pause();
}

double clock_s = 0;
int current = 0;
std::map<int, double> taken;  // bytes by device
std::map<uint64_t, size_t> sizes;

void pass(double bytes, const char* rate, double otherwise) {
  clock_s += 1e-6 + bytes / (value(rate, otherwise) * 1e9);
}

// Large buffers are never touched but at their ends.
void copy(void* to, const void* from, size_t bytes) {
  const size_t end = std::min<size_t>(bytes, 4096);
  std::memcpy(to, from, end);
  if (bytes > end) std::memcpy(static_cast<char*>(to) + bytes - end, static_cast<const char*>(from) + bytes - end, end);
}

}  // namespace

extern "C" {

int cuInit(unsigned) {
  maybe_hang("cuInit");
  return scenario().gpus.empty() ? kNoDevice : 0;
}
int cuDeviceGetByPCIBusId(int* out, const char* address) {
  for (size_t i = 0; i < scenario().gpus.size(); ++i)
    if (scenario().gpus[i] == address) {
      *out = static_cast<int>(i);
      return 0;
    }
  return kNoDevice;
}
int cuDevicePrimaryCtxRetain(void** out, int device) {
  *out = reinterpret_cast<void*>(static_cast<uintptr_t>(device) + 1);
  return 0;
}
int cuCtxSetCurrent(void* context) {
  current = static_cast<int>(reinterpret_cast<uintptr_t>(context)) - 1;
  return 0;
}
int cuCtxEnablePeerAccess(void*, unsigned) { return 0; }
int cuDeviceCanAccessPeer(int* out, int, int) {
  *out = value("no_peer", 0) > 0 ? 0 : 1;
  return 0;
}
int cuDeviceGetAttribute(int* out, int attribute, int) {
  *out = attribute == 75 ? 9 : 0;
  return 0;
}
int cuMemGetInfo_v2(size_t* free, size_t* total) {
  *total = static_cast<size_t>(value("memory_gib", 80) * kGib);
  *free = *total - static_cast<size_t>(value("used_gib", 0.5) * kGib + taken[current]);
  return 0;
}
int cuMemAlloc_v2(uint64_t* out, size_t bytes) {
  maybe_hang("cuMemAlloc_v2");
  size_t free = 0;
  size_t total = 0;
  cuMemGetInfo_v2(&free, &total);
  if (bytes > free) return kOutOfMemory;
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return kOutOfMemory;
  *out = reinterpret_cast<uint64_t>(memory);
  sizes[*out] = bytes;
  taken[current] += static_cast<double>(bytes);
  return 0;
}
int cuMemFree_v2(uint64_t memory) {
  munmap(reinterpret_cast<void*>(memory), sizes[memory]);
  taken[current] -= static_cast<double>(sizes[memory]);
  return 0;
}
int cuMemHostAlloc(void** out, size_t bytes, unsigned) {
  *out = std::malloc(bytes);
  return 0;
}
int cuMemcpyHtoDAsync_v2(uint64_t to, const void* from, size_t bytes, void*) {
  copy(reinterpret_cast<void*>(to), from, bytes);
  pass(static_cast<double>(bytes), "h2d", 55);
  return 0;
}
int cuMemcpyDtoHAsync_v2(void* to, uint64_t from, size_t bytes, void*) {
  copy(to, reinterpret_cast<void*>(from), bytes);
  pass(static_cast<double>(bytes), "d2h", 54);
  return 0;
}
int cuMemcpyDtoDAsync_v2(uint64_t, uint64_t, size_t bytes, void*) {
  pass(static_cast<double>(bytes), "d2d", 1250);
  return 0;
}
int cuMemcpyPeerAsync(uint64_t to, void*, uint64_t from, void*, size_t bytes, void*) {
  maybe_hang("cuMemcpyPeerAsync");
  copy(reinterpret_cast<void*>(to), reinterpret_cast<void*>(from), bytes);
  if (value("corrupt", 0) > 0) *reinterpret_cast<char*>(to) ^= 1;
  pass(static_cast<double>(bytes), "peer", 390);
  return 0;
}
int cuStreamCreate(void** out, unsigned) {
  *out = out;
  return 0;
}
int cuStreamSynchronize(void*) { return 0; }
int cuEventCreate(void** out, unsigned) {
  *out = new double(0);
  return 0;
}
int cuEventRecord(void* event, void*) {
  *static_cast<double*>(event) = clock_s;
  return 0;
}
int cuEventSynchronize(void*) { return 0; }
int cuEventElapsedTime(float* out, void* begin, void* end) {
  *out = static_cast<float>((*static_cast<double*>(end) - *static_cast<double*>(begin)) * 1e3);
  return 0;
}

// --- cuBLASLt: a layout is its sides; a product takes what its floating point operations take
// -----------------------------

struct Layout {
  int type;
  uint64_t rows, columns;
  int64_t batch;
};
int cublasLtCreate(void** out) {
  *out = out;
  return 0;
}
int cublasLtMatrixLayoutCreate(void** out, int type, uint64_t rows, uint64_t columns, int64_t) {
  *out = new Layout{type, rows, columns, 1};
  return 0;
}
int cublasLtMatrixLayoutSetAttribute(void* layout, int attribute, const void* data, size_t) {
  if (attribute == 5) static_cast<Layout*>(layout)->batch = *static_cast<const int*>(data);
  return 0;
}
int cublasLtMatmulDescCreate(void** out, int, int) {
  *out = out;
  return 0;
}
int cublasLtMatmulDescSetAttribute(void*, int, const void*, size_t) { return 0; }
int cublasLtMatmulPreferenceCreate(void** out) {
  *out = out;
  return 0;
}
int cublasLtMatmulPreferenceSetAttribute(void*, int, const void*, size_t) { return 0; }
int cublasLtMatmulAlgoGetHeuristic(void*, void*, void* a, void* b, void* c, void*, void*, int, void*, int* found) {
  const auto* left = static_cast<Layout*>(a);
  const auto* right = static_cast<Layout*>(b);
  const auto* out = static_cast<Layout*>(c);
  // Transposed A: rows of A and B are what is summed over.
  const bool matches = left->rows == right->rows && out->rows == left->columns && out->columns == right->columns;
  *found = matches && (left->type != 28 || left->rows % 16 == 0) ? 1 : 0;
  return 0;
}
int cublasLtMatmul(void*, void*, const void*, const void*, void* a, const void*, void* b, const void*, const void*,
                   void*, void*, void*, const void*, void*, size_t, void*) {
  const auto* left = static_cast<Layout*>(a);
  const auto* right = static_cast<Layout*>(b);
  const double flops = 2.0 * static_cast<double>(left->rows) * static_cast<double>(left->columns) *
                       static_cast<double>(right->columns) * static_cast<double>(left->batch);
  clock_s += flops / (value("tflops", 700) * 1e12 * (left->type == 28 ? 2 : 1));
  return 0;
}

// --- NCCL
// ---------------------------------------------------------------------------------------------------------------

int ncclGetVersion(int* out) {
  *out = 22304;
  return 0;
}
int ncclCommInitAll(void** out, int n, const int*) {
  maybe_hang("ncclCommInitAll");
  for (int i = 0; i < n; ++i) out[i] = out;
  return 0;
}
int ncclGroupStart() { return 0; }
int ncclGroupEnd() { return 0; }
int ncclAllReduce(const void*, void*, size_t, int, int, void*, void*) {
  usleep(10);  // its time is the host's
  return 0;
}

}  // extern "C"
