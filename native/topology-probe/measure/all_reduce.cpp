#include "measure/all_reduce.h"

#include <list>

#include "measure/device.h"
#include "text.h"
#include "worker.h"

namespace shardplan::probe::measure {
namespace {

constexpr size_t kBytes = 256u << 20;
constexpr int kFloat32 = 7, kSum = 0;
constexpr int kRuns = 10, kSmallRuns = 100, kSamples = 3;

}  // namespace

std::string measure_all_reduce(const std::string& cuda_library, const std::string& nccl_library,
                               const std::vector<std::string>& gpus) {
  const Library cuda = open_cuda(cuda_library);
  const Library nccl(nccl_library, {"libnccl.so.2", "libnccl.so"});
  std::list<Device> devices;
  std::vector<int> numbers;
  std::vector<Pointer> buffers;
  for (const std::string& gpu : gpus) {
    const Device& device = devices.emplace_back(cuda, gpu);
    refuse_if_busy(device);
    numbers.push_back(device.number());
    buffers.push_back(device.allocate(kBytes));
  }
  std::vector<Opaque> communicators(gpus.size());
  nccl.call("ncclCommInitAll", communicators.data(), static_cast<int>(gpus.size()),
            static_cast<const int*>(numbers.data()));
  const auto wait = [&] {
    for (const Device& device : devices) {
      device.use();
      device.wait();
    }
  };
  const auto all_reduce = [&](size_t bytes) {
    nccl.call("ncclGroupStart");
    size_t i = 0;
    for (const Device& device : devices) {
      device.use();
      nccl.call("ncclAllReduce", buffers[i], buffers[i], bytes / sizeof(float), kFloat32, kSum, communicators[i],
                device.stream());
      ++i;
    }
    nccl.call("ncclGroupEnd");
  };
  const auto seconds = [&](size_t bytes, int runs) {
    std::vector<double> samples;
    for (int s = 0; s <= kSamples; ++s) {  // the first warms up
      const double begin = seconds_now();
      for (int r = 0; r < runs; ++r) all_reduce(bytes);
      wait();
      if (s > 0) samples.push_back((seconds_now() - begin) / runs);
    }
    return median(samples);
  };
  const auto n = static_cast<double>(gpus.size());
  const double large = seconds(kBytes, kRuns);
  const double small = seconds(sizeof(float) * 2, kSmallRuns);
  int version = 0;
  nccl.status("ncclGetVersion", &version);
  // Of each GPU's links 2 (n - 1) / n of the data pass, as nccl-tests counts.
  return "bus_gb_per_s " + number_text(kBytes / large / 1e9 * 2 * (n - 1) / n) + "\nlatency_us " +
         number_text(small * 1e6) + "\nnccl_version " + std::to_string(version) + "\n";
}

}  // namespace shardplan::probe::measure
