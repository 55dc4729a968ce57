// Every operation.
#include "api/registry.h"
#include "api/topology_reasons.h"

namespace shardplan::api {

TopologyReader topology_reader() { return &read_host; }
const TopologyReasons* topology_reasons() { return &kTopologyReasons; }

std::span<const Operation> operations() {
  // clang-format off
  static const std::vector<Operation> all = grouped({
      heading("Plans"),
      recommend_operation(),
      evaluate_operation(),
      explain_operation(),
      timeline_operation(),
      memory_operation(),
      validate_operation(),
      report_operation(),
      heading("Whole runs"),
      estimate_operation(),
      scaling_operation(),
      largescale_operation(),
      heading("Launch"),
      launch_operation(),
      export_operation(),
      slurm_operation(),
      dry_run_operation(),
      nccl_operation(),
      heading("Advice on a plan"),
      bottleneck_operation(),
      why_not_operation(),
      whatif_operation(),
      comm_overlap_operation(),
      moe_operation(),
      long_context_operation(),
      heading("A job that failed"),
      troubleshoot_operation(),
      heading("Choices"),
      sharding_operation(),
      batchsize_operation(),
      compare_operation(),
      pareto_operation(),
      optimize_operation(),
      autotune_operation(),
      profile_operation(),
      heading("Serving"),
      inference_operation(),
      vllm_operation(),
      heading("Fine-tuning"),
      rlhf_operation(),
      heading("Calls of llm-memory-calculator"),
      get_various_parallelization_operation(),
      get_best_parallelization_strategy_operation(),
      get_pareto_optimal_performance_operation(),
      get_minimum_system_size_operation(),
      estimate_prefill_performance_operation(),
      estimate_decode_performance_operation(),
      get_hardware_config_operation(),
      heading("Models, machines, this program"),
      analyze_operation(),
      presets_operation(),
      preset_operation(),
      topology_operation(),
      describe_operation(),
      health_operation(),
      heading("Trust"),
      accuracy_operation(),
      calibrate_operation(),
      heading("Parts of a search"),
      recommend_size_operation(),
      recommend_range_operation(),
      recommend_merge_operation(),
  });
  // clang-format on
  return all;
}

}  // namespace shardplan::api
