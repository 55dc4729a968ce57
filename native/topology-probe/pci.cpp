#include "pci.h"

#include <algorithm>
#include <array>

#include "device_names.h"
#include "text.h"

namespace shardplan::probe {
namespace {

const std::string kDevices = "/sys/bus/pci/devices/";

// From generation 3 on 128 of 130 bits are payload, before 8 of 10.
struct Generation {
  double gt_per_s;
  double payload;
};
constexpr std::array<Generation, 7> kGenerations = {{{2.5, 0.8},
                                                     {5, 0.8},
                                                     {8, 128.0 / 130},
                                                     {16, 128.0 / 130},
                                                     {32, 128.0 / 130},
                                                     {64, 242.0 / 256},
                                                     {128, 242.0 / 256}}};

int number_or(Files& files, const std::string& path, int fallback) {
  return static_cast<int>(files.number(path).value_or(fallback));
}

Fact generation_fact(Files& files, const std::string& path) {
  Fact fact = files.read(path);
  if (!fact.known()) return fact;
  const auto generation = pcie_generation(std::get<std::string>(fact.value));
  return generation ? known(*generation) : unknown(Status::kNotSupported, 0, std::get<std::string>(fact.value));
}

Fact width_fact(Files& files, const std::string& path) {
  Fact fact = files.read(path);
  if (!fact.known()) return fact;
  const auto width = whole_number(std::get<std::string>(fact.value));
  // 0 and 255 are what the kernel shows where the device has no such register.
  if (!width || *width <= 0 || *width > 32) return unknown(Status::kNotSupported);
  return known(Value(*width));
}

const char* vendor_name(int vendor) { return vendor == kNvidia ? "nvidia" : vendor == kAmd ? "amd" : "intel"; }

}  // namespace

PciTree::PciTree(Files& files) {
  for (const std::string& address : files.list(kDevices)) {
    const std::string folder = kDevices + address;
    PciDevice d;
    d.address = address;
    d.vendor = number_or(files, folder + "/vendor", 0);
    d.device = number_or(files, folder + "/device", 0);
    d.type = number_or(files, folder + "/class", 0);
    d.numa_node = number_or(files, folder + "/numa_node", -1);
    for (std::string& part : split(files.resolve(folder), '/'))
      if (part.compare(0, 3, "pci") == 0 || part.find(':') != std::string::npos) d.chain.push_back(std::move(part));
    devices_[address] = std::move(d);
  }
}

const PciDevice* PciTree::find(const std::string& address) const {
  const auto found = devices_.find(address);
  return found == devices_.end() ? nullptr : &found->second;
}

std::string PciTree::path_between(const std::string& a, const std::string& b) const {
  const PciDevice* one = find(a);
  const PciDevice* other = find(b);
  return one != nullptr && other != nullptr ? probe::path_between(*one, *other) : "";
}

std::string path_between(const PciDevice& a, const PciDevice& b) {
  size_t common = 0;
  while (common < a.chain.size() && common < b.chain.size() && a.chain[common] == b.chain[common]) ++common;
  if (common == 0) {
    if (a.numa_node < 0 || b.numa_node < 0) return "";
    return a.numa_node == b.numa_node ? "NODE" : "SYS";
  }
  if (common == 1) return "PHB";
  // A switch is one bridge upstream and one for each port: below the common one, one on each side is the same switch.
  const size_t deepest = std::max(a.chain.size(), b.chain.size());
  return deepest <= common + 2 ? "PIX" : "PXB";
}

bool is_gpu(const PciDevice& d) {
  const int base = d.type >> 16;
  if (base != 0x03 && base != 0x12) return false;
  if (d.vendor == kNvidia) return base == 0x03;
  if (d.vendor == kAmd) return true;
  // On bus 0 is the GPU that is part of the processor.
  return d.vendor == kIntel && d.address.compare(5, 3, "00:") != 0;
}

bool is_nvswitch(const PciDevice& d) { return d.vendor == kNvidia && d.type >> 8 == 0x0680; }

void read_pcie_link(Files& files, const PciDevice& d, Facts& facts) {
  const std::string folder = kDevices + d.address;
  facts.offer("pcie_gen", generation_fact(files, folder + "/current_link_speed"));
  facts.offer("pcie_gen_device_max", generation_fact(files, folder + "/max_link_speed"));
  facts.offer("pcie_width", width_fact(files, folder + "/current_link_width"));
  facts.offer("pcie_width_device_max", width_fact(files, folder + "/max_link_width"));
  if (d.chain.size() < 3) return;
  const std::string slot = kDevices + d.chain[d.chain.size() - 2];
  facts.offer("pcie_gen_slot_max", generation_fact(files, slot + "/max_link_speed"));
  facts.offer("pcie_width_slot_max", width_fact(files, slot + "/max_link_width"));
}

std::optional<int> pcie_generation(const std::string& speed) {
  const auto rate = number_in(speed);
  if (!rate) return std::nullopt;
  for (size_t i = 0; i < kGenerations.size(); ++i)
    if (*rate == kGenerations[i].gt_per_s) return static_cast<int>(i) + 1;
  return std::nullopt;
}

double pcie_gb_per_s(int generation, int width) {
  if (generation < 1 || generation > static_cast<int>(kGenerations.size()) || width < 1) return 0;
  const Generation& g = kGenerations[static_cast<size_t>(generation) - 1];
  return g.gt_per_s * g.payload * width / 8;
}

void describe_by_bus(Files& files, const PciTree& tree, Gpu& gpu) {
  const PciDevice* d = tree.find(gpu.pci);
  if (d == nullptr) {
    gpu.facts.offer("numa_node", unknown(Status::kNotSupported, 0, "not on the bus that /sys shows"));
    return;
  }
  read_pcie_link(files, *d, gpu.facts);
  gpu.facts.set("numa_node", d->numa_node >= 0 ? known(d->numa_node) : unknown(Status::kNotSupported));
  gpu.facts.offer("cpu_affinity", files.read(kDevices + d->address + "/local_cpulist"));
  gpu.facts.set("pci_id",
                known(hex_of(static_cast<unsigned>(d->vendor), 4) + ":" + hex_of(static_cast<unsigned>(d->device), 4)));
}

std::vector<Gpu> gpus_on_bus(Files& files, const PciTree& tree, int vendor) {
  std::vector<Gpu> out;
  for (const auto& [address, d] : tree.devices()) {
    if (d.vendor != vendor || !is_gpu(d)) continue;
    Gpu gpu;
    gpu.vendor = vendor_name(vendor);
    gpu.pci = address;
    describe_by_bus(files, tree, gpu);
    gpu.facts.set("name", known(Value(device_name(files, d.vendor, d.device))));
    out.push_back(std::move(gpu));
  }
  return out;
}

}  // namespace shardplan::probe
