#include "api/sharding_settings.h"

namespace shardplan::api {
namespace {

const char* torch_type(spec::Precision p) {
  switch (p) {
    case spec::Precision::kFp16: return "torch.float16";
    case spec::Precision::kFp32: return "torch.float32";
    default: return "torch.bfloat16";
  }
}

}  // namespace

DeepSpeedSettings deepspeed_settings(const spec::Strategy& s, int stage) {
  DeepSpeedSettings d;
  d.train_micro_batch_size_per_gpu = s.mbs;
  d.gradient_accumulation_steps = s.gbs / (s.dp * s.mbs);
  if (s.precision == spec::Precision::kFp16) d.fp16.emplace();
  else if (s.precision != spec::Precision::kFp32) d.bf16.emplace();
  d.zero_optimization.stage = stage;
  if (s.offload_optimizer) d.zero_optimization.offload_optimizer.emplace();
  return d;
}

FsdpSettings fsdp_settings(const estimate::Context& c, const spec::Strategy& s) {
  FsdpSettings f;
  const int ranks = s.dp * s.cp;
  f.mesh_shape = {ranks};
  f.mesh_dim_names = {"dp_shard"};
  if (s.sharding == spec::Sharding::kHsdp) {
    f.mesh_shape = {ranks / s.shard_size, s.shard_size};
    f.mesh_dim_names = {"dp_replicate", "dp_shard"};
  }
  const bool wide = c.stack().fsdp_gradient_bytes == 4;
  f.mp_policy = {torch_type(s.precision), wide ? "torch.float32" : torch_type(s.precision)};
  if (s.offload_optimizer) f.offload_policy = "CPUOffloadPolicy";
  return f;
}

}  // namespace shardplan::api

namespace shardplan::json {

Fields Describe<api::Enabled>::fields() {
  static constexpr Field table[] = {field<&api::Enabled::enabled>("enabled")};
  return table;
}

Fields Describe<api::OffloadTo>::fields() {
  static constexpr Field table[] = {field<&api::OffloadTo::device>("device"),
                                    field<&api::OffloadTo::pin_memory>("pin_memory")};
  return table;
}

Fields Describe<api::ZeroOptimization>::fields() {
  using Z = api::ZeroOptimization;
  static constexpr Field table[] = {
      field<&Z::stage>("stage"),
      field<&Z::overlap_comm>("overlap_comm"),
      field<&Z::contiguous_gradients>("contiguous_gradients"),
      field<&Z::reduce_scatter>("reduce_scatter"),
      field<&Z::offload_optimizer>("offload_optimizer"),
  };
  return table;
}

Fields Describe<api::DeepSpeedSettings>::fields() {
  using D = api::DeepSpeedSettings;
  static constexpr Field table[] = {
      field<&D::train_micro_batch_size_per_gpu>("train_micro_batch_size_per_gpu"),
      field<&D::gradient_accumulation_steps>("gradient_accumulation_steps"),
      field<&D::bf16>("bf16"),
      field<&D::fp16>("fp16"),
      field<&D::zero_optimization>("zero_optimization"),
  };
  return table;
}

Fields Describe<api::MixedPrecision>::fields() {
  static constexpr Field table[] = {field<&api::MixedPrecision::param_dtype>("param_dtype"),
                                    field<&api::MixedPrecision::reduce_dtype>("reduce_dtype")};
  return table;
}

Fields Describe<api::FsdpSettings>::fields() {
  using F = api::FsdpSettings;
  static constexpr Field table[] = {
      field<&F::mesh_shape>("mesh_shape", "For init_device_mesh."),
      field<&F::mesh_dim_names>("mesh_dim_names"),
      field<&F::reshard_after_forward>("reshard_after_forward"),
      field<&F::mp_policy>("mp_policy", "Arguments of MixedPrecisionPolicy."),
      field<&F::offload_policy>("offload_policy", "Class of the policy; FSDP2 offloads parameters with it, too.")
          .omit_default(),
  };
  return table;
}

}  // namespace shardplan::json
