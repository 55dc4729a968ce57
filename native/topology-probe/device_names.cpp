#include "device_names.h"

#include <array>

#include "pci.h"
#include "text.h"

namespace shardplan::probe {
namespace {

struct Name {
  int vendor;
  int device;
  const char* name;
};

// The PCI ids of AMD's and Intel's data centre GPUs, as their own tools list them. NVIDIA's driver names its GPUs
// itself.
constexpr std::array<Name, 15> kNames = {{
    {kAmd, 0x738c, "AMD Instinct MI100"},
    {kAmd, 0x7408, "AMD Instinct MI250X"},
    {kAmd, 0x740c, "AMD Instinct MI250X"},
    {kAmd, 0x740f, "AMD Instinct MI210"},
    {kAmd, 0x74a0, "AMD Instinct MI300A"},
    {kAmd, 0x74a1, "AMD Instinct MI300X"},
    {kAmd, 0x74b5, "AMD Instinct MI300X VF"},
    {kAmd, 0x74a2, "AMD Instinct MI308X"},
    {kAmd, 0x74a5, "AMD Instinct MI325X"},
    {kAmd, 0x75a0, "AMD Instinct MI350X"},
    {kAmd, 0x75a3, "AMD Instinct MI355X"},
    {kIntel, 0x0bd5, "Intel Data Center GPU Max 1550"},
    {kIntel, 0x0bda, "Intel Data Center GPU Max 1100"},
    {kIntel, 0x56c0, "Intel Data Center GPU Flex 170"},
    {kIntel, 0x56c1, "Intel Data Center GPU Flex 140"},
}};

// pci.ids: a vendor at the beginning of a line, its devices behind one tab, theirs behind two.
std::string name_in(const std::string& list, int vendor, int device) {
  const size_t start = list.find("\n" + hex_of(static_cast<unsigned>(vendor), 4) + "  ");
  if (start == std::string::npos) return "";
  const std::string wanted = "\t" + hex_of(static_cast<unsigned>(device), 4) + "  ";
  for (size_t line = list.find('\n', start + 1); line != std::string::npos; line = list.find('\n', line + 1)) {
    const char first = line + 1 < list.size() ? list[line + 1] : ' ';
    if (first != '\t' && first != '#') return "";
    if (list.compare(line + 1, wanted.size(), wanted) != 0) continue;
    const size_t from = line + 1 + wanted.size();
    return list.substr(from, list.find('\n', from) - from);
  }
  return "";
}

}  // namespace

std::string device_name(Files& files, int vendor, int device) {
  for (const Name& n : kNames)
    if (n.vendor == vendor && n.device == device) return n.name;
  std::string brand = vendor == kNvidia ? "NVIDIA" : vendor == kAmd ? "AMD" : "Intel";
  for (const char* path : {"/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids"}) {
    const std::string name = name_in(files.text(path), vendor, device);
    if (!name.empty()) return brand.append(" ").append(name);
  }
  return brand + " GPU " + hex_of(static_cast<unsigned>(vendor), 4) + ":" + hex_of(static_cast<unsigned>(device), 4);
}

}  // namespace shardplan::probe
