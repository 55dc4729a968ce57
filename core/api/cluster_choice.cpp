#include "api/cluster_choice.h"

#include <algorithm>

#include "base/text.h"

namespace shardplan::api {
namespace {

constexpr const char* kDefaultGpu = "h100-sxm-80";
constexpr int kDefaultGpus = 8;

}  // namespace

std::string count_text(double n, const char* thing) { return number_text(n, 9) + " " + thing + (n == 1 ? "" : "s"); }

bool ClusterResolver::machines(spec::Cluster& c) {
  if (!q_.system.empty()) {
    const auto found = catalog::find_system(catalog_, q_.system, "/system");
    if (!found) {
      note(found.error());
      return false;
    }
    system_ = *found;
  }
  if (!read_topology() || !accelerator(c)) return false;
  size(c);
  links(c);
  return true;
}

bool ClusterResolver::read_topology() {
  if (q_.topology.text.empty()) return true;
  if (topology_reader() == nullptr) {
    problem("/topology", "This part of the planner reads no topology.", "Load the planner with every operation.");
    return false;
  }
  auto host = topology_reader()(catalog_, q_.topology, q_.gpu);
  if (!host) {
    note(host.error());
    return false;
  }
  host_ = *std::move(host);
  notes_.assumptions.insert(notes_.assumptions.end(), host_->assumptions.begin(), host_->assumptions.end());
  notes_.warnings.insert(notes_.warnings.end(), host_->warnings.begin(), host_->warnings.end());
  if (q_.scaleup_domain) problem("/scaleup_domain", "The topology says which GPUs are linked.", "Leave it out.");
  if (q_.gpus_per_node && *q_.gpus_per_node != host_->use.gpus_per_node)
    problem("/gpus_per_node", "The topology has " + std::to_string(host_->use.gpus_per_node) + " GPUs a node.",
            "Leave it out.");
  return true;
}

bool ClusterResolver::accelerator(spec::Cluster& c) {
  if (host_) {
    c.accelerator = host_->accelerator;
    if (system_ != nullptr && system_->accelerator != c.accelerator.id)
      problem("/system", system_->name + " has " + system_->accelerator + ", the topology " + c.accelerator.id + ".");
    return true;
  }
  std::string name = q_.gpu;
  if (name.empty()) name = system_ != nullptr ? system_->accelerator : kDefaultGpu;
  const auto found = catalog::find_accelerator(catalog_, name, "/gpu");
  if (!found) {
    note(found.error());
    return false;
  }
  c.accelerator = **found;
  if (q_.gpu.empty() && system_ == nullptr) assume("GPU: " + c.accelerator.name + ".");
  if (system_ != nullptr && system_->accelerator != c.accelerator.id)
    problem("/gpu", system_->name + " has " + system_->accelerator + ", not " + c.accelerator.id + ".",
            "Leave out 'gpu' or 'system'.");
  return true;
}

void ClusterResolver::size(spec::Cluster& c) {
  c.system = system_ != nullptr ? system_->id : "";
  if (host_) return size_of_host(c);
  const bool rack = c.accelerator.scaleup_domain > 16;
  c.gpus_per_node = q_.gpus_per_node.value_or(system_ != nullptr ? system_->gpus_per_node : rack ? 4 : 8);
  if (q_.gpus) c.gpus = *q_.gpus;
  else if (default_gpus_ > 0) c.gpus = default_gpus_;
  else {
    c.gpus = system_ != nullptr ? system_->gpus_per_node : kDefaultGpus;
    assume("GPUs: " + std::to_string(c.gpus) + ".");
  }
  if (c.gpus < c.gpus_per_node) c.gpus_per_node = c.gpus;
  if (c.gpus % c.gpus_per_node != 0)
    problem("/gpus", std::to_string(c.gpus) + " GPUs do not fill nodes of " + std::to_string(c.gpus_per_node) + ".",
            "Use a multiple of " + std::to_string(c.gpus_per_node) + ", or set gpus_per_node.");
}

// One host of the topology, or as many of them as the request has GPUs for.
void ClusterResolver::size_of_host(spec::Cluster& c) {
  const int node = host_->use.gpus_per_node;
  c.gpus_per_node = node;
  c.gpus = q_.gpus ? *q_.gpus : default_gpus_ > 0 ? default_gpus_ : node * host_->hosts;
  if (c.gpus > node * host_->hosts) assume("The nodes beyond those of the topology are taken to be like them.");
  if (c.gpus < node) {
    assume("The first " + std::to_string(c.gpus) + " ranks of the topology's order are used.");
    c.gpus_per_node = c.gpus;
  } else if (c.gpus % node != 0) {
    problem("/gpus", std::to_string(c.gpus) + " GPUs do not fill nodes of " + std::to_string(node) + ".",
            "Use a multiple of " + std::to_string(node) + ".");
  }
}

void ClusterResolver::links(spec::Cluster& c) {
  spec::Accelerator& a = c.accelerator;
  int domain = a.scaleup_domain;
  if (system_ != nullptr && system_->scaleup_domain > 0) domain = system_->scaleup_domain;
  if (q_.scaleup_domain) domain = *q_.scaleup_domain;
  if (host_ && !host_->rates.empty()) {
    domain = c.gpus_per_node;
    for (const spec::GroupRate& r : host_->rates)
      if (r.ranks * r.stride <= c.gpus_per_node) c.group_rates.push_back(r);
  }
  const bool whole_node = domain >= c.gpus_per_node;
  if (!whole_node && !q_.scaleup_domain) {
    // Bridges join pairs, or there is no link at all: the node's GPUs meet over PCIe.
    if (a.scaleup_gb_per_s > 0 && c.gpus_per_node > 1)
      notes_.warnings.push_back(a.scaleup_link + " joins only " + std::to_string(domain) +
                                " GPUs of a node; groups are planned at PCIe rate.");
    a.scaleup_gb_per_s = 0;
    domain = c.gpus_per_node;
  }
  c.scaleup_domain = domain;
  if (c.gpus <= domain) return;
  if (q_.nic_gb_per_s) {
    c.nic_gb_per_s = *q_.nic_gb_per_s;
    c.nic_is_measured = q_.nic_is_measured.value_or(false);
  } else if (host_ && host_->nic_gb_per_s > 0 && q_.network.empty()) {
    c.nic_gb_per_s = host_->nic_gb_per_s;
  } else if (!q_.network.empty()) {
    const auto network = catalog::find_network(catalog_, q_.network, "/network");
    if (!network) return note(network.error());
    const int adapters = (*network)->nics_per_node > 0 ? (*network)->nics_per_node : c.gpus_per_node;
    c.nic_gb_per_s = (*network)->nic_gb_per_s * adapters / c.gpus_per_node;
    if ((*network)->nics_per_node == 0) assume("Network: one " + (*network)->name + " adapter per GPU.");
  } else if (system_ != nullptr && system_->node_nic_gb_per_s > 0) {
    c.nic_gb_per_s = system_->node_nic_gb_per_s / system_->gpus_per_node;
  } else {
    c.nic_gb_per_s = catalog::best_nic_gb_per_s(catalog_, a);
    c.nic_is_assumed = true;
    assume("Network: " + number_text(c.nic_gb_per_s) +
           " GB/s per GPU and direction, as in the best-connected system with this GPU.");
  }
}

void ClusterResolver::memory(spec::Cluster& c) const {
  spec::Accelerator& a = c.accelerator;
  if (host_ && host_->memory_gib > 0) a.memory_gib = host_->memory_gib;
  if (q_.memory_gib) a.memory_gib = *q_.memory_gib;
  else if (q_.memory && *q_.memory != a.memory_gb)
    a.memory_gib = *q_.memory * (a.memory_gb > 0 ? a.memory_gib / a.memory_gb : 1);
}

void ClusterResolver::price(spec::Cluster& c) {
  if (q_.usd_per_gpu_hour) {
    c.usd_per_gpu_hour = *q_.usd_per_gpu_hour;
    return;
  }
  if (system_ != nullptr && system_->price.usd_per_gpu_hour > 0) {
    c.usd_per_gpu_hour = system_->price.usd_per_gpu_hour;
    c.price_source = system_->price.source;
    assume("Price: $" + number_text(c.usd_per_gpu_hour) + " per GPU-hour, " + system_->name + " on demand" +
           (system_->price.date.empty() ? "." : ", " + system_->price.date + "."));
    return;
  }
  std::vector<double> prices;
  for (const spec::System& s : catalog_.systems)
    if (s.accelerator == c.accelerator.id && s.price.usd_per_gpu_hour > 0) prices.push_back(s.price.usd_per_gpu_hour);
  if (prices.empty()) return;
  std::sort(prices.begin(), prices.end());
  c.usd_per_gpu_hour = prices[prices.size() / 2];
  assume("Price: $" + number_text(c.usd_per_gpu_hour) + " per GPU-hour, the median of " +
         count_text(static_cast<double>(prices.size()), "listed price") + " for this GPU.");
}

}  // namespace shardplan::api
