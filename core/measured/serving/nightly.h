// How the public nightly benchmark starts its servers: settings that its rows do not state. They stand in its scripts,
// one for each model, GPU and engine: SemiAnalysisAI/InferenceX, benchmarks/, at the day of the measurement.
#pragma once

#include <optional>
#include <string>

#include "spec/measured_run.h"
#include "spec/serving.h"

namespace shardplan::measured::serving {

struct ServerSettings {
  std::optional<spec::KvFormat> kv;
  double chunk_tokens = 0;  // of a step; 0: the engine's default
  double wait_steps = 0;    // decode steps that the scheduler lets pass before it looks at a new request
};

struct NightlyRow {
  std::string engine, model_family, gpu_generation;
  spec::ServingLayout layout;
  spec::WeightFormat weights = spec::WeightFormat::kBf16;
  double input_tokens = 0, output_tokens = 0, concurrency = 0;  // nominal
  std::string date;                                             // "2026-02-06"
};

ServerSettings nightly_settings(const NightlyRow& row);

}  // namespace shardplan::measured::serving
