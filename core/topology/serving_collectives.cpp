#include "topology/serving_collectives.h"

#include <algorithm>
#include <cmath>

#include "base/math.h"
#include "base/units.h"

namespace shardplan::topology {
namespace {

constexpr double kMoreRanks = 0.25;     // time per doubling of the ranks beyond the measured ones
constexpr double kForeignFactor = 1.3;  // AMD's links on NVIDIA's table
constexpr double kForeignLatency_s = 8e-6;
constexpr double kPointToPoint_s = 15e-6;  // receive, synchronise, launch
constexpr double kNetworkLatency_s = 20e-6;
constexpr double kDispatchRow = 7168;
constexpr double kPcieGuess = 25e9;

double interpolated_us(const std::vector<double>& bytes, const std::vector<double>& us, double at) {
  size_t i = 0;
  while (i + 2 < bytes.size() && at > bytes[i + 1]) ++i;
  if (at >= bytes.back()) return us.back() * at / bytes.back();
  const double share = at <= bytes.front() ? 0 : log2(at / bytes[i]) / log2(bytes[i + 1] / bytes[i]);
  return exp2((1 - share) * log2(us[i]) + share * log2(us[i + 1]));
}

}  // namespace

ServingCollectives::ServingCollectives(const spec::Cluster& c, std::shared_ptr<const spec::ServingKernelTable> own,
                                       std::shared_ptr<const spec::ServingKernelTable> pcie)
    : own_(std::move(own)), pcie_(std::move(pcie)) {
  const spec::Accelerator& a = c.accelerator;
  node_ = std::max(c.scaleup_domain, 1);
  link_bytes_per_s_ = a.scaleup_gb_per_s * kGiga;
  link_domain_ = a.scaleup_gb_per_s > 0 ? node_ : 1;
  if (!c.group_rates.empty()) {
    // Of a real node: the widest groups of neighbours that are linked without PCIe.
    link_domain_ = 1;
    for (const spec::GroupRate& g : c.group_rates)
      if (g.linked && g.stride == 1) link_domain_ = std::max(link_domain_, 1.0 * g.ranks);
  }
  pcie_bytes_per_s_ = a.pcie_gb_per_s > 0 ? a.pcie_gb_per_s * kGiga : kPcieGuess;
  nic_bytes_per_s_ = c.nic_gb_per_s > 0 ? c.nic_gb_per_s * kGiga : kPcieGuess / 2;
  foreign_ = a.vendor != "NVIDIA" && !a.vendor.empty();
}

double ServingCollectives::timed_s(Times spec::ServingCollectives::*which, double ranks, double bytes) const {
  if (ranks <= 1 || bytes <= 0) return 0;
  const auto& table = linked(ranks) || !pcie_ ? own_ : pcie_;
  if (!table) return kPointToPoint_s + 2 * (ranks - 1) / ranks * bytes / (0.75 * pcie_bytes_per_s_);
  const spec::ServingCollectives& c = table->collectives;
  const spec::MessageTimes* nearest = nullptr;
  for (const spec::MessageTimes& t : c.*which)
    if (nearest == nullptr || std::fabs(log2(t.ranks / ranks)) < std::fabs(log2(nearest->ranks / ranks))) nearest = &t;
  if (nearest == nullptr) return 0;
  double s = interpolated_us(c.bytes, nearest->us, bytes) * kMicro;
  if (ranks > nearest->ranks) s *= 1 + kMoreRanks * log2(ranks / nearest->ranks);
  if (foreign_) s = s * kForeignFactor + kForeignLatency_s;
  // Between nodes each rank's share of the message crosses the network once there and once back.
  if (ranks > node_) s += kNetworkLatency_s * log2(ranks / node_) + 2 * bytes / ranks / nic_bytes_per_s_;
  return s;
}

double ServingCollectives::all_reduce_s(double ranks, double bytes) const {
  return timed_s(&spec::ServingCollectives::all_reduce, ranks, bytes);
}
double ServingCollectives::all_gather_s(double ranks, double bytes) const {
  return timed_s(&spec::ServingCollectives::all_gather, ranks, bytes);
}
double ServingCollectives::reduce_scatter_s(double ranks, double bytes) const {
  return timed_s(&spec::ServingCollectives::reduce_scatter, ranks, bytes);
}

double ServingCollectives::expert_exchange_s(double ranks, double tokens, double hidden, double top_k,
                                             double element_bytes) const {
  if (ranks <= 1 || tokens <= 0) return 0;
  const double gathered = all_gather_s(ranks, ranks * tokens * hidden * element_bytes) +
                          reduce_scatter_s(ranks, ranks * tokens * hidden * 2);
  if (!own_ || own_->dispatch.empty() || foreign_ || link_domain_ <= 1) return gathered;
  const double nodes = std::max(1.0, ranks / link_domain_);
  const spec::ExpertDispatch* best = nullptr;
  for (const spec::ExpertDispatch& d : own_->dispatch)
    if (best == nullptr || std::fabs(log2(d.nodes / nodes)) < std::fabs(log2(best->nodes / nodes))) best = &d;
  const double sent = (best->t0_us + best->us_per_row * tokens * top_k * hidden / kDispatchRow) * kMicro;
  return std::min(gathered, sent);
}

double ServingCollectives::send_s(double extent, double bytes) const {
  double rate = pcie_bytes_per_s_;
  if (extent <= link_domain_) rate = link_bytes_per_s_;
  else if (extent > node_) rate = nic_bytes_per_s_;
  return kPointToPoint_s + bytes / rate;
}

}  // namespace shardplan::topology
