#include "nccl_xml.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "links.h"
#include "text.h"

namespace shardplan::probe {
namespace {

// An element; children by their bus address, so that devices of one switch meet in it.
struct Element {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<Element> children;
};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

void print(const Element& e, const std::string& indent, std::string& out) {
  out += indent + "<" + e.name;
  for (const auto& [name, value] : e.attributes) out += " " + name + "=\"" + escaped(value) + "\"";
  if (e.children.empty()) {
    out += "/>\n";
    return;
  }
  out += ">\n";
  for (const Element& child : e.children) print(child, indent + "  ", out);
  out += indent + "</" + e.name + ">\n";
}

std::string link_speed(const Facts& facts) {
  constexpr std::array<const char*, 7> kSpeeds = {"2.5", "5.0", "8.0", "16.0", "32.0", "64.0", "128.0"};
  const auto generation = static_cast<size_t>(facts.number("pcie_gen_max").value_or(0));
  return generation >= 1 && generation <= kSpeeds.size() ? std::string(kSpeeds[generation - 1]) + " GT/s PCIe" : "";
}

Element device(const PciDevice* d, const std::string& address, const Facts& facts, Element inside) {
  Element e{"pci", {{"busid", address}}, {}};
  if (d != nullptr) {
    e.attributes.emplace_back("class", "0x" + hex_of(static_cast<unsigned>(d->type), 6));
    e.attributes.emplace_back("vendor", "0x" + hex_of(static_cast<unsigned>(d->vendor), 4));
    e.attributes.emplace_back("device", "0x" + hex_of(static_cast<unsigned>(d->device), 4));
  }
  e.attributes.emplace_back("link_speed", link_speed(facts));
  e.attributes.emplace_back("link_width", number_text(facts.number("pcie_width").value_or(0)));
  e.children.push_back(std::move(inside));
  return e;
}

Element gpu_element(const Host& host, const Gpu& gpu) {
  Element e{"gpu", {{"dev", std::to_string(gpu.index)}}, {}};
  const auto capability = number_in(gpu.facts.text("compute_capability"));
  if (capability) e.attributes.emplace_back("sm", std::to_string(std::lround(*capability * 10)));
  e.attributes.emplace_back("rank", std::to_string(gpu.index));
  e.attributes.emplace_back("gdr", host.gpudirect.flag("has_peer_memory").value_or(false) ? "1" : "0");
  std::map<std::string, int> to;  // links by their target
  for (const NvLink& l : gpu.nvlinks)
    if (l.is_up && !l.remote.empty()) ++to[l.remote == "gpu" ? l.remote_pci : l.remote];
  for (const auto& [target, count] : to) {
    const bool is_switch = target == "switch";
    // NCCL names a switch that nobody sees by an address of ones.
    const std::string address = !is_switch ? target : host.nvswitches.empty() ? "fffffff:ffff:ff" : host.nvswitches[0];
    if (target == "cpu") continue;
    e.children.push_back(
        {"nvlink",
         {{"target", address}, {"count", std::to_string(count)}, {"tclass", is_switch ? "0x068000" : "0x030200"}},
         {}});
  }
  for (const Link& l : host.links) {
    if (l.kind != "xgmi" || l.count == 0 || (l.a != gpu.index && l.b != gpu.index)) continue;
    const Gpu& other = host.gpus[static_cast<size_t>(l.a == gpu.index ? l.b : l.a)];
    e.children.push_back(
        {"xgmi", {{"target", other.pci}, {"count", std::to_string(l.count)}, {"tclass", "0x038000"}}, {}});
  }
  if (const auto links = gpu.facts.number("c2c_links"); links && *links > 0)
    e.children.push_back(
        {"c2c",
         {{"bw", number_text(gpu.facts.number("c2c_mb_per_s_per_link").value_or(0))}, {"count", number_text(*links)}},
         {}});
  return e;
}

Element nic_element(const Nic& nic, int dev) {
  Element net{"net", {{"name", nic.name}, {"dev", std::to_string(dev)}}, {}};
  if (nic.gb_per_s > 0) net.attributes.emplace_back("speed", std::to_string(static_cast<int>(nic.gb_per_s * 8000)));
  net.attributes.emplace_back("port", "1");
  if (const std::string guid = nic.facts.text("node_guid"); !guid.empty()) {
    std::string digits = guid;
    digits.erase(std::remove(digits.begin(), digits.end(), ':'), digits.end());
    net.attributes.emplace_back("guid", "0x" + digits);
  }
  return {"nic", {}, {net}};
}

// Words of 32 processors, the highest first, as /sys prints masks.
std::string affinity(const std::string& list) {
  const std::vector<int> cpus = numbers_of_list(list);
  if (cpus.empty()) return "";
  std::vector<uint32_t> words(static_cast<size_t>(cpus.back()) / 32 + 1, 0);
  for (const int cpu : cpus) words[static_cast<size_t>(cpu) / 32] |= uint32_t{1} << (cpu % 32);
  std::string out;
  for (auto word = words.rbegin(); word != words.rend(); ++word) out += (out.empty() ? "" : ",") + hex_of(*word, 8);
  return out;
}

Element cpu_element(const Host& host, int numa) {
  Element e{"cpu", {}, {}};
  if (const std::string id = host.system.text("host_id"); !id.empty())
    e.attributes.emplace_back("host_hash", "0x" + id);
  e.attributes.emplace_back("numaid", std::to_string(numa));
  for (const NumaNode& n : host.numa)
    if (n.node == numa && !n.cpus.empty()) e.attributes.emplace_back("affinity", affinity(n.cpus));
  e.attributes.emplace_back("arch", host.cpu.text("architecture"));
  if (host.cpu.text("architecture") == "x86_64") {
    e.attributes.emplace_back("vendor", host.cpu.text("vendor"));
    e.attributes.emplace_back("familyid", number_text(host.cpu.number("family").value_or(0)));
    e.attributes.emplace_back("modelid", number_text(host.cpu.number("model_number").value_or(0)));
  }
  return e;
}

// Below a processor through the switches on the way: of each switch the bridge upstream names it.
void insert(const PciTree& tree, Element& cpu, const PciDevice* d, Element leaf) {
  Element* parent = &cpu;
  for (size_t i = 2; d != nullptr && i + 1 < d->chain.size(); i += 2) {
    const std::string& address = d->chain[i];
    auto found = std::find_if(parent->children.begin(), parent->children.end(),
                              [&](const Element& e) { return e.name == "pci" && e.attributes[0].second == address; });
    if (found == parent->children.end()) {
      const PciDevice* bridge = tree.find(address);
      Element e{"pci", {{"busid", address}, {"class", "0x060400"}}, {}};
      if (bridge != nullptr)
        e.attributes.emplace_back("vendor", "0x" + hex_of(static_cast<unsigned>(bridge->vendor), 4));
      parent->children.push_back(std::move(e));
      found = std::prev(parent->children.end());
    }
    parent = &*found;
  }
  parent->children.push_back(std::move(leaf));
}

}  // namespace

std::string nccl_xml(const Host& host, const PciTree& tree) {
  std::map<int, Element> cpus;
  const auto cpu_of = [&](int numa) -> Element& {
    return cpus.try_emplace(numa, cpu_element(host, numa)).first->second;
  };
  for (const Gpu& gpu : host.gpus) {
    const PciDevice* d = tree.find(gpu.pci);
    insert(tree, cpu_of(static_cast<int>(gpu.facts.number("numa_node").value_or(-1))), d,
           device(d, gpu.pci, gpu.facts, gpu_element(host, gpu)));
  }
  int dev = 0;
  for (const Nic& nic : host.nics) {
    const PciDevice* d = tree.find(nic.pci);
    insert(tree, cpu_of(nic.numa_node), d, device(d, nic.pci, nic.facts, nic_element(nic, dev++)));
  }
  Element system{"system", {{"version", "1"}}, {}};
  for (auto& [numa, cpu] : cpus) system.children.push_back(std::move(cpu));
  std::string out;
  print(system, "", out);
  return out;
}

}  // namespace shardplan::probe
