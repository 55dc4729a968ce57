// The machines of a question, as training and serving ask for them, and how blanks are filled in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/topology_use.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "json/meta.h"

namespace shardplan::api {

// Which machines a request names. The same fields stand in every question; see api/fields.h.
struct ClusterChoice {
  std::string gpu;
  std::string system;
  std::optional<int> gpus;
  std::optional<int> gpus_per_node;
  std::optional<int> scaleup_domain;
  std::string network;
  std::optional<double> nic_gb_per_s;
  std::optional<bool> nic_is_measured;
  std::optional<double> memory_gib;
  std::optional<double> memory;  // as marketed, GB
  std::optional<double> usd_per_gpu_hour;
  json::RawJson topology;  // of a real host; names the machines in place of gpu and system
};

// The fields of a question that has them as its own.
template <class Question>
ClusterChoice cluster_choice(const Question& q) {
  return {q.gpu,          q.system,          q.gpus,       q.gpus_per_node, q.scaleup_domain,   q.network,
          q.nic_gb_per_s, q.nic_is_measured, q.memory_gib, q.memory,        q.usd_per_gpu_hour, q.topology};
}

// Fills a cluster step by step; what it takes as given and what is wrong goes to the lists that it was made with.
class ClusterResolver {
 public:
  struct Notes {
    std::vector<std::string>& assumptions;
    std::vector<std::string>& warnings;
    Diagnostics& problems;
  };
  ClusterResolver(const catalog::Catalog& catalog, const ClusterChoice& choice, int default_gpus, const Notes& notes)
      : catalog_(catalog), q_(choice), default_gpus_(default_gpus), notes_(notes) {}

  // GPUs, nodes, links; false where a name is unknown.
  bool machines(spec::Cluster& c);
  void memory(spec::Cluster& c) const;
  void price(spec::Cluster& c);
  // What the request's topology says; null where it has none.
  const TopologyUse* topology() const { return host_ ? &host_->use : nullptr; }

 private:
  const catalog::Catalog& catalog_;
  const ClusterChoice& q_;
  int default_gpus_;  // 0: a node, or what the system has
  Notes notes_;
  const spec::System* system_ = nullptr;
  std::optional<HostReading> host_;

  bool read_topology();
  bool accelerator(spec::Cluster& c);
  void size(spec::Cluster& c);
  void size_of_host(spec::Cluster& c);
  void links(spec::Cluster& c);
  void problem(std::string path, std::string message, std::string hint = "") {
    notes_.problems.push_back({std::move(path), std::move(message), std::move(hint)});
  }
  void note(const Diagnostics& more) { notes_.problems.insert(notes_.problems.end(), more.begin(), more.end()); }
  void assume(std::string text) { notes_.assumptions.push_back(std::move(text)); }
};

// "1 listed price", "3 listed prices"
std::string count_text(double n, const char* thing);

}  // namespace shardplan::api
