// What the machines are. Bandwidths are one direction, per GPU, in 10^9 bytes per second, as the data sheet says;
// what a kernel reaches of them is the business of hardware/ and topology/.
#pragma once

#include <string>
#include <vector>

namespace shardplan::spec {

// Dense peaks; 0 where the accelerator has no such units.
struct PeakTflops {
  double fp32 = 0;
  double tf32 = 0;
  double bf16 = 0;
  double fp16 = 0;
  double fp8 = 0;
  double fp4 = 0;
  double int8 = 0;

  bool operator==(const PeakTflops&) const = default;
};

struct Accelerator {
  std::string id;
  std::string name;
  std::string vendor;
  std::string architecture;
  std::string generation;  // whose calibration applies: see presets/calibration
  std::vector<std::string> aliases;

  PeakTflops peak_dense_tflops;
  std::string gemm_table;                      // of measured rates; empty: none
  double measured_max_matmul_tflops_bf16 = 0;  // 0: not measured
  double memory_gb = 0;                        // as marketed
  double memory_gib = 0;                       // as the driver reports it
  double memory_bandwidth_gb_per_s = 0;
  int sm_count = 0;
  double tdp_w = 0;
  std::string compute_capability;

  std::string scaleup_link;
  double scaleup_gb_per_s = 0;  // 0: PCIe only
  int scaleup_domain = 1;       // GPUs that reach each other over the scale-up link in the usual node or rack
  double pcie_gb_per_s = 0;

  std::string source;
  std::string notes;

  bool operator==(const Accelerator&) const = default;
};

// A scale-out fabric, for one network adapter.
struct Network {
  std::string id;
  std::string name;
  std::string kind;
  double nic_gb_per_s = 0;
  int nics_per_node = 0;  // 0: not fixed by the fabric
  double latency_us = 0;  // 0: not published
  std::string source;
  std::string notes;

  bool operator==(const Network&) const = default;
};

struct Price {
  double usd_per_gpu_hour = 0;  // 0: unknown
  std::string date;
  std::string source;

  bool operator==(const Price&) const = default;
};

// A node, rack or cloud instance that is sold as one thing.
struct System {
  std::string id;
  std::string name;
  std::string kind;
  std::string accelerator;
  std::vector<std::string> aliases;
  int gpus_per_node = 0;
  int scaleup_domain = 0;  // 0: the node
  int nics_per_node = 0;
  double nic_gb_per_s = 0;       // per adapter
  double node_nic_gb_per_s = 0;  // all adapters of a node
  std::string scaleup;
  std::string host;
  int cpu_sockets = 0;
  int numa_nodes = 0;
  Price price;
  std::string source;
  std::string notes;

  bool operator==(const System&) const = default;
};

// What the links of a real node give one process group: `ranks` GPUs, neighbours `stride` ranks apart, where all groups
// of that shape in the node talk at once.
struct GroupRate {
  int ranks = 0;
  int stride = 1;
  double gb_per_s = 0;    // of a ring, each GPU and direction; by the data sheets' rates of its links
  bool linked = false;    // no hop over PCIe
  bool switched = false;  // all of it on one switch

  bool operator==(const GroupRate&) const = default;
};

// The machines of one job: `gpus` equal accelerators in equal nodes.
struct Cluster {
  Accelerator accelerator;
  std::string system;
  int gpus = 0;
  int gpus_per_node = 8;
  int scaleup_domain = 8;              // GPUs on one NVLink switch; tensor parallelism belongs inside
  double nic_gb_per_s = 0;             // per GPU
  bool nic_is_measured = false;        // nic_gb_per_s is what a collective reached, not what the adapter promises
  bool nic_is_assumed = false;         // nobody stated the network
  std::vector<GroupRate> group_rates;  // where a topology says what joins the GPUs; empty: the data sheet's links
  double usd_per_gpu_hour = 0;
  std::string price_source;

  bool operator==(const Cluster&) const = default;
};

}  // namespace shardplan::spec
