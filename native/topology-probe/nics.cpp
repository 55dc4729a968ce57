#include "nics.h"

#include <algorithm>

#include "text.h"

namespace shardplan::probe {
namespace {

constexpr int kAmazon = 0x1d0f;
const std::string kRdma = "/sys/class/infiniband/";
const std::string kNet = "/sys/class/net/";

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// The PCI device that a device of a class stands for; virtio has one more folder in between.
std::string address_of(Files& files, const PciTree& tree, const std::string& device) {
  const std::vector<std::string> parts = split(files.resolve(device), '/');
  for (auto part = parts.rbegin(); part != parts.rend(); ++part)
    if (tree.find(*part) != nullptr) return *part;
  return "";
}

void read_port(Files& files, const std::string& port, Nic& nic) {
  const std::string state = files.text(port + "/state");  // "4: ACTIVE"
  const bool active = state.find("ACTIVE") != std::string::npos;
  const Fact rate = files.read(port + "/rate");  // "400 Gb/sec (4X NDR)"
  const auto gbit = rate.known() ? number_in(std::get<std::string>(rate.value)) : std::nullopt;
  nic.is_up = nic.is_up || active;
  // A port that is down shows the least rate that it has: that is no bandwidth.
  if (active && gbit) nic.gb_per_s += *gbit / 8;
  const std::string layer = files.text(port + "/link_layer");
  if (nic.kind.empty() && !layer.empty() && layer != "Unspecified")
    nic.kind = layer == "Ethernet" ? "roce" : "infiniband";
  nic.facts.set("state", files.read(port + "/state"));
  nic.facts.set("physical_state", files.read(port + "/phys_state"));
  nic.facts.set("rate", rate);
  nic.facts.set("link_layer", files.read(port + "/link_layer"));
  if (nic.kind == "infiniband") nic.facts.set("subnet_manager_lid", files.read(port + "/sm_lid"));
}

void place(Files& files, const PciTree& tree, Nic& nic) {
  const PciDevice* d = tree.find(nic.pci);
  if (d == nullptr) return;
  nic.numa_node = d->numa_node;
  read_pcie_link(files, *d, nic.facts);
  nic.facts.set("pci_id",
                known(hex_of(static_cast<unsigned>(d->vendor), 4) + ":" + hex_of(static_cast<unsigned>(d->device), 4)));
  nic.facts.set("is_virtual_function", known(Value(files.exists("/sys/bus/pci/devices/" + nic.pci + "/physfn"))));
}

bool is_efa(Files& files, const PciTree& tree, const std::string& folder, const std::string& pci) {
  const PciDevice* d = tree.find(pci);
  if (d != nullptr && d->vendor == kAmazon && (d->device & 0xfff0) == 0xefa0) return true;
  return last_part(files.resolve(folder + "/device/driver")) == "efa";
}

void read_rdma(Files& files, const PciTree& tree, Host& host) {
  for (const std::string& name : files.list(kRdma)) {
    const std::string folder = kRdma + name;
    Nic nic;
    nic.name = name;
    nic.pci = address_of(files, tree, folder + "/device");
    if (nic.pci.empty() && !tree.empty()) continue;  // soft RDMA over another adapter
    if (is_efa(files, tree, folder, nic.pci)) nic.kind = "efa";
    for (const std::string& port : files.list(folder + "/ports")) read_port(files, folder + "/ports/" + port, nic);
    if (nic.kind.empty()) nic.kind = "infiniband";
    nic.facts.set("firmware", files.read(folder + "/fw_ver"));
    nic.facts.set("model", files.read(folder + "/hca_type"));
    nic.facts.set("board", files.read(folder + "/board_id"));
    nic.facts.set("node_guid", files.read(folder + "/node_guid"));
    nic.facts.set("system_guid", files.read(folder + "/sys_image_guid"));
    place(files, tree, nic);
    host.nics.push_back(std::move(nic));
  }
}

void read_ethernet(Files& files, const PciTree& tree, Host& host) {
  for (const std::string& name : files.list(kNet)) {
    const std::string folder = kNet + name;
    const std::string pci = address_of(files, tree, folder + "/device");
    if (pci.empty()) continue;  // a bridge, a tunnel, one end of a pair
    const auto owner = std::find_if(host.nics.begin(), host.nics.end(), [&](const Nic& n) { return n.pci == pci; });
    if (owner != host.nics.end()) {  // the same adapter's other face
      owner->facts.set("interface", known(Value(name)));
      owner->facts.set("mtu", files.read(folder + "/mtu"));
      continue;
    }
    Nic nic;
    nic.name = name;
    nic.kind = "ethernet";
    nic.pci = pci;
    nic.is_up = files.text(folder + "/operstate") == "up";
    nic.facts.set("state", files.read(folder + "/operstate"));
    nic.facts.set("mtu", files.read(folder + "/mtu"));
    Fact speed = files.read(folder + "/speed");  // Mb/s; -1 or an error where it is down or virtual
    const auto mbit = speed.known() ? whole_number(std::get<std::string>(speed.value)) : std::nullopt;
    if (speed.known() && (!mbit || *mbit <= 0)) speed = unknown(Status::kNotSupported);
    if (speed.known() && nic.is_up) nic.gb_per_s = static_cast<double>(*mbit) / 8000;
    nic.facts.set("speed_mbit_per_s", speed.known() ? known(Value(*mbit)) : speed);
    place(files, tree, nic);
    host.nics.push_back(std::move(nic));
  }
}

}  // namespace

void read_nics(Files& files, const PciTree& tree, Host& host) {
  read_rdma(files, tree, host);
  read_ethernet(files, tree, host);
}

void read_gpudirect(Files& files, Facts& facts) {
  std::string evidence;
  for (const char* path : {"/sys/module/nvidia_peermem/version", "/sys/kernel/mm/memory_peers/nv_mem/version",
                           "/sys/kernel/mm/memory_peers/nv_mem_nc/version",
                           "/sys/kernel/mm/memory_peers/amdkfd/version", "/sys/module/efa_nv_peermem/version"})
    if (files.exists(path)) evidence += (evidence.empty() ? "" : ", ") + std::string(path);
  facts.set("peer_memory", evidence.empty() ? known("no module of its own is loaded") : known(Value(evidence)));
  facts.set("has_peer_memory", known(Value(!evidence.empty())));
  // The other way: buffers shared by the kernel, which NVIDIA's open modules (dual licence) offer since 5.12.
  const std::string licence = files.text("/proc/driver/nvidia/version");
  const bool open = licence.find("Open Kernel Module") != std::string::npos;
  facts.set("open_kernel_modules", licence.empty() ? unknown(Status::kNotSupported) : known(Value(open)));
  facts.set("iommu_groups", known(static_cast<int>(files.list("/sys/kernel/iommu_groups").size())));
  facts.set("access_control_services", unknown(Status::kNoPermission, 0, "the configuration space needs root"));
  facts.set("imex_channels", known(static_cast<int>(files.list("/dev/nvidia-caps-imex-channels").size())));
}

}  // namespace shardplan::probe
