#include "api/fields.h"

#include "api/cluster_fields.h"

namespace shardplan::json {

using api::Calibration;
using api::CalibrationErrors;
using api::Confidence;
using api::MemoryFields;
using api::Plan;
using api::Question;
using api::StageFields;
using api::StatedPlan;
using api::StrategyFields;
using api::TimeFields;

namespace {
constexpr double kMostGpus = 1e6;
}

Fields Describe<Calibration>::fields() {
  static constexpr Field name[] = {field<&Calibration::name>("name", "Name of the calibration.").required()};
  static constexpr Field rest[] = {
      field<&Calibration::constants>("constants", "Values in place of fitted constants, by their names.")
          .omit_default(),
      field<&Calibration::errors>("errors", "How well it predicted runs of yours that it had not seen."),
  };
  static const FieldList table = FieldList().add(name).include<&Calibration::adjustment>().add(rest);
  return table;
}

Fields Describe<spec::Adjustment>::fields() {
  using A = spec::Adjustment;
  static constexpr Field table[] = {
      field<&A::step_time>("step_time", "Multiplier on the whole step."),
      field<&A::gemm_rate>("gemm_rate", "Multiplier on the rate of linear layers and experts."),
      field<&A::host_time>("host_time", "Multiplier on launching and synchronisation."),
      field<&A::network_rate>("network_rate", "Multiplier on the scale-out network's rate."),
      field<&A::scaleup_rate>("scaleup_rate", "Multiplier on the scale-up link's rate."),
      field<&A::reserved_memory>("reserved_memory", "Multiplier on what the device loses."),
  };
  return table;
}

Fields Describe<CalibrationErrors>::fields() {
  using E = CalibrationErrors;
  static constexpr Field table[] = {
      field<&E::runs>("runs").at_least(1),
      field<&E::median_error_pct>("median_error_pct").at_least(0),
      field<&E::step_time_low>("step_time_low", "80 % of measured / predicted lie above this ...").at_least(0.05),
      field<&E::step_time_high>("step_time_high", "... and below this.").at_least(0.05),
  };
  return table;
}

Fields Describe<Question>::fields() {
  using Q = Question;
  static constexpr Field model[] = {
      field<&Q::model>("model", "A preset's name or alias, or a Hugging Face config.json.").required(),
  };
  static constexpr Field rest[] = {
      field<&Q::headroom_gib>("headroom_gib", "Memory that a plan leaves free; 5 % where absent.").range(0, 100000),
      field<&Q::seq_length>("seq_length", "Tokens of a sequence.").alias("seq").range(1, 100000000),
      field<&Q::gbs>("gbs", "Global batch: sequences per optimizer step. Never changed silently.")
          .alias("global_batch_size")
          .range(1, 100000000),
      field<&Q::batch_size>(
          "batch_size",
          "Sequences per step: the global batch, or per replica where dp is given and does not divide it.")
          .range(1, 100000000),
      field<&Q::precision>("precision", "Type of the linear layers' products."),
      field<&Q::optimizer>("optimizer"),
      field<&Q::gradient_bytes>("gradient_bytes", "Bytes of a gradient, accumulated and on the wire: 2 or 4.")
          .range(2, 4),
      field<&Q::mtp_layers>("mtp_layers", "Multi-token-prediction layers that are trained.").range(0, 16),
      field<&Q::expert_imbalance>("expert_imbalance",
                                  "Tokens of the busiest rank's experts against the mean; 1 is even.")
          .range(1, 64),
      field<&Q::training>("training", "Training (true) or serving."),
      field<&Q::method>("method", "Fine-tuning: which weights train; all of them where absent.")
          .alias("finetuning_type")
          .alias("fine_tuning"),
      field<&Q::lora_rank>("lora_rank", "Rank of the adapters.").alias("lora_r").range(1, 65536),
      field<&Q::lora_targets>("lora_targets", "Linears with an adapter: q_proj, ..., experts, or all-linear.")
          .alias("target_modules")
          .alias("lora_target_modules")
          .scalar_or_list()
          .omit_default(),
      field<&Q::lora_dropout>("lora_dropout", "Whether the adapters' inputs pass through dropout."),
      field<&Q::base_precision>("base_precision", "Type of the frozen weights."),
      field<&Q::optimizer_in_backward>("optimizer_in_backward",
                                       "Each gradient is applied and freed as soon as it is there."),
      field<&Q::stack>("stack", "Training software: a preset's name or alias.").omit_default(),
      field<&Q::cuda_graphs>("cuda_graphs", "How much of a step is captured in CUDA graphs."),
      field<&Q::tp_comm_overlap>("tp_comm_overlap", "Tensor-parallel traffic beside GEMMs, where the stack has it."),
      field<&Q::calibration>("calibration", "A calibration from the operation 'calibrate'."),
  };
  static const FieldList table = FieldList().add(model).add(kClusterFields<Q>).add(rest);
  return table;
}

Fields Describe<api::FsdpGroup>::fields() {
  static constexpr Field table[] = {
      field<&api::FsdpGroup::shard_size>("shard_size", "Ranks that share one copy of the parameters.")
          .range(0, kMostGpus),
  };
  return table;
}

Fields Describe<StrategyFields>::fields() {
  using S = StrategyFields;
  static constexpr Field table[] = {
      field<&S::tp>("tp", "Tensor-parallel degree.").alias("tensor_parallel").range(1, kMostGpus),
      field<&S::sp>("sp", "Sequence parallelism of the tensor-parallel group."),
      field<&S::pp>("pp", "Pipeline stages.").alias("pipeline_parallel").range(1, kMostGpus),
      field<&S::vpp>("vpp", "Virtual stages per pipeline stage.").range(1, 10000),
      field<&S::dp>("dp", "Data-parallel degree.").alias("data_parallel").range(1, kMostGpus),
      field<&S::cp>("cp", "Context-parallel degree.").range(1, kMostGpus),
      field<&S::ep>("ep", "Expert-parallel degree, folded over tp x cp x dp.").range(1, kMostGpus),
      field<&S::etp>("etp", "Tensor-parallel degree inside experts.").range(1, kMostGpus),
      field<&S::zero_stage>("zero_stage", "ZeRO stage; 1 is the distributed optimizer.").range(0, 3),
      field<&S::fsdp>("fsdp", "Fully sharded data parallelism; a smaller shard_size than dp x cp is HSDP."),
      field<&S::sharding>("sharding", "zero_stage or fsdp by name."),
      field<&S::mbs>("mbs", "Micro-batch: sequences at once.")
          .alias("micro_batch")
          .alias("micro_batch_size")
          .range(1, 1000000),
      field<&S::gbs>("gbs", "Global batch, sequences.").range(1, 100000000).internal(),
      field<&S::num_microbatches>("num_microbatches", "Micro-batches of a step on each pipeline.").range(1, 100000000),
      field<&S::schedule>("schedule", "Pipeline schedule."),
      field<&S::recompute>("recompute", "What the backward pass computes again.")
          .alias("checkpointing")
          .alias("activation_checkpointing"),
      field<&S::recompute_modules>("recompute_modules",
                                   "Selective recomputation: core_attn, layernorm, mlp, moe_act, mla_up_proj.")
          .scalar_or_list()
          .omit_default(),
      field<&S::recompute_layer_share>("recompute_layer_share", "Full recomputation: share of the layers.").range(0, 1),
      field<&S::precision>("precision", "Type of the linear layers' products."),
      field<&S::cp_comm>("cp_comm", "How context parallelism moves keys and values."),
      field<&S::offload_optimizer>("offload_optimizer", "Optimizer states and step on the host."),
      field<&S::offload_parameters>("offload_parameters", "Sharded parameters and optimizer states on the host."),
      field<&S::offload_activations>("offload_activations", "Share of the layers whose activations wait on the host.")
          .range(0, 1),
      field<&S::layers_per_stage>("layers_per_stage", "Layers of each stage.").range(0, 100000).omit_default(),
  };
  return table;
}

Fields Describe<StatedPlan>::fields() {
  using P = StatedPlan;
  static constexpr Field own[] = {
      field<&P::strategy>("strategy", "The strategy as a plan prints it, in place of single degrees."),
      field<&P::tp_across_domains>("tp_across_domains", "Allow tensor parallelism beyond the scale-up domain.")
          .omit_default(),
  };
  static const FieldList table = FieldList().include<&P::question>().include<&P::flat>().add(own);
  return table;
}

Fields Describe<StageFields>::fields() {
  using S = StageFields;
  static constexpr Field table[] = {
      field<&S::stage>("stage", "From 0."),
      field<&S::layers>("layers"),
      field<&S::reserved_gib>("reserved_gib", "All of it: the sum of the parts below."),
      field<&S::allocated_gib>("allocated_gib", "Tensors only, without fragmentation and device context."),
      field<&S::parameters_gib>("parameters_gib"),
      field<&S::gradients_gib>("gradients_gib"),
      field<&S::optimizer_gib>("optimizer_gib"),
      field<&S::activations_gib>("activations_gib"),
      field<&S::buffers_gib>("buffers_gib", "Logits, backward temporaries, gathered parameters."),
      field<&S::overhead_gib>("overhead_gib", "Fragmentation, device context, communicators."),
      field<&S::microbatches_in_flight>("microbatches_in_flight"),
  };
  return table;
}

Fields Describe<MemoryFields>::fields() {
  using M = MemoryFields;
  static constexpr Field table[] = {
      field<&M::peak_gib>("peak_gib", "Worst rank, reserved."),
      field<&M::allocated_gib>("allocated_gib", "Worst rank, tensors only."),
      field<&M::capacity_gib>("capacity_gib", "Memory of the accelerator."),
      field<&M::usable_gib>("usable_gib", "Capacity less what is kept free."),
      field<&M::worst_stage>("worst_stage"),
      field<&M::stages>("stages"),
  };
  return table;
}

Fields Describe<api::Communication>::fields() {
  static constexpr Field table[] = {
      field<&api::Communication::total_s>("total_s", "All of it."),
      field<&api::Communication::exposed_s>("exposed_s", "Not hidden behind compute."),
  };
  return table;
}

Fields Describe<TimeFields>::fields() {
  using T = TimeFields;
  static constexpr Field table[] = {
      field<&T::step_time_s>("step_time_s",
                             "One optimizer step: the sum of the parts below, communication by its exposed share."),
      field<&T::forward_s>("forward_s", "Kernels of the layers' forward passes on the longest stage."),
      field<&T::backward_s>("backward_s", "The same, backward, without recomputation."),
      field<&T::recompute_s>("recompute_s"),
      field<&T::head_s>("head_s", "LM head and cross-entropy, without a pipeline."),
      field<&T::tp>("tp"),
      field<&T::cp>("cp"),
      field<&T::ep>("ep"),
      field<&T::pp>("pp"),
      field<&T::dp>("dp"),
      field<&T::bubble_s>("bubble_s", "Filling and draining the pipeline."),
      field<&T::wait_for_head_s>("wait_for_head_s", "Waiting for the stage with the LM head."),
      field<&T::offload_s>("offload_s", "Activations that the link to the host is too slow to hide.").omit_default(),
      field<&T::host_s>("host_s", "Launching and synchronisation that the GPU waits for."),
      field<&T::optimizer_s>("optimizer_s"),
      field<&T::other_s>("other_s", "Data, clipping, logging."),
      field<&T::stragglers_s>("stragglers_s", "Waiting for the slowest of many GPUs."),
  };
  return table;
}

Fields Describe<Confidence>::fields() {
  using C = Confidence;
  static constexpr Field table[] = {
      field<&C::step_time_s>("step_time_s", "Low and high end."),
      field<&C::peak_gib>("peak_gib", "Low and high end."),
      field<&C::coverage_pct>("coverage_pct", "Share of comparable measured runs inside such an interval."),
      field<&C::level>("level", "high, medium or low."),
      field<&C::basis>("basis", "What the interval rests on."),
      field<&C::runs>("runs", "Measured runs behind it."),
      field<&C::median_error_pct>("median_error_pct", "Median error of the step time on them."),
      field<&C::oom_probability>("oom_probability", "Probability of running out of memory."),
  };
  return table;
}

Fields Describe<Plan>::fields() {
  using P = Plan;
  static constexpr Field table[] = {
      field<&P::rank>("rank", "1 for the best; 0 outside a ranking.").omit_default(),
      field<&P::summary>("summary"),
      field<&P::strategy>("strategy"),
      field<&P::gpus>("gpus"),
      field<&P::fits>("fits"),
      field<&P::over_gib>("over_gib", "Beyond the usable memory.").omit_default(),
      field<&P::memory>("memory"),
      field<&P::time>("time"),
      field<&P::tokens_per_s>("tokens_per_s"),
      field<&P::tokens_per_s_per_gpu>("tokens_per_s_per_gpu"),
      field<&P::tflops_per_gpu>("tflops_per_gpu", "Model FLOPs, causal attention counted half, 10^12 per second."),
      field<&P::mfu>("mfu", "Model FLOPs against the dense peak of the precision."),
      field<&P::hfu>("hfu", "The same with recomputed FLOPs."),
      field<&P::usd_per_million_tokens>("usd_per_million_tokens"),
      field<&P::usd_per_hour>("usd_per_hour"),
      field<&P::confidence>("confidence"),
      field<&P::ties_with_best>("ties_with_best", "Too close to the first plan to be told apart from it.")
          .omit_default(),
      field<&P::difference>("difference", "What it loses against the first plan.").omit_default(),
  };
  return table;
}

}  // namespace shardplan::json
