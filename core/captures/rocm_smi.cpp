// rocm-smi --showtopo as text (sections with a matrix each) and as JSON (one key a pair, whose words change by
// release).
#include <algorithm>
#include <map>

#include "base/text.h"
#include "captures/capture.h"
#include "captures/path_class.h"
#include "captures/pci_tree.h"
#include "captures/text.h"
#include "json/view.h"

namespace shardplan::captures {
namespace {

constexpr int kMostGpus = 512;
// The kernel gives a weight of 15 to an xGMI hop, more to PCIe.
constexpr int kWeightOfXgmiHop = 15;

struct Pair {
  int weight = 0, hops = 0;
  std::string type;
};

// Two GPUs in this order.
using Pairs = std::map<std::pair<int, int>, Pair>;

// hops is 1 over xGMI even where several are needed: the weight tells.
spec::TopologyLink link_of(int a, int b, const Pair& p) {
  spec::TopologyLink l{a, b, spec::LinkKind::kUnknown, 0, "", 0};
  const std::string type = p.type.empty() && p.weight > 0 ? (p.weight == kWeightOfXgmiHop ? "XGMI" : "") : p.type;
  if (type == "XGMI" && p.weight <= kWeightOfXgmiHop) {
    l.kind = spec::LinkKind::kXgmi;
    l.path = "XGMI";
    l.count = 1;
  } else if (type == "XGMI") {
    l.kind = spec::LinkKind::kXgmi;
    l.path = "XGMI";  // over others: no link of its own
  } else if (type == "PCIE" || p.hops > 1 || p.weight > kWeightOfXgmiHop) {
    l.kind = spec::LinkKind::kPcie;
    l.path = p.hops >= 3 ? "SYS" : "PHB";
  }
  return l;
}

struct TopologyGpuFacts {
  std::string name, pci;
  double memory_gib = 0;
};

// Some releases print a number where others have the name.
bool is_name(const json::View& v) {
  return v.is(json::View::Kind::kText) && !v.text().empty() && v.text().substr(0, 2) != "0x" && v.text() != "N/A";
}

// "Arcturus GL-XL [Instinct MI100]" -> "Instinct MI100": the code name stands before what is sold.
std::string marketed(const std::string& name) {
  const size_t open = name.find('['), close = name.rfind(']');
  if (open == std::string::npos || close == std::string::npos || close < open + 2) return name;
  return name.substr(open + 1, close - open - 1);
}

Result<spec::Topology> topology_of(int gpus, const Pairs& pairs, const std::map<int, int>& numa,
                                   const std::map<int, TopologyGpuFacts>& facts, Kind kind) {
  if (gpus == 0) return fail("", "There is no GPU in it.", "Paste what 'rocm-smi --showtopo' prints.");
  spec::Topology t;
  for (int a = 0; a < gpus; ++a) {
    spec::TopologyGpu g;
    g.index = a;
    if (const auto n = numa.find(a); n != numa.end()) g.numa_node = n->second;
    if (const auto f = facts.find(a); f != facts.end()) {
      g.name = f->second.name;
      g.pci = f->second.pci;
      g.memory_gib = f->second.memory_gib;
    }
    t.gpus.push_back(std::move(g));
  }
  bool says_links = false;
  for (int a = 0; a < gpus; ++a)
    for (int b = a + 1; b < gpus; ++b) {
      const auto p = pairs.find({a, b});
      t.links.push_back(link_of(a, b, p == pairs.end() ? Pair() : p->second));
      says_links = says_links || t.links.back().kind != spec::LinkKind::kUnknown;
    }
  if (gpus > 1 && !says_links) t.missing.push_back("links");
  finish(t, name_of(kind));
  return t;
}

int gpu_number(std::string_view word) {
  if (word.substr(0, 3) != "GPU") return -1;
  word.remove_prefix(3);
  if (!word.empty() && word.front() == '[') word = word.substr(1, word.find(']') - 1);
  const int n = whole_number(word).value_or(-1);
  return n < kMostGpus ? n : -1;
}

enum class Section { kNone, kWeight, kHops, kType };

Section section_of(const std::string& line) {
  if (line.find("Weight between") != std::string::npos) return Section::kWeight;
  if (line.find("Hops between") != std::string::npos) return Section::kHops;
  if (line.find("Link Type between") != std::string::npos) return Section::kType;
  return Section::kNone;
}

void put(Section section, Pair& pair, std::string_view cell) {
  if (section == Section::kWeight) pair.weight = whole_number(cell).value_or(0);
  if (section == Section::kHops) pair.hops = whole_number(cell).value_or(0);
  if (section == Section::kType) pair.type = cell;
}

}  // namespace

Result<spec::Topology> read_rocm_smi_text(std::string_view text) {
  Section section = Section::kNone;
  std::vector<int> columns;
  Pairs pairs;
  std::map<int, int> numa;
  std::vector<std::string> damaged;
  int gpus = 0, number = 0;
  for (const std::string& line : clean_lines(text)) {
    ++number;
    const std::vector<std::string_view> all = words(line);
    if (all.empty()) continue;
    if (line.find("====") != std::string::npos) {
      section = section_of(line);
      columns.clear();
      continue;
    }
    const int row = gpu_number(all.front());
    if (row < 0) continue;
    gpus = std::max(gpus, row + 1);
    if (line.find("Numa Node:") != std::string::npos) {
      numa[row] = whole_number(all.back()).value_or(-1);
    } else if (section != Section::kNone && columns.empty()) {
      for (std::string_view w : all) columns.push_back(gpu_number(w));
    } else if (section != Section::kNone) {
      if (all.size() != columns.size() + 1)
        damaged.push_back("Line " + std::to_string(number) + ": the row of GPU" + std::to_string(row) + " has " +
                          std::to_string(all.size() - 1) + " of " + std::to_string(columns.size()) + " cells.");
      for (size_t i = 1; i < all.size() && i <= columns.size(); ++i)
        if (columns[i - 1] > row) put(section, pairs[std::pair(row, columns[i - 1])], all[i]);
    }
  }
  auto t = topology_of(gpus, pairs, numa, {}, Kind::kRocmSmiText);
  if (t) t->warnings.insert(t->warnings.begin(), damaged.begin(), damaged.end());
  return t;
}

Result<spec::Topology> read_rocm_smi_json(std::string_view text) {
  const auto document = json::parse(trimmed(text), kLargestCaptureBytes);
  if (!document) return tl::unexpected<Diagnostics>(document.error());
  const json::View root(*document);
  int gpus = 0;
  std::map<int, int> numa;
  std::map<int, TopologyGpuFacts> facts;
  Pairs pairs;
  for (size_t i = 0; i < root.size(); ++i) {
    const std::string key = root.key(i);
    const json::View value = root.at(i);
    const auto card = key.substr(0, 4) == "card" ? whole_number(std::string_view(key).substr(4)) : std::nullopt;
    if (card && *card < kMostGpus) {
      gpus = std::max(gpus, *card + 1);
      numa[*card] = whole_number(value["(Topology) Numa Node"].text()).value_or(-1);
      TopologyGpuFacts& f = facts[*card];
      for (const char* name : {"Card series", "Card Series", "Device Name", "Card model", "Card Model"})
        if (f.name.empty() && is_name(value[name])) f.name = marketed(value[name].text());
      if (value["PCI Bus"].is(json::View::Kind::kText)) f.pci = lower_case(value["PCI Bus"].text());
      if (value["VRAM Total Memory (B)"].is(json::View::Kind::kText))
        f.memory_gib = number_in(value["VRAM Total Memory (B)"].text()).value_or(0) / (1u << 30);
    }
    // "(Topology) Weight between DRM devices 0 and 1": "40"
    for (size_t j = 0; key == "system" && j < value.size(); ++j) {
      const std::string pair_key = value.key(j);
      const std::vector<std::string_view> all = words(pair_key);
      if (all.size() < 4 || all[all.size() - 2] != "and") continue;
      const int a = whole_number(all[all.size() - 3]).value_or(-1), b = whole_number(all.back()).value_or(-1);
      if (a < 0 || b <= a || b >= kMostGpus) continue;
      Pair& p = pairs[{a, b}];
      if (pair_key.find("Weight") != std::string::npos) put(Section::kWeight, p, value.at(j).text());
      if (pair_key.find("Hops") != std::string::npos) put(Section::kHops, p, value.at(j).text());
      if (pair_key.find("Type") != std::string::npos) p.type = value.at(j).text();
    }
  }
  return topology_of(gpus, pairs, numa, facts, Kind::kRocmSmiJson);
}

}  // namespace shardplan::captures
