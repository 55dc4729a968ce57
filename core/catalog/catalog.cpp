#include "catalog/catalog.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace shardplan::catalog {
namespace {

// Lower case; '_' and ' ' as '-': the seeds' llama2_70b and H100_80GB are spelt so.
std::string canonical(std::string_view name) {
  std::string out = lower_case(name);
  std::replace(out.begin(), out.end(), '_', '-');
  std::replace(out.begin(), out.end(), ' ', '-');
  return out;
}

template <class T>
bool is_called(const T& thing, const std::string& wanted) {
  if (canonical(thing.id) == wanted) return true;
  if constexpr (requires { thing.hf_id; })
    if (canonical(thing.hf_id) == wanted) return true;
  if constexpr (requires { thing.aliases; })
    return std::any_of(thing.aliases.begin(), thing.aliases.end(),
                       [&](const std::string& alias) { return canonical(alias) == wanted; });
  return false;
}

template <class T>
const T* lookup(const std::vector<T>& things, const std::string& wanted) {
  const auto it = std::find_if(things.begin(), things.end(), [&](const T& t) { return is_called(t, wanted); });
  return it == things.end() ? nullptr : &*it;
}

template <class T>
std::vector<std::string> all_names(const std::vector<T>& things) {
  std::vector<std::string> names;
  for (const T& t : things) names.push_back(t.id);
  for (const T& t : things) {
    if constexpr (requires { t.aliases; }) names.insert(names.end(), t.aliases.begin(), t.aliases.end());
  }
  return names;
}

template <class T>
tl::unexpected<Diagnostics> unknown(const std::vector<T>& things, std::string_view name, const char* what,
                                    const std::string& path) {
  const std::string near = nearest_name(name, all_names(things));
  return fail(path, std::string("Unknown ") + what + " '" + std::string(name.substr(0, 80)) + "'.",
              near.empty() ? "The operation 'presets' lists what is known." : "Did you mean '" + near + "'?");
}

template <class T>
Result<const T*> find(const std::vector<T>& things, std::string_view name, const char* what, const std::string& path) {
  if (const T* t = lookup(things, canonical(name))) return t;
  return unknown(things, name, what, path);
}

bool drop_ending(std::string& name, std::string_view ending) {
  if (name.size() <= ending.size() || name.compare(name.size() - ending.size(), ending.size(), ending) != 0)
    return false;
  name.resize(name.size() - ending.size());
  return true;
}

struct Ending {
  const char* text;
  const char* precision;
};

// Longest first where one ends another.
constexpr std::array<Ending, 34> kEndings = {{
    {"-fp8-dynamic", "fp8"},
    {"-fp8-kv", "fp8"},
    {"-gptq-int4", "int4"},
    {"-gptq-int8", "int8"},
    {"-quantized.w4a16", "int4"},
    {"-quantized.w8a8", "int8"},
    {"-quantized.w8a16", "int8"},
    {"-nvfp4", "nvfp4"},
    {"-mxfp4", "mxfp4"},
    {"-fp8", "fp8"},
    {"-fp4", "nvfp4"},
    {"-awq-int4", "int4"},
    {"-awq", "int4"},
    {"-gptq", "int4"},
    {"-int4", "int4"},
    {"-int8", "int8"},
    {"-bf16", ""},
    {"-instruct", ""},
    {"-chat", ""},
    {"-base", ""},
    {"-hf", ""},
    {"-it", ""},
    {"-pt", ""},
    {"-0528", ""},
    {"-0324", ""},
    {"-2507", ""},
    {"-2508", ""},
    {"-v0.1", ""},
    {"-v0.2", ""},
    {"-4k", ""},
    {"-8k", ""},
    {"-128k", ""},
    {"-thinking", ""},
    {"-reference", ""},
}};

}  // namespace

Result<NamedModel> find_model(const Catalog& catalog, std::string_view name, const std::string& path) {
  NamedModel found;
  std::string wanted = canonical(name);
  const auto weights_of_the_name = [&] {
    std::string rest = canonical(name);
    for (bool again = true; again;) {
      again = false;
      for (const Ending& e : kEndings) {
        if (!drop_ending(rest, e.text)) continue;
        if (*e.precision != '\0') return std::string(e.precision);
        again = true;
      }
    }
    return std::string();
  };
  if ((found.model = lookup(catalog.models, wanted))) {
    found.weight_precision = weights_of_the_name();
    return found;
  }
  const size_t slash = wanted.rfind('/');
  if (slash != std::string::npos) wanted = wanted.substr(slash + 1);
  for (bool again = true; again;) {
    if ((found.model = lookup(catalog.models, wanted))) {
      found.weight_precision = weights_of_the_name();
      return found;
    }
    again = false;
    for (const Ending& e : kEndings) {
      if (drop_ending(wanted, e.text)) {
        again = true;
        break;
      }
    }
  }
  return unknown(catalog.models, name, "model", path);
}

Result<const spec::Accelerator*> find_accelerator(const Catalog& c, std::string_view name, const std::string& path) {
  return find(c.accelerators, name, "GPU", path);
}
Result<const spec::System*> find_system(const Catalog& c, std::string_view name, const std::string& path) {
  return find(c.systems, name, "system", path);
}
Result<const spec::Network*> find_network(const Catalog& c, std::string_view name, const std::string& path) {
  return find(c.networks, name, "network", path);
}
Result<const spec::Stack*> find_stack(const Catalog& c, std::string_view name, const std::string& path) {
  return find(c.stacks, name, "software stack", path);
}

Result<Host> find_host(const Catalog& catalog, const std::string& gpu, const std::string& system) {
  Host host;
  Diagnostics problems;
  if (!system.empty()) {
    const auto found = find_system(catalog, system, "/system");
    if (found) host.system = *found;
    else problems = found.error();
  }
  const std::string name = !gpu.empty() ? gpu : host.system != nullptr ? host.system->accelerator : "";
  if (!name.empty()) {
    const auto found = find_accelerator(catalog, name, "/gpu");
    if (found) host.accelerator = *found;
    else problems.insert(problems.end(), found.error().begin(), found.error().end());
  }
  if (host.system != nullptr && host.accelerator != nullptr && host.system->accelerator != host.accelerator->id)
    problems.push_back({"/gpu",
                        host.system->name + " has " + host.system->accelerator + ", not " + host.accelerator->id + ".",
                        "Leave out 'gpu' or 'system'."});
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  return host;
}

double best_nic_gb_per_s(const Catalog& catalog, const spec::Accelerator& accelerator) {
  constexpr double kUnknown = 12.5;
  double best = 0;
  for (const spec::System& s : catalog.systems)
    if (s.accelerator == accelerator.id) best = std::max(best, s.node_nic_gb_per_s / s.gpus_per_node);
  return best > 0 ? best : kUnknown;
}

namespace {

void take_measured_matmul(spec::Generation& g, const spec::Accelerator& a) {
  constexpr double kSustained = 0.9;  // of the best of many shapes in a short run
  if (a.measured_max_matmul_tflops_bf16 <= 0 || a.peak_dense_tflops.bf16 <= 0) return;
  const double reach = a.measured_max_matmul_tflops_bf16 / a.peak_dense_tflops.bf16;
  g.gemm_reach_fp8 *= reach / g.gemm_reach_bf16;
  g.gemm_reach_nvfp4 *= reach / g.gemm_reach_bf16;
  g.gemm_reach_bf16 = reach;
  g.gemm_efficiency_bf16 = g.gemm_efficiency_fp8 = kSustained;
  g.gemm_efficiency_fp8_blockwise = g.gemm_efficiency_mxfp8 = g.gemm_efficiency_nvfp4 = kSustained;
}

}  // namespace

spec::Generation generation_of(const Catalog& catalog, const spec::Accelerator& accelerator) {
  const spec::Generation* found = lookup(catalog.generations, canonical(accelerator.generation));
  if (found == nullptr) found = lookup(catalog.generations, "default");
  spec::Generation generation = found != nullptr ? *found : spec::Generation{};
  for (const auto& [id, factors] : generation.accelerators) {
    if (id != accelerator.id) continue;
    for (double factor : factors) generation.gemm_multiplier *= factor;
  }
  for (const auto& table : catalog.gemm_tables)
    if (table->id == accelerator.gemm_table) generation.gemm_table = table;
  if (!generation.calibrated) take_measured_matmul(generation, accelerator);
  return generation;
}

spec::IntervalClass intervals_of(const Catalog& catalog, const spec::Stack& stack, bool has_experts,
                                 const spec::Generation& generation) {
  const char* kind = has_experts ? "-moe" : "-dense";
  if (!generation.calibrated) {
    if (const auto* found = lookup(catalog.intervals, "uncalibrated-gpu")) return *found;
  }
  for (const std::string& name : {stack.interval_class + kind, std::string("unknown") + kind})
    if (const auto* found = lookup(catalog.intervals, name)) return *found;
  return {};
}

}  // namespace shardplan::catalog
