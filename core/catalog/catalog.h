// The presets: models, accelerators, systems, networks, software stacks and calibrations, and how names find them.
// json/presets.h reads the files into this; nothing here knows where they came from.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "spec/cluster.h"
#include "spec/generation.h"
#include "spec/interval.h"
#include "spec/model.h"
#include "spec/stack.h"

namespace shardplan::catalog {

// A number that was fitted to measured runs. Stacks and generations refer to it as "$name".
struct Constant {
  std::string name;
  double value = 0;
  double prior = 0;
  double low = 0;
  double high = 0;
  std::string absorbs;  // what physics the number stands for

  bool operator==(const Constant&) const = default;
};

struct Catalog {
  std::vector<spec::Model> models;
  std::vector<spec::Accelerator> accelerators;
  std::vector<spec::System> systems;
  std::vector<spec::Network> networks;
  std::vector<spec::Stack> stacks;
  std::vector<spec::Generation> generations;
  std::vector<std::shared_ptr<const spec::GemmTable>> gemm_tables;
  std::vector<Constant> constants;
  std::vector<spec::IntervalClass> intervals;
};

// What a model's name says beyond the model: the type of a quantised repository's weights.
struct NamedModel {
  const spec::Model* model = nullptr;
  std::string weight_precision;  // "fp8", "int4", ...; empty: as trained
};

// Finds by id, alias, Hugging Face name, then by the name without its publisher and its -Instruct, -hf, -FP8 endings.
// Errors name the nearest known one; `path` is the field that the name stood in.
Result<NamedModel> find_model(const Catalog&, std::string_view name, const std::string& path);
Result<const spec::Accelerator*> find_accelerator(const Catalog&, std::string_view name, const std::string& path);
Result<const spec::System*> find_system(const Catalog&, std::string_view name, const std::string& path);
Result<const spec::Network*> find_network(const Catalog&, std::string_view name, const std::string& path);
Result<const spec::Stack*> find_stack(const Catalog&, std::string_view name, const std::string& path);

// A machine by GPU, by system, or by both where they agree; nothing where neither is named.
struct Host {
  const spec::Accelerator* accelerator = nullptr;
  const spec::System* system = nullptr;
};
Result<Host> find_host(const Catalog&, const std::string& gpu, const std::string& system);

// Adapters per GPU, one direction, of the best-connected system with that accelerator; 12.5 where none is known.
double best_nic_gb_per_s(const Catalog&, const spec::Accelerator&);

// The calibration that holds for an accelerator, with its table of measured GEMM rates if there is one. A generation
// that was never calibrated falls back to "default", and to nine tenths of the best matmul measured on that
// accelerator.
spec::Generation generation_of(const Catalog&, const spec::Accelerator&);

// How far predictions for such a model on such a stack and generation are to be trusted.
spec::IntervalClass intervals_of(const Catalog&, const spec::Stack&, bool has_experts, const spec::Generation&);

}  // namespace shardplan::catalog
