#include <algorithm>

#include "text.h"
#include "warnings.h"

namespace shardplan::probe {
namespace {

constexpr int kVersionsDiffer = 18, kDriverNotLoaded = 9;
constexpr double kLeastSharedGib = 1, kLeastLockedGib = 1;

bool has_nvidia(const Host& host) {
  return std::any_of(host.gpus.begin(), host.gpus.end(), [](const Gpu& g) { return g.vendor == "nvidia"; });
}

void add(Host& host, const char* code, std::string text) { host.warnings.push_back({code, "host", std::move(text)}); }

void warn_of_drivers(Host& host) {
  const Fact* nvml = host.drivers.find("nvml");
  if (nvml == nullptr || nvml->known() || !has_nvidia(host)) return;
  if (nvml->code == kVersionsDiffer)
    add(host, "driver_mismatch",
        "The NVIDIA kernel driver and its library are of different versions: the driver was upgraded without a "
        "restart. "
        "Restart the machine, or unload and load the nvidia modules.");
  else if (nvml->code == kDriverNotLoaded)
    add(host, "driver_not_loaded", "NVIDIA GPUs are on the bus, but the kernel driver is not loaded.");
  else
    add(host, "nvml_missing",
        "NVIDIA GPUs are on the bus, but NVML gives no answer (" +
            (nvml->text.empty() ? std::string(name_of(nvml->status)) : nvml->text) +
            "): memory, NVLink and limits are not known.");
}

void warn_of_hidden(Host& host) {
  const auto hidden = static_cast<int>(host.drivers.number("gpus_that_nvml_does_not_show").value_or(0) +
                                       host.drivers.number("gpus_that_kfd_does_not_show").value_or(0));
  if (hidden <= 0) return;
  const auto shown = static_cast<int>(host.gpus.size());
  add(host, "gpus_hidden",
      "The machine has " + std::to_string(shown + hidden) + " GPUs, this process sees " + std::to_string(shown) +
          ". A container or a scheduler gave it a part; others may load the same links and adapters. On a bare machine "
          "the missing ones have failed.");
}

void warn_of_container(Host& host) {
  const Facts& limits = host.limits;
  const auto allowed = limits.number("cpus_allowed_count");
  const auto threads = host.cpu.number("threads");
  const auto gpus = static_cast<double>(host.gpus.size());
  const auto quota = limits.number("cpu_limit");
  const double usable = std::min(allowed.value_or(1e9), quota.value_or(1e9));
  if (gpus > 0 && threads && usable < *threads && usable < 2 * gpus)
    add(host, "few_cpus",
        "This process may use " + number_text(usable) + " of " + number_text(*threads) + " processors for " +
            number_text(gpus) + " GPUs; data loading and launching kernels need two or more for each.");
  const auto memory = limits.number("memory_limit_gib");
  double of_gpus = 0;
  for (const Gpu& g : host.gpus) of_gpus += g.facts.number("memory_bytes").value_or(0) / (1 << 30);
  if (memory && gpus > 0 && *memory < of_gpus)
    add(host, "memory_limit",
        "This process may use " + number_text(*memory) + " GiB of the host's memory, less than its GPUs have (" +
            number_text(of_gpus) + " GiB): saving checkpoints and offloading may not fit.");
  const auto shared = limits.number("shared_memory_gib");
  if (shared && gpus > 1 && *shared < kLeastSharedGib)
    add(host, "small_shared_memory",
        "/dev/shm has " + number_text(*shared) +
            " GiB. NCCL and data loaders need more: start the container with "
            "--shm-size or --ipc=host.");
  const bool rdma =
      std::any_of(host.nics.begin(), host.nics.end(), [](const Nic& n) { return n.kind != "ethernet" && n.is_up; });
  const auto locked = limits.number("locked_memory_gib");
  if (rdma && gpus > 0 && locked && *locked < kLeastLockedGib)
    add(host, "locked_memory_limit",
        "Locked memory is limited to " + number_text(*locked * 1024) +
            " MiB: RDMA registers its buffers as locked. "
            "Set ulimit -l unlimited.");
}

void warn_of_virtual_machine(Host& host) {
  if (host.gpus.empty()) return;
  if (host.system.flag("is_wsl").value_or(false))
    add(host, "wsl", "Windows Subsystem for Linux hides the PCI bus: the ways between GPUs are not known.");
  const bool placeless =
      std::all_of(host.gpus.begin(), host.gpus.end(), [](const Gpu& g) { return !g.facts.number("numa_node"); });
  if (host.system.flag("is_virtual").value_or(false) && placeless && host.gpus.size() > 1)
    add(host, "virtual_machine",
        "A virtual machine that does not show where its GPUs are: PCIe speeds and distances may be wrong. Give NCCL "
        "the "
        "provider's NCCL_TOPO_FILE, and the planner the provider's system preset.");
  if (host.drivers.flag("confidential_computing").value_or(false))
    add(host, "confidential_computing",
        "Confidential computing is on: copies to and from the host are encrypted, and peers may not reach each other.");
  std::vector<int> shared;
  for (const Gpu& g : host.gpus)
    if (g.facts.number("virtualization") == 2) shared.push_back(g.index);
  if (!shared.empty())
    host.warnings.push_back({"vgpu", lower(gpus_text(shared)),
                             gpus_text(shared) + ": a share of a GPU (vGPU): no NVLink, memory is the profile's."});
}

}  // namespace

void warn_of_limits(Host& host) {
  warn_of_drivers(host);
  for (const Problem& p : host.problems) host.warnings.push_back({"not_answered", p.source, p.text + "."});
  warn_of_hidden(host);
  warn_of_virtual_machine(host);
  warn_of_container(host);
}

}  // namespace shardplan::probe
