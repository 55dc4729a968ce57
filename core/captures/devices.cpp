#include "captures/devices.h"

namespace shardplan::captures {
namespace {

struct Device {
  std::string_view vendor, device, name;
};

// The PCI ID repository (pci-ids.ucw.cz), accelerators that a preset describes and their kin.
constexpr Device kDevices[] = {
    {"10de", "15f8", "Tesla P100-PCIE-16GB"},
    {"10de", "15f9", "Tesla P100-SXM2-16GB"},
    {"10de", "1db1", "Tesla V100-SXM2-16GB"},
    {"10de", "1db4", "Tesla V100-PCIE-16GB"},
    {"10de", "1db5", "Tesla V100-SXM2-32GB"},
    {"10de", "1eb8", "Tesla T4"},
    {"10de", "20b0", "NVIDIA A100-SXM4-40GB"},
    {"10de", "20b2", "NVIDIA A100-SXM4-80GB"},
    {"10de", "20b5", "NVIDIA A100 80GB PCIe"},
    {"10de", "20b7", "NVIDIA A30"},
    {"10de", "20f1", "NVIDIA A100-PCIE-40GB"},
    {"10de", "2235", "NVIDIA A40"},
    {"10de", "2236", "NVIDIA A10"},
    {"10de", "2237", "NVIDIA A10G"},
    {"10de", "2321", "NVIDIA H100 NVL"},
    {"10de", "2324", "NVIDIA H800"},
    {"10de", "2329", "NVIDIA H20"},
    {"10de", "2330", "NVIDIA H100 80GB HBM3"},
    {"10de", "2331", "NVIDIA H100 PCIe"},
    {"10de", "2335", "NVIDIA H200"},
    {"10de", "26b5", "NVIDIA L40"},
    {"10de", "26b9", "NVIDIA L40S"},
    {"10de", "27b8", "NVIDIA L4"},
    {"10de", "2901", "NVIDIA B200"},
    {"10de", "2941", "NVIDIA GB200"},
    {"10de", "2e12", "NVIDIA GB10"},
    {"1002", "66a1", "Radeon Instinct MI50"},
    {"1002", "738c", "AMD Instinct MI100"},
    {"1002", "7408", "AMD Instinct MI250X"},
    {"1002", "740c", "AMD Instinct MI250X"},
    {"1002", "740f", "AMD Instinct MI210"},
    {"1002", "74a0", "AMD Instinct MI300A"},
    {"1002", "74a1", "AMD Instinct MI300X"},
    {"1002", "74a5", "AMD Instinct MI325X"},
    {"1002", "75a3", "AMD Instinct MI355X"},
};

std::string_view without_prefix(std::string_view hex) { return hex.substr(0, 2) == "0x" ? hex.substr(2) : hex; }

// NCCL 2.30, src/graph/topo.h: what it takes for the way between two sockets.
constexpr double kAmd = 16, kBroadwell = 6, kSkylake = 10, kSapphireRapids = 22, kEmeraldRapids = 40, kPower9 = 32,
                 kArm = 6, kZhaoxin = 6;

CpuKind intel(int family, int model) {
  if (family != 6 || model < 0) return {"Intel", 0};
  if (model >= 0xCF) return {"Intel, Emerald Rapids or later", kEmeraldRapids};
  if (model >= 0x8F) return {"Intel, Sapphire Rapids", kSapphireRapids};
  if (model >= 0x55) return {"Intel, Skylake to Ice Lake", kSkylake};
  return {"Intel, before Skylake", kBroadwell};
}

}  // namespace

std::string pci_device_name(std::string_view vendor, std::string_view device) {
  vendor = without_prefix(vendor);
  device = without_prefix(device);
  for (const Device& d : kDevices)
    if (d.vendor == vendor && d.device == device) return std::string(d.name);
  return {};
}

CpuKind cpu_kind(std::string_view arch, std::string_view vendor, int family, int model) {
  if (arch == "ppc64") return {"POWER", kPower9};
  if (arch == "arm64") return {"Arm", kArm};
  if (vendor == "GenuineIntel") return intel(family, model);
  if (vendor == "AuthenticAMD") return {"AMD", kAmd};
  if (vendor.find("Zhaoxin") != std::string_view::npos || vendor.find("Shanghai") != std::string_view::npos)
    return {"Zhaoxin", kZhaoxin};
  return {};
}

}  // namespace shardplan::captures
