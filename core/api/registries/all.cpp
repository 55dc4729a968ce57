// Every operation.
#include "api/registry.h"

namespace shardplan::api {

std::span<const Operation> operations() {
  // clang-format off
  static const Operation all[] = {
      // Plans
      recommend_operation(),
      evaluate_operation(),
      explain_operation(),
      timeline_operation(),
      memory_operation(),
      validate_operation(),
      // Whole runs
      estimate_operation(),
      // Launch
      nccl_operation(),
      // Advice on a plan
      bottleneck_operation(),
      // A job that failed
      troubleshoot_operation(),
      // Choices
      sharding_operation(),
      // Serving
      inference_operation(),
      batchsize_operation(),
      compare_operation(),
      pareto_operation(),
      optimize_operation(),
      // Models, machines, this program
      analyze_operation(),
      presets_operation(),
      preset_operation(),
      topology_operation(),
      describe_operation(),
      health_operation(),
      // Trust
      accuracy_operation(),
      calibrate_operation(),
      // Parts of a search
      recommend_size_operation(),
      recommend_range_operation(),
      recommend_merge_operation(),
  };
  // clang-format on
  return all;
}

}  // namespace shardplan::api
