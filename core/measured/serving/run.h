// A measured row of serving as the planner sees it: a deployment, a load, and what was measured. Beside: rules.h says
// how the notes and empty cells of the sources are read.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "spec/measured_run.h"
#include "spec/serving.h"

namespace shardplan::measured::serving {

enum class Mode {
  kServing,  // closed loop of many users
  kOffline,  // all requests wait at the start
  kStaticBatch,
  kPrefill,        // one prompt on an idle engine
  kDecodePool,     // decoding workers of a disaggregated deployment
  kMlperfOffline,  // MLPerf's scenarios
  kMlperfServer,
  kMlperfInteractive
};
const char* name_of(Mode mode);

struct Run {
  spec::InferenceRow row;
  Mode mode = Mode::kServing;
  spec::Model model;
  spec::Cluster cluster;
  std::string engine, harness;
  spec::ServingLayout layout;
  spec::ServingPrecision precision;
  spec::RequestShape shape;
  double concurrency = 0;     // of one replica; 0: not stated
  double chunk_tokens = 0;    // of a step, where it is known; 0: the engine's
  double wait_steps = 0;      // decode steps that the scheduler lets pass before it looks at a new request
  double most_sequences = 0;  // of a batch, where the row states it; 0: the engine's
  double replicas = 1;

  // Measured; 0 where it was not, or is not what the model predicts.
  double ttft_s = 0, tpot_s = 0, tokens_per_s_per_gpu = 0;

  std::vector<std::string> doubts;  // why the measurement itself is not to be trusted
  std::string family;               // models that are held out together
};

// A run, or why the row does not state enough.
Result<Run> run_of(const catalog::Catalog& catalog, const spec::InferenceRow& row);

// All rows of a file. Exact repeats of a measurement and rows that other rows cast doubt on are known only here.
struct Loaded {
  std::vector<Run> runs;
  std::vector<std::pair<std::string, std::string>> skipped;  // id, reason
};
Loaded load(const catalog::Catalog& catalog, const std::vector<spec::InferenceRow>& rows);

}  // namespace shardplan::measured::serving
