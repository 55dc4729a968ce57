#include "kfd.h"

#include <algorithm>
#include <map>

#include "device_names.h"
#include "text.h"

namespace shardplan::probe {
namespace {

const std::string kNodes = "/sys/class/kfd/kfd/topology/nodes/";
constexpr int64_t kXgmi = 11;
constexpr int64_t kWeightOfHop = 15;

struct Node {
  int number = 0;
  std::string properties;
};

std::string address_of(const std::string& properties) {
  const auto location = property(properties, "location_id");
  if (!location) return "";
  const auto domain = static_cast<uint64_t>(property(properties, "domain").value_or(0));
  const auto place = static_cast<uint64_t>(*location);
  return hex_of(domain, 4) + ":" + hex_of(place >> 8 & 0xff, 2) + ":" + hex_of(place >> 3 & 0x1f, 2) + "." +
         hex_of(place & 7, 1);
}

Fact scaled(Files& files, const std::string& path, double scale) {
  Fact fact = files.read(path);
  if (!fact.known()) return fact;
  const auto value = whole_number(std::get<std::string>(fact.value));
  return value ? known(Value(static_cast<double>(*value) * scale)) : unknown(Status::kError, 0, "is not a number");
}

Fact memory_of(Files& files, const std::string& device, const std::string& node) {
  Fact fact = files.read(device + "/mem_info_vram_total");
  if (fact.known())
    if (const auto bytes = whole_number(std::get<std::string>(fact.value))) return known(Value(*bytes));
  int64_t sum = 0;
  for (const std::string& bank : files.list(node + "/mem_banks"))
    sum += property(files.text(node + "/mem_banks/" + bank + "/properties"), "size_in_bytes").value_or(0);
  return sum > 0 ? known(Value(sum)) : fact.known() ? unknown(Status::kNotSupported) : fact;
}

void read_power(Files& files, const std::string& device, Facts& facts) {
  const std::vector<std::string> monitors = files.list(device + "/hwmon");
  const std::string monitor = monitors.empty() ? device : device + "/hwmon/" + monitors[0];
  facts.set("power_limit_w", scaled(files, monitor + "/power1_cap", 1e-6));
  facts.set("power_limit_default_w", scaled(files, monitor + "/power1_cap_default", 1e-6));
  facts.set("power_limit_max_w", scaled(files, monitor + "/power1_cap_max", 1e-6));
}

Gpu gpu_of(Files& files, const PciTree& tree, const Node& node) {
  Gpu gpu;
  gpu.vendor = "amd";
  gpu.pci = address_of(node.properties);
  const std::string device = "/sys/bus/pci/devices/" + gpu.pci;
  describe_by_bus(files, tree, gpu);
  const std::string product = files.text(device + "/product_name");
  const auto id = static_cast<int>(property(node.properties, "device_id").value_or(0));
  gpu.facts.set("name", known(Value(product.empty() ? device_name(files, kAmd, id) : product)));
  gpu.facts.set("kfd_node", known(node.number));
  const auto unique = property(node.properties, "unique_id").value_or(0);
  gpu.facts.set("uuid", unique != 0 ? known(Value("GPU-" + hex_of(static_cast<uint64_t>(unique), 16)))
                                    : unknown(Status::kNotSupported));
  gpu.facts.set("memory_bytes", memory_of(files, device, kNodes + std::to_string(node.number)));
  const auto gfx = property(node.properties, "gfx_target_version");
  gpu.facts.set("compute_capability", gfx ? known(Value(gfx_name(*gfx))) : unknown(Status::kNotSupported));
  const auto simds = property(node.properties, "simd_count");
  const auto each = property(node.properties, "simd_per_cu");
  gpu.facts.set("compute_units",
                simds && each && *each > 0 ? known(Value(*simds / *each)) : unknown(Status::kNotSupported));
  const auto hive = property(node.properties, "hive_id").value_or(0);
  gpu.facts.set("hive",
                hive != 0 ? known(Value(hex_of(static_cast<uint64_t>(hive), 16))) : unknown(Status::kNotSupported));
  gpu.facts.set("compute_partition", files.read(device + "/current_compute_partition"));
  gpu.facts.set("memory_partition", files.read(device + "/current_memory_partition"));
  read_power(files, device, gpu.facts);
  return gpu;
}

// Links that leave one node for another GPU; both directions are listed, so the first stands.
void read_links(Files& files, int node, const std::map<int, int>& gpu_of_node, Host& host) {
  const std::string folder = kNodes + std::to_string(node) + "/io_links";
  for (const std::string& name : files.list(folder)) {
    const std::string p = files.text(folder + "/" + name + "/properties");
    const auto other = gpu_of_node.find(static_cast<int>(property(p, "node_to").value_or(-1)));
    if (other == gpu_of_node.end() || property(p, "type") != kXgmi) continue;
    const int a = gpu_of_node.at(node);
    if (a >= other->second) continue;
    Link link;
    link.a = a;
    link.b = other->second;
    link.kind = "xgmi";
    link.path = "XGMI";
    link.source = "kfd";
    const int64_t hops = property(p, "weight").value_or(kWeightOfHop) / kWeightOfHop;
    const int64_t rate = property(p, "max_bandwidth").value_or(0);
    const int64_t rate_of_one = property(p, "min_bandwidth").value_or(0);
    if (hops <= 1 && rate > 0) {
      link.gb_per_s = static_cast<double>(rate) / 1000;
      link.count = rate_of_one > 0 ? static_cast<int>(rate / rate_of_one) : 1;
    }
    link.peer.set("xgmi_hops", known(Value(hops)));
    host.links.push_back(std::move(link));
  }
}

}  // namespace

std::string gfx_name(int64_t version) {
  const auto v = static_cast<uint64_t>(version);
  return "gfx" + std::to_string(v / 10000) + hex_of(v / 100 % 100, 1) + hex_of(v % 100, 1);
}

void read_kfd(Files& files, const PciTree& tree, std::vector<Gpu> on_bus, Host& host) {
  std::vector<int> numbers;
  for (const std::string& name : files.list(kNodes))
    if (const auto number = whole_number(name)) numbers.push_back(static_cast<int>(*number));
  std::sort(numbers.begin(), numbers.end());
  std::map<int, int> gpu_of_node;
  int unreadable = 0;
  for (const int number : numbers) {
    const std::string folder = kNodes + std::to_string(number);
    const Node node{number, files.text(folder + "/properties")};
    // A control group that hides a GPU leaves its node, with nothing in it.
    if (node.properties.empty()) ++unreadable;
    if (property(node.properties, "simd_count").value_or(0) <= 0) continue;
    Gpu gpu = gpu_of(files, tree, node);
    gpu.index = static_cast<int>(host.gpus.size());
    gpu_of_node[number] = gpu.index;
    on_bus.erase(std::remove_if(on_bus.begin(), on_bus.end(), [&](const Gpu& g) { return g.pci == gpu.pci; }),
                 on_bus.end());
    host.gpus.push_back(std::move(gpu));
  }
  for (const auto& [node, gpu] : gpu_of_node) read_links(files, node, gpu_of_node, host);
  if (!numbers.empty() || !on_bus.empty()) host.drivers.set("amdgpu", files.read("/sys/module/amdgpu/version"));
  if (!gpu_of_node.empty()) {
    host.drivers.set("gpus_that_kfd_does_not_show", known(std::max(unreadable, static_cast<int>(on_bus.size()))));
    return;
  }
  for (Gpu& gpu : on_bus) {  // the compute driver is not there
    gpu.index = static_cast<int>(host.gpus.size());
    gpu.facts.set("memory_bytes", memory_of(files, "/sys/bus/pci/devices/" + gpu.pci, kNodes + "none"));
    host.gpus.push_back(std::move(gpu));
  }
}

}  // namespace shardplan::probe
