#include "cpu.h"

#include <algorithm>
#include <set>

#include "text.h"

namespace shardplan::probe {
namespace {

constexpr double kGib = 1024.0 * 1024 * 1024;

Fact text_fact(std::string text) {
  return text.empty() ? unknown(Status::kNotSupported) : known(Value(std::move(text)));
}

Fact number_fact(const std::string& text) {
  const auto value = whole_number(text);
  return value ? known(Value(*value)) : unknown(Status::kNotSupported);
}

// "MemTotal:       2113409024 kB"
Fact gib_fact(const std::string& text, const std::string& name) {
  const auto kib = number_in(value_of(text, name));
  return kib ? known(Value(*kib * 1024 / kGib)) : unknown(Status::kNotSupported);
}

// Between two sockets, one direction, as NCCL 2.30 takes it by the processor's model (its topo.h); 0: not known.
double socket_gb_per_s(const Facts& cpu) {
  constexpr int kSkylake = 0x55, kSapphireRapids = 0x8f, kEmeraldRapids = 0xcf;
  if (cpu.text("architecture") == "arm64") return 6;
  const std::string vendor = cpu.text("vendor");
  const auto model = cpu.number("model_number");
  if (vendor == "AuthenticAMD") return 16;
  if (vendor != "GenuineIntel" || !model) return 0;
  return *model >= kEmeraldRapids ? 40 : *model >= kSapphireRapids ? 22 : *model >= kSkylake ? 10 : 6;
}

void read_processors(const std::string& text, Facts& cpu) {
  int processors = 0;
  std::set<std::string> sockets;
  for (const std::string& line : lines(text)) {
    if (line.compare(0, 9, "processor") == 0) ++processors;
    if (line.compare(0, 11, "physical id") == 0) sockets.insert(line);
  }
  const bool is_arm = text.find("CPU implementer") != std::string::npos;
  cpu.set("architecture", known(is_arm ? "arm64" : "x86_64"));
  cpu.set("model", text_fact(value_of(text, "model name")));
  cpu.set("vendor", text_fact(is_arm ? value_of(text, "CPU implementer") : value_of(text, "vendor_id")));
  cpu.set("family", number_fact(is_arm ? value_of(text, "CPU architecture") : value_of(text, "cpu family")));
  cpu.set("model_number", number_fact(is_arm ? value_of(text, "CPU part") : value_of(text, "model")));
  cpu.set("threads", processors > 0 ? known(processors) : unknown(Status::kNotSupported));
  cpu.set("sockets", sockets.empty() ? unknown(Status::kNotSupported) : known(static_cast<int>(sockets.size())));
  if (const double rate = socket_gb_per_s(cpu); rate > 0 && sockets.size() > 1)
    cpu.set("socket_gb_per_s", known(Value(rate)));
}

void read_nodes(Files& files, Host& host) {
  const std::string folder = "/sys/devices/system/node";
  const std::vector<int> with_cpu = numbers_of_list(files.text(folder + "/has_cpu"));
  for (const int number : numbers_of_list(files.text(folder + "/online"))) {
    const std::string node = folder + "/node" + std::to_string(number);
    NumaNode n;
    n.node = number;
    n.cpus = files.text(node + "/cpulist");
    n.has_cpu =
        with_cpu.empty() ? !n.cpus.empty() : std::find(with_cpu.begin(), with_cpu.end(), number) != with_cpu.end();
    const std::string prefix = "Node " + std::to_string(number) + " MemTotal";
    n.memory_gib = number_in(value_of(files.text(node + "/meminfo"), prefix)).value_or(0) * 1024 / kGib;
    for (const std::string& d : split(files.text(node + "/distance"), ' '))
      if (const auto distance = whole_number(d)) n.distances.push_back(static_cast<int>(*distance));
    host.numa.push_back(std::move(n));
  }
}

}  // namespace

void read_system(Files& files, Facts& facts) {
  const Fact name = files.read("/proc/sys/kernel/hostname");
  facts.set("host", name);
  // Containers share the boot of their host: both tell two documents of one machine from two machines.
  const std::string boot = files.text("/proc/sys/kernel/random/boot_id");
  facts.set("host_id", boot.empty() ? unknown(Status::kNotSupported)
                                    : known(Value(hash_of(files.text("/proc/sys/kernel/hostname") + boot))));
  facts.set("kernel", files.read("/proc/sys/kernel/osrelease"));
  facts.set("vendor", files.read("/sys/class/dmi/id/sys_vendor"));
  facts.set("product", files.read("/sys/class/dmi/id/product_name"));
  facts.set("operating_system", [&] {
    std::string pretty;
    for (const std::string& line : lines(files.text("/etc/os-release")))
      if (line.compare(0, 12, "PRETTY_NAME=") == 0) pretty = line.substr(12);
    if (pretty.size() > 1 && pretty.front() == '"') pretty = pretty.substr(1, pretty.size() - 2);
    return text_fact(pretty);
  }());
  const std::string version = lower(files.text("/proc/version"));
  facts.set("is_wsl", known(Value(version.find("microsoft") != std::string::npos)));
}

void read_cpu(Files& files, Host& host) {
  const std::string text = files.text("/proc/cpuinfo");
  read_processors(text, host.cpu);
  const std::string memory = files.text("/proc/meminfo");
  host.cpu.set("memory_gib", gib_fact(memory, "MemTotal"));
  host.cpu.set("memory_available_gib", gib_fact(memory, "MemAvailable"));
  host.cpu.set("huge_pages", number_fact(value_of(memory, "HugePages_Total")));
  const std::string hypervisor = files.text("/sys/hypervisor/type");
  const bool flagged = (" " + value_of(text, "flags") + " ").find(" hypervisor ") != std::string::npos;
  host.system.set("is_virtual", known(Value(flagged || !hypervisor.empty())));
  read_nodes(files, host);
}

}  // namespace shardplan::probe
