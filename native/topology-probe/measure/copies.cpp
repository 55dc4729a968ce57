#include "measure/copies.h"

#include <sched.h>

#include <cstring>

#include "text.h"
#include "worker.h"

namespace shardplan::probe::measure {
namespace {

constexpr size_t kBytes = 256u << 20;
constexpr size_t kSmallBytes = 8;
constexpr int kCopies = 16;
constexpr int kSmallCopies = 200;

// The host's buffer lies where its pages are touched first.
void stay_near(const std::string& cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : numbers_of_list(cpus))
    if (cpu < CPU_SETSIZE) CPU_SET(static_cast<size_t>(cpu), &set);
  if (CPU_COUNT(&set) > 0) ::sched_setaffinity(0, sizeof set, &set);
}

std::string line(const std::string& name, double value) { return name + " " + number_text(value) + "\n"; }

double gb_per_s(double seconds, double bytes = kBytes) { return seconds > 0 ? bytes / seconds / 1e9 : 0; }

// From the call to the end of a copy of a few bytes, by the host's clock.
template <class Copy>
double latency_us(const Device& device, Copy copy) {
  for (int i = 0; i < kSmallCopies / 10; ++i) copy();
  device.wait();
  const double begin = seconds_now();
  for (int i = 0; i < kSmallCopies; ++i) {
    copy();
    device.wait();
  }
  return (seconds_now() - begin) / kSmallCopies * 1e6;
}

// A pattern at both ends of the buffer, which arrives or does not.
void compare(const Device& from, Pointer source, const Device& to, Pointer target, const std::vector<char>& sent) {
  std::vector<char> received(sent.size());
  for (const size_t at : {size_t{0}, kBytes - sent.size()}) {
    from.use();
    from.cuda().call("cuMemcpyHtoDAsync_v2", source + at, static_cast<const void*>(sent.data()), sent.size(),
                     from.stream());
    from.wait();
    from.cuda().call("cuMemcpyPeerAsync", target + at, to.context(), source + at, from.context(), sent.size(),
                     from.stream());
    from.wait();
    to.use();
    to.cuda().call("cuMemcpyDtoHAsync_v2", static_cast<void*>(received.data()), target + at, received.size(),
                   to.stream());
    to.wait();
    if (received != sent)
      throw Failure(
          "what was copied from GPU to GPU arrived changed: look at IOMMU and access control of the PCIe bus");
  }
}

std::string measure_direction(const Device& from, const Device& to, const std::string& suffix) {
  from.use();
  int access = 0;
  from.cuda().call("cuDeviceCanAccessPeer", &access, from.number(), to.number());
  constexpr int kAlreadyEnabled = 704;
  if (access != 0) {
    const int code = from.cuda().status("cuCtxEnablePeerAccess", to.context(), 0u);
    if (code != 0 && code != kAlreadyEnabled) access = 0;
  }
  const Pointer source = from.allocate(kBytes);
  to.use();
  const Pointer target = to.allocate(kBytes);
  std::vector<char> pattern(4096);
  for (size_t i = 0; i < pattern.size(); ++i) pattern[i] = static_cast<char>(i * 37 + 11);
  compare(from, source, to, target, pattern);
  from.use();
  const auto copy = [&](size_t bytes) {
    from.cuda().call("cuMemcpyPeerAsync", target, to.context(), source, from.context(), bytes, from.stream());
  };
  std::string out = "peer_access_" + suffix + " " + std::to_string(access) + "\n";
  out += line("gb_per_s_" + suffix, gb_per_s(seconds_of(from, kCopies, [&] { copy(kBytes); })));
  out += line("latency_us_" + suffix, latency_us(from, [&] { copy(kSmallBytes); }));
  from.release(source);
  to.use();
  to.release(target);
  return out;
}

}  // namespace

std::string measure_host_copies(const std::string& library, const std::string& gpu, const std::string& cpus) {
  stay_near(cpus);
  const Library cuda = open_cuda(library);
  const Device device(cuda, gpu);
  refuse_if_busy(device);
  void* host = nullptr;
  cuda.call("cuMemHostAlloc", &host, kBytes, 0u);
  std::memset(host, 1, kBytes);
  const Pointer memory = device.allocate(kBytes);
  const Pointer other = device.allocate(kBytes);
  const auto to_device = [&](size_t bytes) {
    cuda.call("cuMemcpyHtoDAsync_v2", memory, static_cast<const void*>(host), bytes, device.stream());
  };
  const auto to_host = [&](size_t bytes) { cuda.call("cuMemcpyDtoHAsync_v2", host, memory, bytes, device.stream()); };
  const auto within = [&] { cuda.call("cuMemcpyDtoDAsync_v2", other, memory, kBytes, device.stream()); };
  std::string out;
  out += line("host_to_device_gb_per_s", gb_per_s(seconds_of(device, kCopies, [&] { to_device(kBytes); })));
  out += line("device_to_host_gb_per_s", gb_per_s(seconds_of(device, kCopies, [&] { to_host(kBytes); })));
  // Read and written.
  out += line("device_to_device_gb_per_s", gb_per_s(seconds_of(device, kCopies, within), 2.0 * kBytes));
  out += line("host_to_device_latency_us", latency_us(device, [&] { to_device(kSmallBytes); }));
  out += line("device_to_host_latency_us", latency_us(device, [&] { to_host(kSmallBytes); }));
  return out;
}

std::string measure_peer_copies(const std::string& library, const std::string& a, const std::string& b) {
  const Library cuda = open_cuda(library);
  const Device one(cuda, a);
  const Device other(cuda, b);
  refuse_if_busy(one);
  other.use();
  refuse_if_busy(other);
  return measure_direction(one, other, "forth") + measure_direction(other, one, "back");
}

}  // namespace shardplan::probe::measure
