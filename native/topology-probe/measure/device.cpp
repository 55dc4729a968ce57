#include "measure/device.h"

#include <algorithm>
#include <cstring>

namespace shardplan::probe::measure {
namespace {

constexpr int kMajor = 75, kMinor = 76;  // attributes
constexpr double kMostUsedByOthers = 0.1;

// Bits of a random number between -1 and 1, the sign and exponents from 1/16 to 1/2.
uint32_t random_bits(uint32_t& state, Type type) {
  state = state * 1664525u + 1013904223u;
  const uint32_t r = state >> 8;
  switch (type) {
    case Type::kBf16: return (r & 0x807f) | (123u + (r >> 16 & 3)) << 7;
    case Type::kFp16: return (r & 0x83ff) | (11u + (r >> 16 & 3)) << 10;
    case Type::kFp8: return (r & 0x87) | (3u + (r >> 16 & 3)) << 3;
    case Type::kTf32: break;
  }
  return (r << 8 & 0x807fe000) | (123u + (r & 3)) << 23;
}

size_t size_of(Type type) { return type == Type::kTf32 ? 4 : type == Type::kFp8 ? 1 : 2; }

}  // namespace

Library open_cuda(const std::string& given) {
  Library cuda(given,
               {"libcuda.so.1", "libcuda.so", "/usr/lib/wsl/lib/libcuda.so.1", "/usr/local/nvidia/lib64/libcuda.so.1"});
  cuda.call("cuInit", 0u);
  return cuda;
}

Device::Device(const Library& cuda, const std::string& address) : cuda_(cuda) {
  cuda_.call("cuDeviceGetByPCIBusId", &device_, address.c_str());
  cuda_.call("cuDevicePrimaryCtxRetain", &context_, device_);
  use();
  cuda_.call("cuStreamCreate", &stream_, 1u);  // does not wait for the default stream
}

bool Device::try_allocate(size_t bytes, Pointer& out) const {
  constexpr int kOutOfMemory = 2;
  const int code = cuda_.status("cuMemAlloc_v2", &out, bytes);
  if (code != 0 && code != kOutOfMemory) throw Failure("cuMemAlloc_v2 failed with " + std::to_string(code));
  return code == 0;
}

Pointer Device::allocate(size_t bytes) const {
  Pointer out = 0;
  if (!try_allocate(bytes, out)) throw Failure("the GPU's memory does not suffice for the measurement");
  return out;
}

size_t Device::free_bytes() const {
  size_t free = 0;
  size_t total = 0;
  cuda_.call("cuMemGetInfo_v2", &free, &total);
  return free;
}

size_t Device::total_bytes() const {
  size_t free = 0;
  size_t total = 0;
  cuda_.call("cuMemGetInfo_v2", &free, &total);
  return total;
}

int Device::compute_capability() const {
  int major = 0;
  int minor = 0;
  cuda_.call("cuDeviceGetAttribute", &major, kMajor, device_);
  cuda_.call("cuDeviceGetAttribute", &minor, kMinor, device_);
  return major * 10 + minor;
}

void refuse_if_busy(const Device& device) {
  const auto total = static_cast<double>(device.total_bytes());
  if (static_cast<double>(device.free_bytes()) < total * (1 - kMostUsedByOthers))
    throw Failure("another process uses the GPU's memory; nothing was measured");
}

Timer::Timer(const Device& device) : device_(device) {
  device_.use();
  device_.cuda().call("cuEventCreate", &begin_, 0u);
  device_.cuda().call("cuEventCreate", &end_, 0u);
}

void Timer::start() const { device_.cuda().call("cuEventRecord", begin_, device_.stream()); }

double Timer::stop() const {
  device_.cuda().call("cuEventRecord", end_, device_.stream());
  device_.cuda().call("cuEventSynchronize", end_);
  float ms = 0;
  device_.cuda().call("cuEventElapsedTime", &ms, begin_, end_);
  return static_cast<double>(ms) / 1000;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void fill_randomly(const Device& device, Pointer memory, size_t bytes, Type type) {
  constexpr size_t kBlock = 8u << 20;
  std::vector<char> block(std::min(bytes, kBlock));
  uint32_t state = 42;
  const size_t step = size_of(type);
  for (size_t i = 0; i + step <= block.size(); i += step) {
    const uint32_t bits = random_bits(state, type);
    std::memcpy(block.data() + i, &bits, step);
  }
  for (size_t at = 0; at < bytes; at += block.size())
    device.cuda().call("cuMemcpyHtoDAsync_v2", memory + at, static_cast<const void*>(block.data()),
                       std::min(block.size(), bytes - at), device.stream());
  device.wait();
}

}  // namespace shardplan::probe::measure
