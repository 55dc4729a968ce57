// The PCI devices of /sys: which are GPUs and switches, how their links were trained, the way between two of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "files.h"
#include "host.h"

namespace shardplan::probe {

struct PciDevice {
  std::string address;
  int vendor = 0, device = 0, type = 0;  // type: the class, 24 bits
  int numa_node = -1;
  std::vector<std::string> chain;  // "pci0000:15", "0000:15:01.0", ..., its own address
};

class PciTree {
 public:
  explicit PciTree(Files& files);

  const PciDevice* find(const std::string& address) const;
  const std::map<std::string, PciDevice>& devices() const { return devices_; }
  bool empty() const { return devices_.empty(); }

  // PIX, PXB, PHB, NODE or SYS, as nvidia-smi names them; empty where sysfs does not tell.
  std::string path_between(const std::string& a, const std::string& b) const;

 private:
  std::map<std::string, PciDevice> devices_;
};

// The same rule for two chains; numa: -1 where it is not known.
std::string path_between(const PciDevice& a, const PciDevice& b);

bool is_gpu(const PciDevice& device);
bool is_nvswitch(const PciDevice& device);

// Generation and width of the link: now, at most by the device, at most by the slot above it.
void read_pcie_link(Files& files, const PciDevice& device, Facts& facts);

// One direction, payload before protocol: x16 of generation 4 has 31.5. 0 where either is not known.
double pcie_gb_per_s(int generation, int width);
std::optional<int> pcie_generation(const std::string& speed);  // "32.0 GT/s PCIe" -> 5

// GPUs of a vendor that the bus shows, with what sysfs says of each.
std::vector<Gpu> gpus_on_bus(Files& files, const PciTree& tree, int vendor);
void describe_by_bus(Files& files, const PciTree& tree, Gpu& gpu);

inline constexpr int kNvidia = 0x10de, kAmd = 0x1002, kIntel = 0x8086;

}  // namespace shardplan::probe
