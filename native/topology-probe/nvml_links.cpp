// NVLinks of a GPU, the fabric that it joined, its link to a Grace processor.
#include <algorithm>
#include <cstring>

#include "nvml_gpu.h"
#include "text.h"

namespace shardplan::probe {
namespace {

using nvml::Shape;

constexpr int kMostLinks = 36;  // of NVML's API 13
constexpr uint32_t kFieldSize = 40;
constexpr uint32_t kLinkCount = 91, kLinkSpeed = 164, kLinkState = 165, kC2cCount = 170, kC2cBandwidth = 172;
constexpr uint32_t kFabricV3 = 0x03000028, kFabricV2 = 0x02000024, kFabricV1Size = 28;
constexpr uint32_t kRemoteGpu = 0, kRemoteNpu = 1, kRemoteSwitch = 2;

struct Asked {
  uint32_t field;
  uint32_t scope;
};

// Fields of a device; each has a status of its own, although the call as a whole succeeds.
std::vector<Fact> fields(Nvml& nvml, int device, const std::vector<Asked>& asked) {
  std::string payload(asked.size() * kFieldSize, '\0');
  for (size_t i = 0; i < asked.size(); ++i) {
    std::memcpy(payload.data() + i * kFieldSize, &asked[i], sizeof asked[i]);
    const int32_t not_answered = 999;
    std::memcpy(payload.data() + i * kFieldSize + 28, &not_answered, sizeof not_answered);
  }
  const Answer a = nvml.ask("nvmlDeviceGetFieldValues", Shape::kFields, device, 0, static_cast<uint32_t>(asked.size()),
                            0, -1, -1, payload);
  std::vector<Fact> out;
  for (size_t i = 0; i < asked.size(); ++i) {
    const size_t at = i * kFieldSize;
    if (!a.ok()) out.push_back(a.status);
    else if (a.word(at + 28) != 0) out.push_back(fact_of_code(static_cast<int>(a.word(at + 28))));
    else out.push_back(known(Value(static_cast<int64_t>(a.word(at + 32)))));
  }
  return out;
}

// GB/s of one link in one direction, by the number that NVML gives the generation: 1.0, 2.0 to 4.0, 5.0.
double rate_of_version(uint32_t version) {
  if (version == 1) return 20;
  if (version >= 2 && version <= 6) return 25;
  return version == 7 ? 50 : 0;
}

// The line rate that the driver tells has the encoding in it on newer GPUs (26.562 for 25); links of bridges are slower
// than their generation (14.062).
double payload(double line_rate, double rate) {
  if (line_rate <= 0 || rate <= 0) return std::max(line_rate, rate);
  return std::min(line_rate, rate);
}

double whole(const Fact& fact) { return fact.known() ? static_cast<double>(std::get<int64_t>(fact.value)) : 0; }

void read_remote(Nvml& nvml, int device, NvLink& link) {
  const auto arg = static_cast<uint32_t>(link.index);
  const Answer kind = nvml.ask("nvmlDeviceGetNvLinkRemoteDeviceType", Shape::kArgOut, device, 4, arg);
  if (kind.ok())
    link.remote = kind.word() == kRemoteGpu      ? "gpu"
                  : kind.word() == kRemoteSwitch ? "switch"
                  : kind.word() == kRemoteNpu    ? "cpu"
                                                 : "";
  if (link.remote == "switch" || link.remote == "cpu") return;
  Answer where = nvml.ask("nvmlDeviceGetNvLinkRemotePciInfo_v2", Shape::kArgOut, device, 96, arg);
  if (where.status.status == Status::kMissingSymbol)
    where = nvml.ask("nvmlDeviceGetNvLinkRemotePciInfo", Shape::kArgOut, device, 96, arg);
  if (!where.ok()) return;
  const std::string text = where.text(36, 32).empty() ? where.text(0, 16) : where.text(36, 32);
  link.remote_pci = pci_address(text);
  // A switch that a virtual machine or a rack hides has no address, or one of ones.
  const bool hidden = link.remote_pci.empty() || lower(text).find("fffff") != std::string::npos;
  if (hidden) link.remote_pci.clear();
  if (link.remote.empty()) link.remote = hidden ? "switch" : "gpu";
}

}  // namespace

void read_nvlinks(Nvml& nvml, int device, Gpu& gpu) {
  const auto capability = number_in(gpu.facts.text("compute_capability"));
  if (capability && *capability < 6) return;
  const Fact count = fields(nvml, device, {{kLinkCount, 0}})[0];
  const int links = count.known() ? std::min(static_cast<int>(whole(count)), kMostLinks) : kMostLinks;
  if (links == 0) return;
  std::vector<Asked> asked;
  for (int l = 0; l < links; ++l) asked.push_back({kLinkSpeed, static_cast<uint32_t>(l)});
  for (int l = 0; l < links; ++l) asked.push_back({kLinkState, static_cast<uint32_t>(l)});
  const std::vector<Fact> values = fields(nvml, device, asked);
  double rate = 0;
  for (int l = 0; l < links; ++l) {
    NvLink link;
    link.index = l;
    link.state = values[static_cast<size_t>(links) + static_cast<size_t>(l)];
    if (!link.state.known()) {
      const Answer a = nvml.ask("nvmlDeviceGetNvLinkState", Shape::kArgOut, device, 4, static_cast<uint32_t>(l));
      if (!a.ok() && !count.known()) {  // the first that there is not ends the list
        if (l == 0) gpu.facts.set("nvlink_state", a.status);
        break;
      }
      link.state = a.ok() ? known(Value(static_cast<int64_t>(a.word()))) : a.status;
    }
    link.is_up = whole(link.state) == 1;
    if (link.is_up) {
      read_remote(nvml, device, link);
      if (rate == 0)
        rate = rate_of_version(
            nvml.ask("nvmlDeviceGetNvLinkVersion", Shape::kArgOut, device, 4, static_cast<uint32_t>(l)).word());
      link.gb_per_s = payload(whole(values[static_cast<size_t>(l)]) / 1000, rate);
    }
    gpu.nvlinks.push_back(std::move(link));
  }
}

void read_fabric(Nvml& nvml, int device, Gpu& gpu) {
  Answer a = nvml.ask_versions("nvmlDeviceGetGpuFabricInfoV", Shape::kOut, device, {kFabricV3, kFabricV2});
  size_t base = 4;
  if (a.status.status == Status::kMissingSymbol) {
    a = nvml.ask("nvmlDeviceGetGpuFabricInfo", Shape::kOut, device, kFabricV1Size);
    base = 0;
  }
  static const char* const kStates[] = {"not_supported", "not_started", "in_progress", "completed"};
  if (!a.ok() || a.word(base + 24) == 0) {
    gpu.fabric.set("state", a.ok() ? known("not_supported") : a.status);
  } else {
    const uint32_t state = a.word(base + 24);
    gpu.fabric.set("state", known(state < 4 ? kStates[state] : "unknown"));
    gpu.fabric.set("status", known(static_cast<int>(a.word(base + 16))));
    gpu.fabric.set("clique", known(Value(static_cast<int64_t>(a.word(base + 20)))));
    std::string uuid;
    for (const char c : a.bytes.substr(base, 16)) uuid += hex_of(static_cast<unsigned char>(c), 2);
    gpu.fabric.set("cluster_uuid", uuid.find_first_not_of('0') == std::string::npos ? unknown(Status::kNotSupported)
                                                                                    : known(Value(uuid)));
    if (base == 4) gpu.fabric.set("health_mask", known(Value("0x" + hex_of(a.word(32), 4))));
    if (base == 4 && a.bytes.size() >= 40) gpu.fabric.set("health_summary", known(static_cast<int>(a.word(36))));
  }
  const Fact c2c = fields(nvml, device, {{kC2cCount, 0}})[0];
  gpu.facts.set("c2c_links", c2c);
  if (whole(c2c) > 0) gpu.facts.set("c2c_mb_per_s_per_link", fields(nvml, device, {{kC2cBandwidth, 0}})[0]);
}

}  // namespace shardplan::probe
