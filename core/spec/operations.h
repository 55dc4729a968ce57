// What long runs and their machines were reported to do beside training: how often they were interrupted, how fast
// checkpoints went to storage, how much power a node drew. Data of presets/reliability, presets/storage and
// presets/power; 0 for what a source does not say.
#pragma once

#include <string>
#include <vector>

namespace shardplan::spec {

// One run or cluster. Either interruptions in so many days, or failures per node and day.
struct ReliabilityRecord {
  std::string id;
  std::string name;
  std::vector<std::string> represents;  // GPU generations whose rate it stands for; "default": any other
  int gpus = 0;
  double days = 0;
  double interruptions = 0;  // unexpected ones
  int gpus_per_node = 0;
  double failures_per_1000_node_days = 0;
  double hardware_share = 0;
  double effective_training_time_ratio = 0;
  double recovery_s = 0;          // detection, diagnosis and restart of a whole job
  double elastic_recovery_s = 0;  // where only the failed replica restarts
  std::string citation;           // short, shown with the numbers
  std::string source;
  std::string notes;

  bool operator==(const ReliabilityRecord&) const = default;
};

// Checkpoints of one job on one storage system: a sustained rate, or the times of one checkpoint.
struct StorageRecord {
  std::string id;
  std::string name;
  int gpus = 0;
  double write_gb_per_s = 0;
  double block_s = 0;  // training stands still
  double save_s = 0;
  double load_s = 0;
  std::string citation;
  std::string source;

  bool operator==(const StorageRecord&) const = default;
};

// Power of a whole node, measured at the rack.
struct PowerRecord {
  std::string id;
  std::string name;
  std::string generation;
  int gpus_per_node = 0;
  double gpu_tdp_w = 0;
  double idle_w = 0;
  double least_training_w = 0;  // of the trainings measured
  double training_w = 0;        // of a language model, with its GPUs busy for that share of the time
  double training_busy_share = 0;
  double full_w = 0;  // under a burn test
  double rated_w = 0;
  double mean_error_pct = 0;  // of a model of such nodes by their load
  std::string citation;
  std::string source;

  bool operator==(const PowerRecord&) const = default;
};

}  // namespace shardplan::spec
