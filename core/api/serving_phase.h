// What llm-memory-calculator's calls ask and answer, in our units: one phase of serving on so many GPUs.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/hardware_choice.h"
#include "api/serving_plan.h"
#include "search/serving/phase.h"

namespace shardplan::api {

struct PhaseQuestion {
  ModelChoice model;
  HardwareChoice hardware;
  std::optional<int> input_tokens, output_tokens;
  std::optional<spec::WeightFormat> bits;
  std::optional<spec::KvFormat> kv_cache;
  std::string engine;
  bool debug = false;  // that library prints more; nothing to do here
};

// `gpus` of 0: one node. Paths of problems are those of the library's fields.
Result<ResolvedServing> resolve(const PhaseQuestion& question, int gpus, const ServingDegrees& degrees = {});

struct PhaseConfidence {
  std::vector<double> latency_ms, tokens_per_s;  // low, high
  std::string level, basis;
  double coverage_pct = 80;
  int runs = 0;
};

struct PhasePlan {
  std::string summary;
  ServingStrategyFields strategy;
  int gpus = 0;
  double batch_size = 0;
  double latency_ms = 0;
  std::optional<double> first_token_ms;
  double tokens_per_s = 0, tokens_per_s_per_gpu = 0, requests_per_s = 0;
  std::optional<double> usd_per_million_tokens;
  ServingMemoryFields memory;
  PhaseConfidence confidence;
};

PhasePlan phase_plan(const estimate::serving::Deployment& deployment, const ResolvedServing& question,
                     estimate::serving::PhaseKind kind, const search::serving::PhasePoint& point);

struct PhaseSearchFields {
  int candidates = 0, evaluated = 0;
  std::vector<std::pair<std::string, int>> rejected;  // by rule
  std::vector<std::pair<std::string, std::string>> reasons;
};

// What every call that searches answers beside its plans.
struct PhaseNotes {
  PhaseSearchFields search;
  std::vector<std::string> assumptions, warnings;
};

// The ways of `question` for one phase, and what became of the others.
struct PhaseSearch {
  PhaseSearch(const ResolvedServing& question, estimate::serving::PhaseKind kind, const std::vector<double>& batches);

  const estimate::serving::Deployment deployment;
  search::serving::PhaseFound found;
  PhaseNotes notes;
};

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE_ENUM(estimate::serving::PhaseKind, "stage");
SHARDPLAN_DESCRIBE(api::PhaseQuestion, "phase_question");
SHARDPLAN_DESCRIBE(api::PhaseConfidence, "phase_confidence");
SHARDPLAN_DESCRIBE(api::PhasePlan, "phase_plan");
SHARDPLAN_DESCRIBE(api::PhaseSearchFields, "phase_search");
SHARDPLAN_DESCRIBE(api::PhaseNotes, "phase_notes");

}  // namespace shardplan::json
