#include "api/topology_use.h"

#include <algorithm>
#include <map>

#include "api/topology_document.h"
#include "base/text.h"
#include "catalog/named_topology.h"
#include "topology/link_graph.h"

namespace shardplan::api {
namespace {

using spec::Accelerator;
using spec::LinkKind;
using spec::Topology;

constexpr size_t kMostGpus = 72;  // of one rack that is one host to its GPUs
constexpr const char* kTwoDies = "mi250x";
constexpr double kSame = 0.98;  // rates that are as good as equal

bool is_fabric(const spec::TopologyLink& l) {
  return l.kind == LinkKind::kNvlink || l.kind == LinkKind::kNvswitch || l.kind == LinkKind::kXgmi;
}

std::string gpus_text(size_t n) { return std::to_string(n) + (n == 1 ? " GPU" : " GPUs"); }

// What the data sheet lets a group of a node expect: bridges that join fewer than the node's GPUs count for none.
double data_sheet_gb_per_s(const Accelerator& a, size_t gpus) {
  return a.scaleup_gb_per_s > 0 && a.scaleup_domain >= static_cast<int>(gpus) ? a.scaleup_gb_per_s : a.pcie_gb_per_s;
}

class Reader {
 public:
  Reader(const catalog::Catalog& catalog, Topology topology) : catalog_(catalog), t_(std::move(topology)) {}

  Result<HostReading> read() {
    if (t_.gpus.empty())
      return fail("/topology", "The topology describes no GPU.", "Leave it out, or name the GPU with 'gpu'.");
    if (const auto missing = asked_for(); !missing.empty()) return tl::unexpected<Diagnostics>(missing);
    if (!accelerator()) return tl::unexpected<Diagnostics>(std::move(problems_));
    hosts();
    if (!problems_.empty()) return tl::unexpected<Diagnostics>(std::move(problems_));
    network();
    rates();
    out_.use.source = t_.source.empty() ? t_.format : t_.source;
    out_.use.gpus_per_node = static_cast<int>(t_.gpus.size());
    for (const std::string& w : t_.warnings) out_.warnings.push_back("Topology: " + w);
    return std::move(out_);
  }

 private:
  const catalog::Catalog& catalog_;
  Topology t_;
  HostReading out_;
  Diagnostics problems_;
  std::vector<Topology> others_;  // of other groups of hosts

  // Nothing is guessed: what the document does not say the request has to.
  Diagnostics asked_for() const {
    Diagnostics d;
    if (t_.gpus.size() > kMostGpus)
      d.push_back({"/topology", "The topology has " + gpus_text(t_.gpus.size()) + ", more than a host.",
                   "Give one host's, or several hosts' merged ones."});
    const bool named =
        std::none_of(t_.gpus.begin(), t_.gpus.end(), [](const auto& g) { return g.accelerator.empty(); });
    const auto unknown =
        std::find_if(t_.gpus.begin(), t_.gpus.end(), [](const auto& g) { return g.accelerator.empty(); });
    if (!named && unknown->name.empty())
      d.push_back({"/gpu", "The topology does not say which GPU it has.",
                   "Name it: 'gpu' takes a preset such as a100-sxm-80."});
    else if (!named)
      d.push_back(
          {"/gpu", "'" + unknown->name + "' is none of the presets.", "Name the preset that is nearest with 'gpu'."});
    if (t_.gpus.size() > 1 && std::find(t_.missing.begin(), t_.missing.end(), "links") != t_.missing.end())
      d.push_back({"/topology", "The topology does not say how its " + gpus_text(t_.gpus.size()) + " are joined.",
                   "Give what 'nvidia-smi topo -m' or 'rocm-smi --showtopo' prints."});
    return d;
  }

  // Of mixed GPUs the slowest: a step waits for it.
  bool accelerator() {
    const Accelerator* slowest = nullptr;
    for (const spec::TopologyGpu& g : t_.gpus) {
      const auto found = catalog::find_accelerator(catalog_, g.accelerator, "/topology");
      if (!found) {
        problems_ = found.error();
        return false;
      }
      const Accelerator* a = *found;
      const auto speed = [](const Accelerator& x) {
        return std::max(x.peak_dense_tflops.bf16, x.peak_dense_tflops.fp16);
      };
      if (slowest != nullptr && a != slowest && mixed_.empty()) mixed_ = slowest->name + " and " + a->name;
      if (slowest == nullptr || speed(*a) < speed(*slowest)) slowest = a;
      if (g.memory_gib > 0 && (out_.memory_gib <= 0 || g.memory_gib < out_.memory_gib)) out_.memory_gib = g.memory_gib;
    }
    out_.accelerator = *slowest;
    if (slowest->id == kTwoDies) half(out_.accelerator);
    if (!mixed_.empty())
      out_.warnings.push_back("The host mixes " + mixed_ + ": every rank is planned as the slowest, " +
                              out_.accelerator.name + ", with the least memory.");
    return true;
  }
  std::string mixed_;

  // Every tool lists the two dies of such a card as GPUs of their own.
  void half(Accelerator& a) {
    spec::PeakTflops& p = a.peak_dense_tflops;
    for (double* x : {&p.fp32, &p.tf32, &p.bf16, &p.fp16, &p.fp8, &p.fp4, &p.int8, &a.measured_max_matmul_tflops_bf16,
                      &a.memory_gb, &a.memory_gib, &a.memory_bandwidth_gb_per_s, &a.tdp_w})
      *x /= 2;
    a.sm_count /= 2;
    out_.memory_gib = std::min(out_.memory_gib, a.memory_gib);
    out_.assumptions.push_back("Each GPU of the topology is one of the two dies of an " + a.name +
                               ": half its rates and memory.");
  }

  void hosts() {
    for (size_t i = 0; i < t_.groups.size(); ++i) {
      const spec::TopologyGroup& g = t_.groups[i];
      if (i == 0) out_.hosts = 0;
      out_.hosts += static_cast<int>(g.hosts.size());
      if (i == 0) continue;
      if (g.gpus.size() != t_.gpus.size()) {
        problems_.push_back({"/topology/groups/" + std::to_string(i),
                             join(g.hosts, ", ") + ": " + gpus_text(g.gpus.size()) + ", the others have " +
                                 std::to_string(t_.gpus.size()) + ".",
                             "Plan for hosts of one size."});
        continue;
      }
      Topology other = t_;
      other.gpus = g.gpus;
      other.links = g.links;
      others_.push_back(std::move(other));
    }
    if (!others_.empty())
      out_.warnings.push_back("The hosts differ: each process group is planned with the slowest host's links.");
  }

  // Adapters of the fastest kind serve the job; storage and management have slower ones.
  void network() {
    double fastest = 0, sum = 0;
    for (const spec::TopologyNic& n : t_.nics) fastest = std::max(fastest, n.gb_per_s);
    for (const spec::TopologyNic& n : t_.nics)
      if (n.gb_per_s >= kSame * fastest) sum += n.gb_per_s;
    out_.nic_gb_per_s = sum / static_cast<double>(t_.gpus.size());
  }

  double expected() const { return data_sheet_gb_per_s(out_.accelerator, t_.gpus.size()); }

  bool as_data_sheet(const std::vector<spec::GroupRate>& rates) const {
    return std::all_of(rates.begin(), rates.end(), [&](const spec::GroupRate& r) {
      return r.gb_per_s >= kSame * expected() && (r.switched || out_.accelerator.scaleup_gb_per_s <= 0);
    });
  }

  std::vector<spec::GroupRate> slowest_of_all(const std::vector<int>& order, std::vector<spec::GroupRate> rates) const {
    for (const Topology& other : others_) {
      const auto more = topology::host_links(other, order).rates;
      for (size_t i = 0; i < rates.size() && i < more.size(); ++i)
        if (more[i].gb_per_s < rates[i].gb_per_s) rates[i] = more[i];
    }
    return rates;
  }

  // A pair that no row speaks of, where both hang from the switch that the others share.
  void complete() {
    std::vector<const spec::TopologyLink*> to_switch(t_.gpus.size(), nullptr);
    for (const spec::TopologyLink& l : t_.links)
      if (l.kind == LinkKind::kNvswitch)
        for (int gpu : {l.a, l.b})
          if (const auto*& known = to_switch[static_cast<size_t>(gpu)];
              known == nullptr || l.gb_per_s > known->gb_per_s)
            known = &l;
    bool any = false;
    std::vector<spec::TopologyLink> links = t_.links;
    for (spec::TopologyLink& l : links) {
      const auto *a = to_switch[static_cast<size_t>(l.a)], *b = to_switch[static_cast<size_t>(l.b)];
      if (l.kind != LinkKind::kUnknown || a == nullptr || b == nullptr) continue;
      const spec::TopologyLink& slower = a->gb_per_s <= b->gb_per_s ? *a : *b;
      l = {l.a, l.b, slower.kind, slower.gb_per_s, slower.path, slower.count};
      any = true;
    }
    t_.links = std::move(links);
    if (any)
      out_.assumptions.push_back(
          "GPUs that hang from the NVSwitch reach each other over it, also where no row says so.");
  }

  void rates() {
    complete();
    topology::HostLinks host = topology::host_links(t_);
    TopologyUse& use = out_.use;
    std::vector<spec::GroupRate> rates = slowest_of_all(host.order, std::move(host.rates));
    unknown(rates);
    for (const spec::GroupRate& r : rates)
      use.groups.push_back({r.ranks, r.stride, r.gb_per_s, expected(), kind_text(r)});
    use.rank_to_gpu = host.order;
    for (int gpu : host.order) {
      use.visible_devices += (use.visible_devices.empty() ? "" : ",") + std::to_string(gpu);
    }
    for (const spec::TopologyGpu& g : t_.gpus) {
      std::string note = g.pci;
      if (g.numa_node >= 0) note += (note.empty() ? "" : " ") + ("numa " + std::to_string(g.numa_node));
      use.gpu_notes.push_back(note);
    }
    if (as_data_sheet(rates)) {
      use.changes.push_back("The links are those of the data sheet: nothing changes.");
      return;
    }
    out_.rates = rates;
    changes(rates);
    repairs(host.order);
  }

  void unknown(std::vector<spec::GroupRate>& rates) {
    bool any = false;
    for (spec::GroupRate& r : rates)
      if (r.gb_per_s <= 0) {
        any = true;
        r.gb_per_s = out_.accelerator.pcie_gb_per_s;
      }
    if (any)
      out_.assumptions.push_back("Where the topology does not say how GPUs are joined, PCIe is taken: " +
                                 number_text(out_.accelerator.pcie_gb_per_s) + " GB/s.");
    const bool sockets = std::any_of(t_.links.begin(), t_.links.end(), [](const auto& l) { return l.path == "SYS"; });
    const bool used = std::any_of(rates.begin(), rates.end(), [](const auto& r) { return !r.linked; });
    if (sockets && used && t_.socket_gb_per_s <= 0)
      out_.assumptions.push_back(
          "The topology does not name the processor: the way between sockets is taken as " +
          number_text(catalog::kUnknownSocket_gb_per_s) +
          " GB/s, NCCL's figure for AMD EPYC (Intel: 10 to 40); set socket_gb_per_s in the document.");
  }

  std::string kind_text(const spec::GroupRate& r) const {
    if (r.switched) return "NVSwitch";
    if (!r.linked) return "PCIe";
    return out_.accelerator.vendor == "AMD" ? "xGMI" : "NVLink";
  }

  void changes(const std::vector<spec::GroupRate>& rates) {
    for (const spec::GroupRate& r : rates) {
      if (r.stride != 1 || (r.gb_per_s >= kSame * expected() && r.gb_per_s <= expected() / kSame)) continue;
      out_.use.changes.push_back("Groups of " + std::to_string(r.ranks) + " neighbouring ranks have " +
                                 number_text(r.gb_per_s, 4) + " GB/s over " + kind_text(r) + "; the data sheet has " +
                                 number_text(expected(), 4) + " GB/s.");
    }
    std::vector<int> identity;
    for (size_t i = 0; i < t_.gpus.size(); ++i) identity.push_back(static_cast<int>(i));
    if (out_.use.rank_to_gpu != identity)
      out_.use.changes.push_back("Ranks are placed on GPUs " + out_.use.visible_devices +
                                 ", so that neighbouring ranks have the best links.");
  }

  // The link that most pairs of a switched host have; null where hosts are wired GPU to GPU.
  const spec::TopologyLink* usual_link() const {
    std::map<int, int> pairs;
    for (const spec::TopologyLink& l : t_.links)
      if (l.kind == LinkKind::kNvswitch) ++pairs[l.count];
    const spec::TopologyLink* usual = nullptr;
    for (const spec::TopologyLink& l : t_.links)
      if (l.kind == LinkKind::kNvswitch && (usual == nullptr || pairs[l.count] > pairs[usual->count])) usual = &l;
    return usual;
  }

  // Each GPU whose links are all worse than the usual one, as if it had that.
  void repairs(const std::vector<int>& order) {
    const spec::TopologyLink* usual = usual_link();
    if (usual == nullptr) return;
    const spec::TopologyLink good = *usual;
    const auto worse = [&](const spec::TopologyLink& l) { return !is_fabric(l) || l.gb_per_s < kSame * good.gb_per_s; };
    std::vector<int> bad(t_.gpus.size(), 0);
    for (const spec::TopologyLink& l : t_.links)
      if (worse(l)) ++bad[static_cast<size_t>(l.a)], ++bad[static_cast<size_t>(l.b)];
    for (size_t gpu = 0; gpu < bad.size(); ++gpu) {
      if (bad[gpu] + 1 < static_cast<int>(t_.gpus.size())) continue;
      Topology repaired = t_;
      std::string now;
      for (spec::TopologyLink& l : repaired.links) {
        if (l.a != static_cast<int>(gpu) && l.b != static_cast<int>(gpu)) continue;
        if (is_fabric(l)) now = l.path;
        const int a = l.a, b = l.b;
        l = good;
        l.a = a;
        l.b = b;
      }
      const std::string name = "GPU " + std::to_string(gpu);
      out_.use.changes.push_back(now.empty() ? name + " is off the fabric: every group with it runs over PCIe."
                                             : name + " has " + now + ", the others " + good.path + ".");
      const auto rates = slowest_of_all(order, topology::host_links(repaired, order).rates);
      out_.use.repaired.emplace_back(name + " back at " + good.path,
                                     as_data_sheet(rates) ? std::vector<spec::GroupRate>() : rates);
    }
  }
};

}  // namespace

Result<HostReading> read_host(const catalog::Catalog& catalog, const json::RawJson& topology, const std::string& gpu) {
  auto t = read_topology(catalog, topology.text, gpu, "/topology");
  if (!t) return tl::unexpected<Diagnostics>(std::move(t.error()));
  return Reader(catalog, *std::move(t)).read();
}

}  // namespace shardplan::api
