// What a sharding is called in the software that does it: the block of DeepSpeed's configuration
// (runtime/zero/config.py, 0.19) and the arguments of PyTorch's fully_shard (distributed/fsdp/_fully_shard, 2.8 and
// later). The whole configuration is the launcher's business.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "estimate/problem.h"
#include "json/meta.h"
#include "json/spec_fields.h"

namespace shardplan::api {

struct Enabled {
  bool enabled = true;
};
struct OffloadTo {
  std::string device = "cpu";
  bool pin_memory = true;
};
struct ZeroOptimization {
  int stage = 0;
  bool overlap_comm = true;
  bool contiguous_gradients = true;
  bool reduce_scatter = true;
  std::optional<OffloadTo> offload_optimizer;
};
struct DeepSpeedSettings {
  int train_micro_batch_size_per_gpu = 1;
  int gradient_accumulation_steps = 1;
  std::optional<Enabled> bf16, fp16;
  ZeroOptimization zero_optimization;
};

// Arguments of torch.distributed.fsdp.fully_shard and of the policies that it takes.
struct MixedPrecision {
  std::string param_dtype, reduce_dtype;
};
struct FsdpSettings {
  std::vector<int> mesh_shape;
  std::vector<std::string> mesh_dim_names;
  bool reshard_after_forward = true;
  MixedPrecision mp_policy;
  std::string offload_policy;
};

DeepSpeedSettings deepspeed_settings(const spec::Strategy& strategy, int zero_stage);
FsdpSettings fsdp_settings(const estimate::Context& context, const spec::Strategy& strategy);

}  // namespace shardplan::api

namespace shardplan::json {
SHARDPLAN_DESCRIBE(api::Enabled, "deepspeed_enabled");
SHARDPLAN_DESCRIBE(api::OffloadTo, "deepspeed_offload");
SHARDPLAN_DESCRIBE(api::ZeroOptimization, "deepspeed_zero_optimization");
SHARDPLAN_DESCRIBE(api::DeepSpeedSettings, "deepspeed_settings");
SHARDPLAN_DESCRIBE(api::MixedPrecision, "fsdp_mixed_precision");
SHARDPLAN_DESCRIBE(api::FsdpSettings, "fsdp_settings");
}  // namespace shardplan::json
