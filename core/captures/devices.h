// What vendors' numbers stand for: GPUs by their PCI ids, processors by what NCCL reads of them.
#pragma once

#include <string>
#include <string_view>

namespace shardplan::captures {

// The name that the driver gives, of "0x10de" and "0x2330" or "10de" and "2330"; empty where it is not known.
std::string pci_device_name(std::string_view vendor, std::string_view device);

struct CpuKind {
  std::string name;            // empty: not said
  double socket_gb_per_s = 0;  // between sockets, one direction; 0: not known
};
CpuKind cpu_kind(std::string_view arch, std::string_view vendor, int family, int model);

}  // namespace shardplan::captures
