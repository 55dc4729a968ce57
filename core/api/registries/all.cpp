// Every operation.
#include "api/registry.h"

namespace shardplan::api {

std::span<const Operation> operations() {
  static const Operation all[] = {
      recommend_operation(),       evaluate_operation(), explain_operation(),        timeline_operation(),
      memory_operation(),          validate_operation(), analyze_operation(),        accuracy_operation(),
      calibrate_operation(),       presets_operation(),  preset_operation(),         topology_operation(),
      describe_operation(),        health_operation(),   recommend_size_operation(), recommend_range_operation(),
      recommend_merge_operation(),
  };
  return all;
}

}  // namespace shardplan::api
