#include "amd_smi.h"

#include <dlfcn.h>

#include <array>
#include <cstdint>
#include <vector>

#include "text.h"
#include "worker.h"

namespace shardplan::probe {
namespace {

using Handle = void*;
constexpr double kDeadlineS = 4;
constexpr uint64_t kAmdGpus = 2;
// The struct grew from version to version; its first member is the name.
constexpr size_t kInfoBytes = 8192;

template <class... Parameters>
bool succeeds(void* library, const char* symbol, Parameters... parameters) {
  void* function = ::dlsym(library, symbol);
  return function != nullptr && reinterpret_cast<int (*)(Parameters...)>(function)(parameters...) == 0;
}

std::vector<Handle> handles(void* library, const char* symbol, Handle of) {
  const auto ask = [&](uint32_t* n, Handle* out) {
    return of == nullptr ? succeeds(library, symbol, n, out) : succeeds(library, symbol, of, n, out);
  };
  uint32_t count = 0;
  if (!ask(&count, nullptr) || count == 0 || count > 256) return {};
  std::vector<Handle> out(count);
  return ask(&count, out.data()) ? out : std::vector<Handle>();
}

// Runs in a child. A line for each GPU: address, tab, name.
std::string list_gpus(const std::string&) {
  void* library = nullptr;
  for (const char* place : {"libamd_smi.so", "/opt/rocm/lib/libamd_smi.so"})
    if (library == nullptr) library = ::dlopen(place, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr || !succeeds(library, "amdsmi_init", kAmdGpus)) return "";
  std::string out;
  for (Handle socket : handles(library, "amdsmi_get_socket_handles", nullptr))
    for (Handle gpu : handles(library, "amdsmi_get_processor_handles", socket)) {
      uint64_t place = 0;  // function 3 bits, device 5, bus 8, domain 48
      std::array<char, kInfoBytes> info{};
      if (!succeeds(library, "amdsmi_get_gpu_device_bdf", gpu, &place) ||
          !succeeds(library, "amdsmi_get_gpu_asic_info", gpu, static_cast<void*>(info.data())))
        continue;
      out += hex_of(place >> 16, 4) + ":" + hex_of(place >> 8 & 0xff, 2) + ":" + hex_of(place >> 3 & 0x1f, 2) + "." +
             hex_of(place & 7, 1) + "\t" + printable(info.data()) + "\n";
    }
  return out;
}

}  // namespace

void read_amd_smi(Host& host) {
  Worker worker([] { return Worker::Serve(list_gpus); });
  const Reply reply = worker.call("", kDeadlineS);
  if (reply.missed != Missed::kNothing)
    host.problems.push_back({"amd-smi", "libamd_smi.so did not answer; what the kernel says stands"});
  for (const std::string& line : lines(reply.bytes)) {
    const std::vector<std::string> parts = split(line, '\t');
    for (Gpu& gpu : host.gpus)
      if (parts.size() == 2 && gpu.pci == parts[0] && !parts[1].empty()) gpu.facts.set("name", known(Value(parts[1])));
  }
}

}  // namespace shardplan::probe
