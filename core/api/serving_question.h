// The question of every serving operation: which model, on which machines, for which load. Beside: question.h is the
// one of training.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/cluster_choice.h"
#include "api/question.h"
#include "estimate/serving/engine.h"
#include "json/serving_presets.h"
#include "search/serving/search.h"

namespace shardplan::api {

// Who drafts tokens that the model then verifies.
enum class Drafting { kNone, kDraftModel, kEagle, kMtp, kNgram };

struct ServingQuestion {
  ModelChoice model;
  ClusterChoice cluster;
  std::string engine;

  std::optional<int> input_tokens, output_tokens;
  std::optional<double> prefix_cache_hit_rate;
  std::optional<spec::WeightFormat> precision;
  std::optional<spec::KvFormat> kv_cache;
  std::optional<double> memory_share;
  Drafting speculative = Drafting::kNone;
  std::optional<int> speculative_tokens;
  std::optional<double> acceptance_rate;
  std::string draft_model;
  std::optional<int> lora_adapters, lora_rank;

  std::optional<double> users, requests_per_s;
  std::optional<double> ttft_limit_ms, tpot_limit_ms, request_limit_s, least_tokens_per_s;
};

// Degrees that the request fixes.
struct ServingDegrees {
  std::optional<int> tp, pp, dp, ep, replicas;
};

// A question with every blank filled in.
struct ResolvedServing {
  estimate::serving::Problem problem;
  estimate::serving::Constants constants;
  search::serving::Goal goal;
  search::serving::Limits limits;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

// All problems of the question at once.
Result<ResolvedServing> resolve(const ServingQuestion& question, const ServingDegrees& degrees = {});

// The built-in calibration of serving.
const json::ServingCatalog& serving_catalog();

// The format of a model's published weights, and its name.
spec::WeightFormat published_format(const spec::Model& model);
const char* format_name(spec::WeightFormat format);

// What a model's published checkpoint is served in where nobody says.
spec::ServingPrecision precision_for(const spec::Model& model, spec::WeightFormat weights, spec::KvFormat kv);

}  // namespace shardplan::api
