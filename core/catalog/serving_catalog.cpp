#include "catalog/serving_catalog.h"

#include <algorithm>

#include "base/text.h"

namespace shardplan::catalog {
namespace {

constexpr const char* kFallbackTable = "h200-sxm";
constexpr const char* kPcieTable = "l40s";

template <class T>
const T* with_id(const std::vector<T>& things, const std::string& id) {
  const auto it = std::find_if(things.begin(), things.end(), [&](const T& t) { return t.id == id; });
  return it == things.end() ? nullptr : &*it;
}

using Table = std::shared_ptr<const spec::ServingKernelTable>;

template <class Is>
Table table_where(const spec::ServingCalibration& c, Is is) {
  for (const Table& t : c.kernels)
    if (is(*t)) return t;
  return nullptr;
}

}  // namespace

Result<const spec::ServingEngine*> find_engine(const spec::ServingCalibration& c, const std::string& name,
                                               const std::string& path) {
  const std::string wanted = lower_case(name);
  std::vector<std::string> known;
  for (const spec::ServingEngine& e : c.engines) {
    if (e.id == wanted || std::find(e.aliases.begin(), e.aliases.end(), wanted) != e.aliases.end()) return &e;
    if (e.offered) known.push_back(e.id);
  }
  const std::string near = nearest_name(wanted, known);
  return fail(path, "Unknown serving engine '" + name.substr(0, 80) + "'.",
              near.empty() ? "Known engines: " + join(known, ", ") + "." : "Did you mean '" + near + "'?");
}

spec::ServingGeneration serving_generation_of(const spec::ServingCalibration& c, const spec::Accelerator& a) {
  for (const spec::ServingGeneration& g : c.generations)
    if (std::find(g.accelerators.begin(), g.accelerators.end(), a.id) != g.accelerators.end()) return g;
  if (const auto* found = with_id(c.generations, a.generation)) return *found;
  const auto* fallback = with_id(c.generations, "default");
  return fallback != nullptr ? *fallback : spec::ServingGeneration{};
}

Table kernel_table_of(const spec::ServingCalibration& c, const spec::Accelerator& a) {
  if (Table t = table_where(c, [&](const auto& t) { return t.accelerator == a.id; })) return t;
  if (Table t = table_where(c, [&](const auto& t) { return !t.generation.empty() && t.generation == a.generation; }))
    return t;
  return table_where(c, [&](const auto& t) { return t.id == kFallbackTable; });
}

Table pcie_table_of(const spec::ServingCalibration& c, const spec::Accelerator& a) {
  if (Table own = kernel_table_of(c, a); own && own->pcie) return own;
  return table_where(c, [&](const auto& t) { return t.id == kPcieTable; });
}

spec::ServingHarness harness_of(const spec::ServingCalibration& c, const std::string& id) {
  if (const auto* found = with_id(c.harnesses, id)) return *found;
  const auto* fallback = with_id(c.harnesses, "default");
  return fallback != nullptr ? *fallback : spec::ServingHarness{};
}

const spec::ServingInterval& serving_interval(const spec::ServingCalibration& c, const std::string& quantity,
                                              const IntervalKey& key) {
  static const spec::ServingInterval kNone;
  const bool known_model = std::find(c.models.begin(), c.models.end(), key.model) != c.models.end();
  const std::string scope = !key.known_gpu ? "new gpu" : known_model ? "known" : "new model";
  const std::string architecture = key.has_experts ? "moe" : "dense";
  const spec::ServingInterval* other_kind = &kNone;
  for (const spec::ServingInterval& i : c.intervals) {
    if (i.id != quantity || i.scope != scope) continue;
    if (!i.architecture.empty() && i.architecture != architecture) continue;
    if (i.kind == key.kind) return i;
    if (i.kind == "serving") other_kind = &i;
  }
  return *other_kind;
}

}  // namespace shardplan::catalog
