// GPUs by CUDA's driver interface, in a measuring child: the primary context, buffers, a stream, time between events.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "measure/library.h"

namespace shardplan::probe::measure {

using Pointer = uint64_t;  // to a device's memory
using Opaque = void*;      // contexts, streams, events

class Device {
 public:
  // `address`: on the PCI bus.
  Device(const Library& cuda, const std::string& address);

  void use() const { cuda_.call("cuCtxSetCurrent", context_); }
  Pointer allocate(size_t bytes) const;
  // False where the memory does not suffice.
  bool try_allocate(size_t bytes, Pointer& out) const;
  void release(Pointer memory) const { cuda_.call("cuMemFree_v2", memory); }
  Opaque stream() const { return stream_; }
  void wait() const { cuda_.call("cuStreamSynchronize", stream_); }
  size_t free_bytes() const;
  size_t total_bytes() const;

  const Library& cuda() const { return cuda_; }
  Opaque context() const { return context_; }
  int number() const { return device_; }
  int compute_capability() const;  // 90

 private:
  const Library& cuda_;
  int device_ = 0;
  Opaque context_ = nullptr;
  Opaque stream_ = nullptr;
};

// Opens the driver and starts it.
Library open_cuda(const std::string& given);

// Refuses a GPU that others use: its figures would be of the mixture.
void refuse_if_busy(const Device& device);

// Seconds of one of `times` runs: after warming up the median of three samples, by the device's own clock.
template <class Run>
double seconds_of(const Device& device, int times, Run run);

class Timer {
 public:
  explicit Timer(const Device& device);
  void start() const;
  double stop() const;  // seconds

 private:
  const Device& device_;
  Opaque begin_ = nullptr;
  Opaque end_ = nullptr;
};

double median(std::vector<double> values);

template <class Run>
double seconds_of(const Device& device, int times, Run run) {
  constexpr int kWarmUps = 3, kSamples = 3;
  const Timer timer(device);
  for (int i = 0; i < kWarmUps; ++i) run();
  device.wait();
  std::vector<double> samples;
  for (int s = 0; s < kSamples; ++s) {
    timer.start();
    for (int i = 0; i < times; ++i) run();
    samples.push_back(timer.stop() / times);
  }
  return median(samples);
}

// Random numbers between -1 and 1 of a type, all over a buffer: zeros multiply faster.
enum class Type { kBf16, kFp16, kTf32, kFp8 };
void fill_randomly(const Device& device, Pointer memory, size_t bytes, Type type);

}  // namespace shardplan::probe::measure
