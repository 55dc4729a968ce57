#include "advise/resources.h"

namespace shardplan::advise {
namespace {

constexpr std::array<ResourceName, kResources> kNames = {{
    {"peak_flops", "peak FLOP/s", "tflops"},
    {"memory_bandwidth", "memory bandwidth", "gb_per_s"},
    {"scaleup_bandwidth", "scale-up bandwidth", "gb_per_s"},
    {"network_bandwidth", "network bandwidth", "gb_per_s"},
    {"host_speed", "speed of the host", "times"},
    {"host_link_bandwidth", "bandwidth to the host", "gb_per_s"},
}};

// Where GPUs have no link of their own, they meet over PCIe (topology/collectives.h).
double& scaleup(spec::Accelerator& a) { return a.scaleup_gb_per_s > 0 ? a.scaleup_gb_per_s : a.pcie_gb_per_s; }

}  // namespace

const ResourceName& name_of(Resource resource) { return kNames[static_cast<size_t>(resource)]; }

double amount(const estimate::Problem& p, Resource resource) {
  spec::Accelerator a = p.cluster.accelerator;
  switch (resource) {
    case Resource::kPeakFlops: return hardware::peak_flops(a, p.training.precision) / 1e12;
    case Resource::kMemoryBandwidth: return a.memory_bandwidth_gb_per_s;
    case Resource::kScaleup: return p.cluster.scaleup_domain > 1 ? scaleup(a) : 0;
    case Resource::kNetwork: return p.cluster.nic_gb_per_s;
    case Resource::kHost: return 1;
    case Resource::kHostLink: return a.pcie_gb_per_s;
  }
  return 0;
}

estimate::Problem with_more(estimate::Problem p, Resource resource, double factor) {
  spec::Accelerator& a = p.cluster.accelerator;
  spec::PeakTflops& peak = a.peak_dense_tflops;
  switch (resource) {
    case Resource::kPeakFlops:
      for (double* rate : {&peak.fp32, &peak.tf32, &peak.bf16, &peak.fp16, &peak.fp8, &peak.fp4, &peak.int8})
        *rate *= factor;
      break;
    case Resource::kMemoryBandwidth: a.memory_bandwidth_gb_per_s *= factor; break;
    case Resource::kScaleup: scaleup(a) *= factor; break;
    case Resource::kNetwork: p.cluster.nic_gb_per_s *= factor; break;
    case Resource::kHost:
      for (double* time :
           {&p.stack.launch_per_layer_s, &p.stack.launch_per_layer_tp_s, &p.stack.moe_layer_s, &p.stack.step_s})
        *time /= factor;
      break;
    case Resource::kHostLink: a.pcie_gb_per_s *= factor; break;
  }
  return p;
}

estimate::Problem with_memory(estimate::Problem p, double factor) {
  p.cluster.accelerator.memory_gib *= factor;
  return p;
}

}  // namespace shardplan::advise
