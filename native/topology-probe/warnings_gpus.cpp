#include <algorithm>
#include <cmath>
#include <map>

#include "links.h"
#include "text.h"
#include "warnings.h"

namespace shardplan::probe {
namespace {

constexpr double kGib = 1024.0 * 1024 * 1024;
constexpr double kSmallDifference = 0.02;
constexpr int kFullWidth = 16;

// GPUs by a value that should be the same for all; those without it are left out.
template <class Get>
auto by_value(const std::vector<Gpu>& gpus, Get get) {
  std::map<typename decltype(get(gpus[0]))::value_type, std::vector<int>> out;
  for (const Gpu& g : gpus)
    if (const auto value = get(g)) out[*value].push_back(g.index);
  return out;
}

// Finds GPUs of which `number` is less than `wanted`, by both values: one warning for all that are alike.
template <class Text>
void warn_of_less(Host& host, const std::string& code, const std::string& number, const std::string& wanted,
                  Text text) {
  std::map<std::pair<double, double>, std::vector<int>> found;
  for (const Gpu& g : host.gpus) {
    const auto is = g.facts.number(number);
    const auto should = g.facts.number(wanted);
    if (is && should && *is < *should * (1 - kSmallDifference)) found[{*is, *should}].push_back(g.index);
  }
  for (const auto& [values, gpus] : found)
    host.warnings.push_back({code, lower(gpus_text(gpus)), text(gpus_text(gpus), values.first, values.second)});
}

void warn_of_slots(Host& host) {
  warn_of_less(host, "pcie_width_degraded", "pcie_width", "pcie_width_max",
               [](const std::string& who, double is, double should) {
                 return who + ": the PCIe link runs on " + number_text(is) + " of " + number_text(should) +
                        " lanes. Reseat the card or its riser, clean the contacts; copies are slower by that ratio.";
               });
  warn_of_less(host, "pcie_slot_slow", "pcie_gen_max", "pcie_gen_device_max",
               [](const std::string& who, double is, double should) {
                 return who + ": the slot gives PCIe generation " + number_text(is) + ", the GPU could use " +
                        number_text(should) + ". Look at the slot, the riser and the firmware's settings.";
               });
  std::map<int, std::vector<int>> narrow;
  for (const Gpu& g : host.gpus) {
    const auto width = g.facts.number("pcie_width_max");
    const auto own = g.facts.number("pcie_width_device_max");
    const double could = own ? *own : kFullWidth;
    if (width && *width < could && *width < kFullWidth) narrow[static_cast<int>(*width)].push_back(g.index);
  }
  for (const auto& [width, gpus] : narrow)
    host.warnings.push_back({"pcie_slot_narrow", lower(gpus_text(gpus)),
                             gpus_text(gpus) + ": the slot has " + std::to_string(width) +
                                 " lanes. Tensor parallelism over it is slow; move the card to a slot of 16 lanes."});
}

void warn_of_power(Host& host) {
  warn_of_less(host, "power_cap", "power_limit_w", "power_limit_default_w",
               [](const std::string& who, double is, double should) {
                 return who + ": power is limited to " + number_text(is) + " W of " + number_text(should) +
                        " W. Matrix products run at lower clocks; `nvidia-smi -pl " + number_text(should) +
                        "` as root takes the limit away.";
               });
}

void warn_of_mixture(Host& host) {
  const auto names = by_value(host.gpus, [](const Gpu& g) {
    const std::string name = g.facts.text("name");
    return name.empty() ? std::nullopt : std::optional(name);
  });
  if (names.size() > 1) {
    std::string list;
    for (const auto& [name, gpus] : names)
      list += (list.empty() ? "" : ", ") + std::to_string(gpus.size()) + " x " + name;
    host.warnings.push_back({"mixed_gpus", "host",
                             "The GPUs are not alike: " + list +
                                 ". A group of them runs at the pace and with the memory of the "
                                 "least; use alike GPUs for one job."});
    return;
  }
  const auto sizes = by_value(host.gpus, [](const Gpu& g) {
    const auto bytes = g.facts.number("memory_bytes");
    return bytes ? std::optional(static_cast<int>(std::lround(*bytes / kGib))) : std::nullopt;
  });
  if (sizes.size() > 1 && sizes.rbegin()->first - sizes.begin()->first > 1)
    host.warnings.push_back({"mixed_memory", lower(gpus_text(sizes.begin()->second)),
                             gpus_text(sizes.begin()->second) + ": " + std::to_string(sizes.begin()->first) +
                                 " GiB of memory where others have " + std::to_string(sizes.rbegin()->first) +
                                 " GiB. A group has the memory of its least member."});
}

std::vector<int> with_flag(const Host& host, const char* name, bool wanted) {
  std::vector<int> out;
  for (const Gpu& g : host.gpus)
    if (g.facts.flag(name) == wanted) out.push_back(g.index);
  return out;
}

void warn_of_modes(Host& host) {
  if (const std::vector<int> mig = with_flag(host, "mig", true); !mig.empty())
    host.warnings.push_back({"mig", lower(gpus_text(mig)),
                             gpus_text(mig) +
                                 ": cut into instances (MIG). Instances have no NVLink and no peer access; "
                                 "a job sees one of them."});
  const std::vector<int> off = with_flag(host, "ecc", false);
  if (!off.empty() && off.size() < host.gpus.size() && !with_flag(host, "ecc", true).empty())
    host.warnings.push_back(
        {"ecc_differs", lower(gpus_text(off)), gpus_text(off) + ": error correction is off, on the others it is on."});
  std::vector<int> lost;
  for (const Gpu& g : host.gpus) {
    const Fact* name = g.facts.find("uuid");
    if (name != nullptr && (name->code == 15 || name->code == 16)) lost.push_back(g.index);
  }
  if (!lost.empty())
    host.warnings.push_back({"gpu_lost", lower(gpus_text(lost)),
                             gpus_text(lost) + ": fell off the bus or needs a reset. Drain the node and restart it."});
  std::vector<int> barred;
  for (const Gpu& g : host.gpus) {
    const Fact* uuid = g.facts.find("uuid");
    if (uuid != nullptr && uuid->status == Status::kNoPermission) barred.push_back(g.index);
  }
  if (!barred.empty())
    host.warnings.push_back({"no_permission", lower(gpus_text(barred)),
                             gpus_text(barred) + ": this process may not open it; its control group or the device's "
                                                 "permissions say so."});
}

void warn_of_partitions(Host& host) {
  std::map<std::string, std::vector<int>> modes;
  for (const Gpu& g : host.gpus)
    if (const std::string mode = g.facts.text("compute_partition"); !mode.empty() && mode != "SPX")
      modes[mode].push_back(g.index);
  for (const auto& [mode, gpus] : modes)
    host.warnings.push_back({"compute_partition", lower(gpus_text(gpus)),
                             gpus_text(gpus) + ": partitioned as " + mode +
                                 ", so one card shows as several GPUs that share its memory and links."});
}

}  // namespace

std::string gpus_text(const std::vector<int>& indices) {
  return (indices.size() == 1 ? "GPU " : "GPUs ") + list_of_numbers(indices);
}

void warn_of_gpus(Host& host) {
  warn_of_slots(host);
  warn_of_power(host);
  warn_of_mixture(host);
  warn_of_modes(host);
  warn_of_partitions(host);
}

void warn(Host& host) {
  warn_of_limits(host);
  warn_of_fabric(host);
  warn_of_gpus(host);
  warn_of_adapters(host);
}

}  // namespace shardplan::probe
