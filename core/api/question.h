// The question that most operations start from: which model, on which machines, doing what. One flat set of request
// fields, and how it becomes a problem, with a note of everything that was taken as given.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/calibration.h"
#include "api/topology_use.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "catalog/hf_config.h"
#include "estimate/problem.h"
#include "json/meta.h"

namespace shardplan::api {

// A preset's name, or a config.json.
struct ModelChoice {
  using is_text_or_object = void;
  std::string name;
  std::optional<catalog::HfConfig> definition;
};

// Names of fine-tuning as people use them: the method, and with a Q a base of 4-bit weights.
enum class TuningMethod { kFull, kLora, kQlora, kDora, kQdora };

struct Question {
  ModelChoice model;

  std::string gpu;
  std::string system;
  std::optional<int> gpus;
  std::optional<int> gpus_per_node;
  std::optional<int> scaleup_domain;
  std::string network;
  std::optional<double> nic_gb_per_s;
  std::optional<bool> nic_is_measured;
  std::optional<double> memory_gib;
  std::optional<double> memory;  // as marketed, GB
  std::optional<double> usd_per_gpu_hour;
  json::RawJson topology;
  std::optional<double> headroom_gib;

  std::optional<int> seq_length;
  std::optional<int> gbs;
  std::optional<int> batch_size;
  std::optional<spec::Precision> precision;
  std::optional<spec::Optimizer> optimizer;
  std::optional<int> gradient_bytes;
  std::optional<int> mtp_layers;
  std::optional<double> expert_imbalance;
  std::optional<bool> training;

  std::optional<TuningMethod> method;
  std::optional<int> lora_rank;
  std::vector<std::string> lora_targets;
  std::optional<bool> lora_dropout;
  std::optional<spec::BaseWeights> base_precision;
  std::optional<bool> optimizer_in_backward;

  std::string stack;
  std::optional<spec::CudaGraphs> cuda_graphs;
  std::optional<bool> tp_comm_overlap;
  std::optional<Calibration> calibration;
};

// A question with every blank filled in.
struct Resolved {
  estimate::Problem problem;
  double usable_bytes = 0;  // memory that a plan may take
  std::optional<TopologyUse> topology;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

// Degrees that the request names, for what depends on them where the question is silent; 0 for unknown.
struct KnownDegrees {
  int world_size = 0;
  int dp = 0;
};

// All problems of the question at once.
Result<Resolved> resolve(const Question& question, const KnownDegrees& known = {});

// The model alone, for operations that need no cluster. `assumptions` gains what the name said beyond the model.
Result<spec::Model> resolve_model(const catalog::Catalog& catalog, const ModelChoice& choice,
                                  std::vector<std::string>& assumptions);

}  // namespace shardplan::api
