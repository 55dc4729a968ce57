// How rows of measured serving are read where they are silent: engine, number formats, layout, MLPerf's rules.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "measured/serving/run.h"

namespace shardplan::measured::serving {

// The number behind `key` and an optional "=", as notes write it: "moe_ep=8", "gpu_batch_size 2048".
std::optional<double> noted(std::string_view notes, std::string_view key);

std::optional<Mode> mode_of(const std::string& mode);

// Which fitted engine a row belongs to; empty where none.
std::string engine_of(const spec::InferenceRow& row, Mode mode);

// Load generator by what the notes reveal: the public nightly benchmark draws lengths from 0.8 to 1.0 of the nominal.
bool draws_lengths(const spec::InferenceRow& row, Mode mode);

spec::ServingPrecision precision_of(const spec::InferenceRow& row, Mode mode, const std::string& engine,
                                    const spec::Model& model, const spec::Accelerator& accelerator);

// MLPerf's data sets: mean lengths, and the limit on TPOT of a scenario.
struct MlperfTask {
  double input_tokens = 0, output_tokens = 0;
  double server_tpot_s = 0, interactive_tpot_s = 0;
};
std::optional<MlperfTask> mlperf_task(const std::string& model_id);

inline bool is_mlperf(Mode m) {
  return m == Mode::kMlperfOffline || m == Mode::kMlperfServer || m == Mode::kMlperfInteractive;
}

}  // namespace shardplan::measured::serving
