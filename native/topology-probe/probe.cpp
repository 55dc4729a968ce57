#include "probe.h"

#include <fstream>

#include "amd_smi.h"
#include "container.h"
#include "cpu.h"
#include "kfd.h"
#include "links.h"
#include "nics.h"
#include "nvml.h"
#include "text.h"
#include "warnings.h"

namespace shardplan::probe {
namespace {

// What the kernel module says, which is there where the library is not.
void read_nvidia_proc(Files& files, Host& host, std::vector<Gpu>& on_bus) {
  const std::string version = files.text("/proc/driver/nvidia/version");
  for (const std::string& word : split(version.substr(0, version.find('\n')), ' '))
    if (word.find('.') != std::string::npos && number_in(word)) {
      host.drivers.set("nvidia", known(Value(word)));
      break;
    }
  for (Gpu& gpu : on_bus) {
    const std::string about = files.text("/proc/driver/nvidia/gpus/" + gpu.pci + "/information");
    if (const std::string model = value_of(about, "Model"); !model.empty()) gpu.facts.set("name", known(Value(model)));
    if (const std::string uuid = value_of(about, "GPU UUID"); !uuid.empty()) gpu.facts.set("uuid", known(Value(uuid)));
  }
}

void read_nvidia(Files& files, const PciTree& tree, const LookOptions& options, Host& host) {
  std::vector<Gpu> on_bus = gpus_on_bus(files, tree, kNvidia);
  // With another root the library of this machine would describe another machine.
  if (!files.is_this_machine() && options.nvml_library.empty() && on_bus.empty()) return;
  read_nvidia_proc(files, host, on_bus);
  const std::string library =
      !files.is_this_machine() && options.nvml_library.empty() ? "none below --sysroot" : options.nvml_library;
  Nvml nvml(library, options.budget_s);
  std::ofstream record;
  if (!options.record.empty()) {
    record.open(options.record);
    nvml.record([&](const std::string& line) { record << line << std::endl; });
  }
  read_nvml(nvml, std::move(on_bus), host);
  for (Problem& p : nvml.problems()) host.problems.push_back(std::move(p));
}

}  // namespace

Look look(const LookOptions& options) {
  Files files(options.sysroot);
  Look seen{Host(), PciTree(files)};
  Host& host = seen.host;
  read_system(files, host.system);
  read_cpu(files, host);
  read_limits(files, host.limits);
  read_nvidia(files, seen.tree, options, host);
  read_kfd(files, seen.tree, gpus_on_bus(files, seen.tree, kAmd), host);
  if (files.is_this_machine()) read_amd_smi(host);
  for (Gpu& gpu : gpus_on_bus(files, seen.tree, kIntel)) {
    gpu.index = static_cast<int>(host.gpus.size());
    host.gpus.push_back(std::move(gpu));
  }
  for (size_t i = 0; i < host.gpus.size(); ++i) host.gpus[i].index = static_cast<int>(i);
  // The bus and the links' rates of GPUs that only a library named.
  for (Gpu& gpu : host.gpus)
    if (gpu.facts.find("numa_node") == nullptr) describe_by_bus(files, seen.tree, gpu);
  read_nics(files, seen.tree, host);
  read_gpudirect(files, host.gpudirect);
  join(seen.tree, host);
  for (const std::string& path : files.hung()) host.problems.push_back({"files", path + " did not answer in time"});
  warn(host);
  return seen;
}

}  // namespace shardplan::probe
