// One GPU: what it is, its memory, links to the host, limits and modes.
#include "nvml_gpu.h"

#include <array>

#include "pci.h"
#include "text.h"

namespace shardplan::probe {
namespace {

using nvml::Shape;

constexpr uint32_t kMemoryV2 = 0x02000028, kMemoryV1Size = 24, kPciSize = 96;
constexpr int kDoubles = 2;

Fact number_fact(const Answer& answer, double scale = 1) {
  if (!answer.ok()) return answer.status;
  if (scale == 1) return known(Value(static_cast<int64_t>(answer.word())));
  return known(Value(answer.word() * scale));
}

Fact flag_fact(const Answer& answer) { return answer.ok() ? known(Value(answer.word() != 0)) : answer.status; }

Fact text_fact(const Answer& answer) { return answer.ok() ? known(Value(answer.text())) : answer.status; }

struct Simple {
  const char* name;
  const char* symbol;
  double scale;
};
// Functions (device, unsigned*).
constexpr std::array<Simple, 11> kNumbers = {{
    {"power_limit_w", "nvmlDeviceGetEnforcedPowerLimit", 1e-3},
    {"power_limit_default_w", "nvmlDeviceGetPowerManagementDefaultLimit", 1e-3},
    {"minor", "nvmlDeviceGetMinorNumber", 1},
    {"module", "nvmlDeviceGetModuleId", 1},
    {"memory_bus_bits", "nvmlDeviceGetMemoryBusWidth", 1},
    {"cores", "nvmlDeviceGetNumGpuCores", 1},
    {"own_numa_node", "nvmlDeviceGetNumaNodeId", 1},
    {"nvml_pcie_gen", "nvmlDeviceGetCurrPcieLinkGeneration", 1},
    {"nvml_pcie_width", "nvmlDeviceGetCurrPcieLinkWidth", 1},
    {"compute_mode", "nvmlDeviceGetComputeMode", 1},
    {"virtualization", "nvmlDeviceGetVirtualizationMode", 1},
}};

void read_memory(Nvml& nvml, int device, Facts& facts) {
  Answer a = nvml.ask("nvmlDeviceGetMemoryInfo_v2", Shape::kOut, device, kMemoryV2 & 0xffffff, 0, kMemoryV2);
  size_t total = 8;
  if (!a.ok() && (a.status.status == Status::kMissingSymbol || a.status.code == 25)) {
    a = nvml.ask("nvmlDeviceGetMemoryInfo", Shape::kOut, device, kMemoryV1Size);
    total = 0;
  }
  const bool has_reserved = total == 8;
  const auto bytes = [&](size_t offset) {
    return a.ok() ? known(Value(static_cast<int64_t>(a.wide(offset)))) : a.status;
  };
  facts.set("memory_bytes", bytes(total));
  if (has_reserved) facts.set("memory_reserved_bytes", bytes(16));
  facts.set("memory_used_bytes", bytes(has_reserved ? 32 : 16));
}

std::string read_address(Nvml& nvml, int device) {
  for (const char* symbol : {"nvmlDeviceGetPciInfo_v3", "nvmlDeviceGetPciInfo_v2", "nvmlDeviceGetPciInfo"}) {
    const Answer a = nvml.ask(symbol, Shape::kOut, device, kPciSize);
    if (a.status.status == Status::kMissingSymbol) continue;
    if (!a.ok()) return "";
    const std::string whole = a.text(36, 32);
    return pci_address(whole.empty() ? a.text(0, 16) : whole);
  }
  return "";
}

void read_instances(Nvml& nvml, int device, Gpu& gpu) {
  const Answer mode = nvml.ask("nvmlDeviceGetMigMode", Shape::kTwoOut, device, 8);
  gpu.facts.set("mig", flag_fact(mode));
  if (!mode.ok() || mode.word() == 0) return;
  const Answer most = nvml.ask("nvmlDeviceGetMaxMigDeviceCount", Shape::kOut, device);
  for (int i = 0; most.ok() && i < static_cast<int>(std::min(most.word(), 16u)); ++i) {
    const auto of = [&](const char* symbol, Shape shape, uint32_t size) {
      return nvml.ask(symbol, shape, device, size, 0, 0, -1, i);
    };
    const Answer uuid = of("nvmlDeviceGetUUID", Shape::kText, 96);
    if (uuid.status.code == 6) continue;  // no instance of that number
    Facts instance;
    instance.set("uuid", text_fact(uuid));
    instance.set("name", text_fact(of("nvmlDeviceGetName", Shape::kText, 96)));
    const Answer memory = of("nvmlDeviceGetMemoryInfo", Shape::kOut, kMemoryV1Size);
    instance.set("memory_bytes", memory.ok() ? known(Value(static_cast<int64_t>(memory.wide(0)))) : memory.status);
    gpu.instances.push_back(std::move(instance));
  }
}

// Bits 0, 2, 4, 6 and 9 are what nvidia-smi shows as reasons that are no idleness: see clocks_event_reasons of NVML.
void read_clocks(Nvml& nvml, int device, Facts& facts) {
  facts.set("clock_max_mhz", number_fact(nvml.ask("nvmlDeviceGetMaxClockInfo", Shape::kArgOut, device, 4, 1)));
  facts.set("memory_clock_max_mhz", number_fact(nvml.ask("nvmlDeviceGetMaxClockInfo", Shape::kArgOut, device, 4, 2)));
  Answer reasons = nvml.ask("nvmlDeviceGetCurrentClocksEventReasons", Shape::kOut, device, 8);
  if (reasons.status.status == Status::kMissingSymbol)
    reasons = nvml.ask("nvmlDeviceGetCurrentClocksThrottleReasons", Shape::kOut, device, 8);
  facts.set("clock_event_reasons", reasons.ok() ? known(Value("0x" + hex_of(reasons.wide(0), 4))) : reasons.status);
}

// Where in a rack the GPU sits, on NVL72: which tray, which slot.
void read_platform(Nvml& nvml, int device, Facts& facts) {
  constexpr uint32_t kV2 = 0x0200002c, kV1 = 0x0100002c;
  const Answer a = nvml.ask_versions("nvmlDeviceGetPlatformInfo", Shape::kOut, device, {kV2, kV1});
  const auto byte = [&](size_t offset) {
    return a.ok() && offset < a.bytes.size() ? known(static_cast<int>(static_cast<unsigned char>(a.bytes[offset])))
                                             : a.status;
  };
  facts.set("chassis_serial", a.ok() ? known(Value(a.text(20, 16))) : a.status);
  facts.set("rack_slot", byte(36));
  facts.set("rack_tray", byte(37));
}

}  // namespace

bool identify(Nvml& nvml, int device, Gpu& gpu) {
  gpu.vendor = "nvidia";
  const Answer name = nvml.ask("nvmlDeviceGetName", Shape::kText, device, 96);
  gpu.facts.set("nvml_index", known(device));
  gpu.facts.offer("name", text_fact(name));
  gpu.facts.set("uuid", text_fact(nvml.ask("nvmlDeviceGetUUID", Shape::kText, device, 96)));
  gpu.pci = read_address(nvml, device);
  read_memory(nvml, device, gpu.facts);
  const Answer capability = nvml.ask("nvmlDeviceGetCudaComputeCapability", Shape::kTwoOut, device, 8);
  gpu.facts.set("compute_capability",
                capability.ok()
                    ? known(Value(std::to_string(capability.word()) + "." + std::to_string(capability.word(4))))
                    : capability.status);
  gpu.facts.set("pcie_gen_max", number_fact(nvml.ask("nvmlDeviceGetMaxPcieLinkGeneration", Shape::kOut, device)));
  gpu.facts.set("pcie_width_max", number_fact(nvml.ask("nvmlDeviceGetMaxPcieLinkWidth", Shape::kOut, device)));
  gpu.facts.set("pcie_gen_device_max",
                number_fact(nvml.ask("nvmlDeviceGetGpuMaxPcieLinkGeneration", Shape::kOut, device)));
  return name.ok();
}

void describe(Nvml& nvml, int device, Gpu& gpu) {
  read_instances(nvml, device, gpu);
  for (const Simple& s : kNumbers) gpu.facts.set(s.name, number_fact(nvml.ask(s.symbol, Shape::kOut, device), s.scale));
  const Answer range =
      nvml.ask("nvmlDeviceGetPowerManagementLimitConstraints", Shape::kTwoOut, device, sizeof(uint32_t) * kDoubles);
  gpu.facts.set("power_limit_max_w", range.ok() ? known(Value(range.word(4) * 1e-3)) : range.status);
  const Answer ecc = nvml.ask("nvmlDeviceGetEccMode", Shape::kTwoOut, device, 8);
  gpu.facts.set("ecc", flag_fact(ecc));
  gpu.facts.set("persistence", flag_fact(nvml.ask("nvmlDeviceGetPersistenceMode", Shape::kOut, device)));
  gpu.facts.set("serial", text_fact(nvml.ask("nvmlDeviceGetSerial", Shape::kText, device, 64)));
  gpu.facts.set("vbios", text_fact(nvml.ask("nvmlDeviceGetVbiosVersion", Shape::kText, device, 64)));
  const Answer bar = nvml.ask("nvmlDeviceGetBAR1MemoryInfo", Shape::kOut, device, kMemoryV1Size);
  gpu.facts.set("bar1_bytes", bar.ok() ? known(Value(static_cast<int64_t>(bar.wide(0)))) : bar.status);
  read_clocks(nvml, device, gpu.facts);
  read_platform(nvml, device, gpu.facts);
  // The library sees the link from the GPU's side even where a virtual machine hides the bus.
  for (const char* name : {"pcie_gen", "pcie_width"}) {
    const std::string own = std::string("nvml_") + name;
    if (const Fact* f = gpu.facts.find(own)) gpu.facts.set(name, *f);
    gpu.facts.erase(own);
  }
}

}  // namespace shardplan::probe
