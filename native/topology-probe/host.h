// Everything that the probe learns of one host. Rooms fill it in: pci, nvml, kfd, nics, cpu, container; links joins
// what they found, warnings judges it, document prints it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fact.h"

namespace shardplan::probe {

// One NVLink of a GPU.
struct NvLink {
  int index = 0;
  bool is_up = false;
  Fact state;              // true: up
  std::string remote;      // "gpu", "switch", "cpu"; empty: not known
  std::string remote_pci;  // of a GPU
  double gb_per_s = 0;     // one direction; 0: not known
};

struct Gpu {
  int index = 0;       // in this document
  std::string vendor;  // "nvidia", "amd", "intel"
  std::string pci;     // "0000:17:00.0"; empty: not known
  Facts facts;
  std::vector<NvLink> nvlinks;
  Facts fabric;
  std::vector<Facts> instances;  // of MIG

  bool via_switch() const {
    for (const NvLink& l : nvlinks)
      if (l.is_up && l.remote == "switch") return true;
    return false;
  }
  int links_up() const {
    int up = 0;
    for (const NvLink& l : nvlinks) up += l.is_up ? 1 : 0;
    return up;
  }
};

// The best way between two GPUs.
struct Link {
  int a = 0;
  int b = 0;
  std::string kind;       // as the core names it: nvlink, nvswitch, xgmi, pcie, other, unknown
  std::string path;       // NV18, PIX, PXB, PHB, NODE, SYS, XGMI; empty: not known
  int count = 0;          // of links that are bonded
  double gb_per_s = 0;    // one direction, by the links' nominal rate; 0: not known
  std::string source;     // nvml, sysfs, kfd
  std::string pcie_path;  // the way over PCIe beside it
  Facts peer;             // may they read and write each other's memory
};

struct Nic {
  std::string name;
  std::string kind;  // infiniband, roce, efa, ethernet
  std::string pci;
  bool is_up = false;
  double gb_per_s = 0;  // one direction; 0: not known, or down
  int numa_node = -1;
  Facts facts;
  std::vector<std::string> paths;  // to each GPU; empty: not known
  std::vector<int> nearest_gpus;   // those on its PCIe switch
};

struct NumaNode {
  int node = 0;
  bool has_cpu = true;
  std::string cpus;
  double memory_gib = 0;
  std::vector<int> distances;
};

struct Warning {
  std::string code;     // "nvlink_down"
  std::string subject;  // "gpu 3"
  std::string text;     // what, and what to do
};

// Something that the probe wanted to know and could not ask: the library is not there, a call hung.
struct Problem {
  std::string source;  // "nvml"
  std::string text;
};

struct Measurement {
  std::string what;  // "copy", "gemm", "all_reduce", "dry_run"
  Facts facts;
};

struct Host {
  Facts system, cpu, limits, drivers, gpudirect;
  std::vector<Gpu> gpus;
  std::vector<Link> links;
  std::vector<Nic> nics;
  std::vector<NumaNode> numa;
  std::vector<std::string> nvswitches;  // PCI addresses
  std::vector<Measurement> measurements;
  std::vector<Warning> warnings;
  std::vector<Problem> problems;
};

}  // namespace shardplan::probe
