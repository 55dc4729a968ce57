// All GPUs of a host by NVML, and what pairs of them may do.
#include <algorithm>

#include "nvml_gpu.h"
#include "pci.h"
#include "text.h"

namespace shardplan::probe {
namespace {

using nvml::Shape;

constexpr uint32_t kRead = 0, kWrite = 1;
constexpr int kMostGpus = 64;

const char* path_of_level(uint32_t level) {
  switch (level) {
    case 0:
    case 10: return "PIX";
    case 20: return "PXB";
    case 30: return "PHB";
    case 40: return "NODE";
    case 50: return "SYS";
    default: return "";
  }
}

// As nvidia-smi topo -p2p prints it.
const char* name_of_peer_status(uint32_t status) {
  static const char* const kNames[] = {"ok",
                                       "chipset_not_supported",
                                       "gpu_not_supported",
                                       "topology_not_supported",
                                       "disabled_by_registry",
                                       "not_supported",
                                       "unknown"};
  return kNames[std::min(status, 6u)];
}

void read_versions(Nvml& nvml, Facts& drivers) {
  const auto text = [&](const char* symbol) {
    const Answer a = nvml.ask(symbol, Shape::kSystemText, -1, 96);
    return a.ok() ? known(Value(a.text())) : a.status;
  };
  drivers.offer("nvidia", text("nvmlSystemGetDriverVersion"));
  drivers.set("nvml", text("nvmlSystemGetNVMLVersion"));
  const Answer cuda = nvml.ask("nvmlSystemGetCudaDriverVersion_v2", Shape::kSystemOut);
  drivers.set("cuda",
              cuda.ok()
                  ? known(Value(std::to_string(cuda.word() / 1000) + "." + std::to_string(cuda.word() % 1000 / 10)))
                  : cuda.status);
}

void read_confidential(Nvml& nvml, Facts& drivers) {
  constexpr uint32_t kSize = 12, kFeature = 4;  // environment, feature, developer tools
  const Answer state = nvml.ask("nvmlSystemGetConfComputeState", Shape::kSystemOut, -1, kSize);
  drivers.set("confidential_computing", state.ok() ? known(Value(state.word(kFeature) != 0)) : state.status);
}

int device_of(const Gpu& gpu) { return static_cast<int>(gpu.facts.number("nvml_index").value_or(-1)); }

void read_pairs(Nvml& nvml, Host& host) {
  for (size_t i = 0; i < host.gpus.size(); ++i)
    for (size_t j = i + 1; j < host.gpus.size(); ++j) {
      const int a = device_of(host.gpus[i]);
      const int b = device_of(host.gpus[j]);
      if (a < 0 || b < 0) continue;
      Link link;
      link.a = host.gpus[i].index;
      link.b = host.gpus[j].index;
      const Answer level = nvml.ask("nvmlDeviceGetTopologyCommonAncestor", Shape::kPairOut, a, 4, 0, 0, b);
      if (level.ok()) link.pcie_path = path_of_level(level.word());
      for (const auto& [name, capability] : {std::pair("read", kRead), std::pair("write", kWrite)}) {
        const Answer s = nvml.ask("nvmlDeviceGetP2PStatus", Shape::kPairArgOut, a, 4, capability, 0, b);
        link.peer.set(name, s.ok() ? known(name_of_peer_status(s.word())) : s.status);
      }
      host.links.push_back(std::move(link));
    }
}

void give_up(const Fact& why, std::vector<Gpu> on_bus, Host& host) {
  host.drivers.set("nvml", why);
  host.drivers.set("cuda", why);
  for (Gpu& gpu : on_bus) {
    for (const char* name : {"uuid", "memory_bytes", "compute_capability", "power_limit_w", "mig", "ecc"})
      gpu.facts.offer(name, why);
    gpu.fabric.set("state", why);
    host.gpus.push_back(std::move(gpu));
  }
}

}  // namespace

void read_nvml(Nvml& nvml, std::vector<Gpu> on_bus, Host& host) {
  Answer count = nvml.ask("nvmlDeviceGetCount_v2", Shape::kSystemOut);
  if (count.status.status == Status::kMissingSymbol) count = nvml.ask("nvmlDeviceGetCount", Shape::kSystemOut);
  if (!count.ok()) return give_up(nvml.state().known() ? count.status : nvml.state(), std::move(on_bus), host);
  read_versions(nvml, host.drivers);
  read_confidential(nvml, host.drivers);
  const int gpus = std::min(static_cast<int>(count.word()), kMostGpus);
  const size_t first = host.gpus.size();
  for (int i = 0; i < gpus; ++i) {
    Gpu gpu;
    identify(nvml, i, gpu);
    const auto same = std::find_if(on_bus.begin(), on_bus.end(), [&](const Gpu& g) { return g.pci == gpu.pci; });
    if (same != on_bus.end()) {
      for (const auto& [name, fact] : same->facts) gpu.facts.offer(name, fact);
      on_bus.erase(same);
    }
    host.gpus.push_back(std::move(gpu));
  }
  host.drivers.set("gpus_that_nvml_does_not_show", known(static_cast<int>(on_bus.size())));
  for (size_t i = 0; i < host.gpus.size(); ++i) host.gpus[i].index = static_cast<int>(i);
  for (size_t i = first; i < host.gpus.size(); ++i) read_nvlinks(nvml, device_of(host.gpus[i]), host.gpus[i]);
  for (size_t i = first; i < host.gpus.size(); ++i) read_fabric(nvml, device_of(host.gpus[i]), host.gpus[i]);
  read_pairs(nvml, host);
  for (size_t i = first; i < host.gpus.size(); ++i) describe(nvml, device_of(host.gpus[i]), host.gpus[i]);
}

}  // namespace shardplan::probe
