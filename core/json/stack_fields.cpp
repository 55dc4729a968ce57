#include "json/spec_fields.h"

namespace shardplan::json {

using spec::ByGeneration;
using spec::EagerHabits;
using spec::GemmRates;
using spec::GemmTable;
using spec::Generation;
using spec::Stack;
using spec::StackMemory;
using spec::TileWave;

Fields Describe<ByGeneration>::fields() {
  static constexpr Field table[] = {
      field<&ByGeneration::ampere>("ampere").at_least(0),
      field<&ByGeneration::hopper>("hopper").at_least(0),
      field<&ByGeneration::blackwell>("blackwell").at_least(0),
      field<&ByGeneration::other>("other").at_least(0),
  };
  return table;
}

Fields Describe<EagerHabits>::fields() {
  using E = EagerHabits;
  static constexpr Field table[] = {
      field<&E::norms>("norms", "32-bit copies of norm inputs, and normalised values where the scale trains."),
      field<&E::activations>("activations", "The output of the activation function beside its input."),
      field<&E::expanded_kv>("expanded_kv", "Keys and values repeated for every query head."),
      field<&E::freed_gradients>("freed_gradients", "Gradients exist only from a backward pass to its step."),
      field<&E::separate_transients>("separate_transients",
                                     "The allocator does not share blocks between LM head and layers."),
      field<&E::chunked_head>("chunked_head", "The LM head in chunks, whose weight gradients are added up."),
      field<&E::fused_qkv>("fused_qkv", "Adapters of q, k and v share one input."),
      field<&E::adapter_outputs>("adapter_outputs", "Outputs of the adapters of q, k and v are kept."),
      field<&E::quantized_inputs>("quantized_inputs", "Inputs of frozen quantised linears are kept."),
      field<&E::unsharded_gradients>("unsharded_gradients", "FSDP accumulates whole gradients, of frozen weights too."),
  };
  return table;
}

Fields Describe<StackMemory>::fields() {
  using S = StackMemory;
  static constexpr Field table[] = {
      field<&S::weight_bytes>("weight_bytes", "Compute copy, per parameter.").at_least(0),
      field<&S::gradient_bytes>("gradient_bytes", "Accumulation buffer, per parameter.").at_least(0),
      field<&S::optimizer_bytes>("optimizer_bytes", "Master copy and moments of AdamW, per parameter.").at_least(0),
      field<&S::moment_bytes>("moment_bytes", "Of one of these moments.").at_least(0),
      field<&S::adapter_bytes>("adapter_bytes", "Per parameter of an adapter; from 4 on without a master copy.")
          .at_least(0),
      field<&S::residual_multiplier>("residual_multiplier",
                                     "Residual stream and norm outputs kept, against estimate/activations.h.")
          .at_least(0),
      field<&S::attention_multiplier>("attention_multiplier", "Attention tensors kept.").at_least(0),
      field<&S::mlp_multiplier>("mlp_multiplier", "MLP tensors kept.").at_least(0),
      field<&S::expert_multiplier>("expert_multiplier", "Tensors of experts kept.").at_least(0),
      field<&S::embedding_multiplier>("embedding_multiplier", "Embedding output kept.").at_least(0),
      field<&S::logit_bytes>("logit_bytes", "Per logit at the peak of the last stage.").at_least(0),
      field<&S::keeps_weight_gradient_dummies>(
          "keeps_weight_gradient_dummies",
          "One bf16 weight-gradient tensor per distinct linear stays allocated (TransformerEngine 2)."),
      field<&S::unfused_glu>("unfused_glu", "Gated MLPs keep the activated gate as well."),
      field<&S::embedding_units>("embedding_units",
                                 "FSDP gathers embedding and LM head on their own, not for the whole step."),
      field<&S::hidden_dropout>("hidden_dropout"),
      field<&S::attention_dropout>("attention_dropout"),
      field<&S::eager>("eager", "What uncompiled PyTorch keeps.").omit_default(),
      field<&S::constant_gib>("constant_gib").at_least(0),
      field<&S::reserved_over_allocated>("reserved_over_allocated", "What the allocator reserves per byte allocated.")
          .at_least(1),
      field<&S::context_gib>("context_gib", "Device context and communicators, outside the allocator.").at_least(0),
  };
  return table;
}

Fields Describe<Stack>::fields() {
  using S = Stack;
  static constexpr Field table[] = {
      field<&S::id>("id").required(),
      field<&S::name>("name").required(),
      field<&S::extends>("extends", "Stack whose values hold where this one is silent.").omit_default(),
      field<&S::framework>("framework", "Launcher that its commands are written for."),
      field<&S::aliases>("aliases").omit_default(),
      field<&S::gemm_multiplier>("gemm_multiplier", "GEMM rate against the generation's.").at_least(0.01),
      field<&S::gemm_multiplier_by_generation>("gemm_multiplier_by_generation",
                                               "How well it knew each generation, on top of that."),
      field<&S::unfused_attention>("unfused_attention", "Attention before flash attention: scores in memory."),
      field<&S::attention_multiplier>("attention_multiplier", "Time of its attention kernel against flash attention."),
      field<&S::attention_narrow_heads>("attention_narrow_heads",
                                        "Rate of its kernel with heads of 64 against 128; 0: the generation's.")
          .range(0, 2),
      field<&S::logit_traffic_bytes>("logit_traffic_bytes", "Element-wise bytes per logit, forward and backward.")
          .at_least(0),
      field<&S::fused_weight_gradient>("fused_weight_gradient", "Weight gradients accumulate inside the GEMM."),
      field<&S::fused_moe_multiplier>("fused_moe_multiplier",
                                      "On expert GEMMs and permutation, with MXFP8 in whole-iteration CUDA graphs.")
          .at_least(0),
      field<&S::cuda_graphs>("cuda_graphs"),
      field<&S::launch_per_layer_s>("launch_per_layer_s", "Host time of a layer's forward pass; twice that backward.")
          .at_least(0),
      field<&S::launch_per_layer_tp_s>("launch_per_layer_tp_s", "Added where tp > 1.").at_least(0),
      field<&S::launch_per_tp_rank_s>("launch_per_tp_rank_s", "Added for each rank where tp > 1.").at_least(0),
      field<&S::moe_layer_s>("moe_layer_s", "Host and synchronisation per expert layer and pass.").at_least(0),
      field<&S::step_s>("step_s", "Data, clipping, logging.").at_least(0),
      field<&S::tp_overlap>("tp_overlap", "Hidden share of tensor-parallel traffic.").range(0, 1),
      field<&S::tp_overlap_moe>("tp_overlap_moe").range(0, 1),
      field<&S::tp_overlap_nvfp4>("tp_overlap_nvfp4").range(0, 1),
      field<&S::tp_overlap_splits_products>("tp_overlap_splits_products",
                                            "Products run in one chunk of rows per rank, each beside its transfer."),
      field<&S::cp_overlap>("cp_overlap").range(0, 1),
      field<&S::ep_overlap>("ep_overlap").range(0, 1),
      field<&S::ep_multiplier>("ep_multiplier", "Time of the expert all-to-all against the links' rate.").at_least(0),
      field<&S::ep_dispatch_bytes>("ep_dispatch_bytes",
                                   "An element on its way to the experts, with products narrower than 16 bits.")
          .range(0.5, 4),
      field<&S::communication_sms>("communication_sms",
                                   "Multiprocessors that the expert all-to-all holds while it runs beside compute.")
          .range(0, 64),
      field<&S::pp_exposed>("pp_exposed", "Exposed share of pipeline sends.").range(0, 1),
      field<&S::dp_overlap>("dp_overlap",
                            "Hidden share of a distributed optimizer's traffic, within the pass beside it.")
          .range(0, 1),
      field<&S::dp_overlap_replicated>("dp_overlap_replicated", "The same for the all-reduce of replicated gradients.")
          .range(0, 1),
      field<&S::zero1_reduce_scatter_multiplier>("zero1_reduce_scatter_multiplier").at_least(0),
      field<&S::fsdp_contention>("fsdp_contention", "Slow-down of overlapped FSDP compute and traffic.").range(0, 1),
      field<&S::fsdp_prefetch>("fsdp_prefetch", "Parameters of the next layer are gathered beside this one's compute."),
      field<&S::low_precision_all_gather>("low_precision_all_gather",
                                          "Activations are gathered in the type of the GEMM."),
      field<&S::gradient_bytes>("gradient_bytes", "On the wire, per parameter.").at_least(0),
      field<&S::parameter_bytes>("parameter_bytes", "On the wire, per parameter.").at_least(0),
      field<&S::parameter_bytes_fp8>("parameter_bytes_fp8", "The same with FP8 weights.").at_least(0),
      field<&S::fsdp_gradient_bytes>("fsdp_gradient_bytes", "On the wire, per parameter.").at_least(0),
      field<&S::recompute_stops_early>("recompute_stops_early",
                                       "Full recomputation leaves out a layer's last product."),
      field<&S::stages_by_cumulative_work>("stages_by_cumulative_work", "Lays stages out as nanotron does."),
      field<&S::memory>("memory"),
      field<&S::schedules>("schedules", "Pipeline schedules that it has."),
      field<&S::shardings>("shardings", "Shardings that it has."),
      field<&S::tensor_parallel>("tensor_parallel"),
      field<&S::pipeline_parallel>("pipeline_parallel"),
      field<&S::context_parallel>("context_parallel"),
      field<&S::expert_parallel>("expert_parallel"),
      field<&S::expert_tensor_parallel>("expert_tensor_parallel"),
      field<&S::selective_recompute>("selective_recompute"),
      field<&S::fsdp_with_pipeline>("fsdp_with_pipeline", "FSDP shards the stages of a pipeline."),
      field<&S::quantized_base>("quantized_base", "Fine-tunes on top of 8- and 4-bit weights."),
      field<&S::interval_class>("interval_class"),
      field<&S::source>("source"),
  };
  return table;
}

Fields Describe<GemmRates>::fields() {
  static constexpr Field table[] = {
      field<&GemmRates::peak_tflops>("peak_tflops", "Dense peak that the rates are shares of.").at_least(1).required(),
      field<&GemmRates::tflops>("tflops", "Rates over m, n, k; k changes fastest.").required(),
  };
  return table;
}

Fields Describe<GemmTable>::fields() {
  static constexpr Field table[] = {
      field<&GemmTable::id>("id").required(),         field<&GemmTable::m>("m", "Rows: tokens.").required(),
      field<&GemmTable::n>("n").required(),           field<&GemmTable::k>("k").required(),
      field<&GemmTable::bf16>("bf16").omit_default(), field<&GemmTable::fp8>("fp8").omit_default(),
      field<&GemmTable::fp4>("fp4").omit_default(),   field<&GemmTable::source>("source"),
  };
  return table;
}

Fields Describe<TileWave>::fields() {
  static constexpr Field table[] = {
      field<&TileWave::overhead_us>("overhead_us").at_least(0),
      field<&TileWave::tensor_reach>("tensor_reach", "Share of the dense peak inside a tile.").range(0.01, 1),
      field<&TileWave::prologue_k>("prologue_k", "Time before and after a tile's main loop, in columns of k.")
          .at_least(0),
      field<&TileWave::memory_reach>("memory_reach").range(0.01, 1),
      field<&TileWave::overlap_power>("overlap_power", "How well compute and memory traffic overlap.").range(1, 8),
      field<&TileWave::tile_half>("tile_half", "Tile intensity at which the rate is halved.").at_least(0),
      field<&TileWave::clock_droop>("clock_droop", "Slow-down per doubling of the work above 1e11 FLOP.").at_least(0),
  };
  return table;
}

Fields Describe<Generation>::fields() {
  using G = Generation;
  static constexpr Field table[] = {
      field<&G::id>("id").required(),
      field<&G::gemm_reach_bf16>("gemm_reach_bf16", "Share of the dense peak before the fitted efficiency.")
          .range(0.01, 1),
      field<&G::gemm_reach_fp8>("gemm_reach_fp8").range(0.01, 1),
      field<&G::gemm_reach_nvfp4>("gemm_reach_nvfp4").range(0.01, 1),
      field<&G::gemm_efficiency_bf16>("gemm_efficiency_bf16", "Fitted, against the reach.").at_least(0.01),
      field<&G::gemm_efficiency_fp8>("gemm_efficiency_fp8").at_least(0.01),
      field<&G::gemm_efficiency_fp8_blockwise>("gemm_efficiency_fp8_blockwise").at_least(0.01),
      field<&G::gemm_efficiency_mxfp8>("gemm_efficiency_mxfp8").at_least(0.01),
      field<&G::gemm_efficiency_nvfp4>("gemm_efficiency_nvfp4").at_least(0.01),
      field<&G::attention_reach>("attention_reach").range(0.01, 1),
      field<&G::attention_narrow_heads>("attention_narrow_heads", "Rate with heads of 64 against heads of 128.")
          .range(0.01, 1),
      field<&G::attention_forward>("attention_forward", "Time against that reach.").at_least(0.1),
      field<&G::attention_backward>("attention_backward", "Time against the forward pass.").at_least(0.1),
      field<&G::elementwise>("elementwise", "Time against bytes / bandwidth.").at_least(0),
      field<&G::moe_elementwise>("moe_elementwise", "Permutation, router and expert activation, on top of that.")
          .at_least(0),
      field<&G::grouped_gemm_bf16>("grouped_gemm_bf16", "Surcharge where a rank holds several experts.").at_least(0),
      field<&G::grouped_gemm_low>("grouped_gemm_low").at_least(0),
      field<&G::nvlink_reach>("nvlink_reach").range(0.01, 1),
      field<&G::kernel_gaps_s>("kernel_gaps_s", "Between the kernels of a layer, forward and backward together.")
          .at_least(0),
      field<&G::all_reduce_gain>("all_reduce_gain", "In-switch reduction over a whole scale-up domain against a ring.")
          .range(0.5, 4),
      field<&G::nic_reach>("nic_reach").range(0.01, 1),
      field<&G::accelerators>("accelerators", "Factors on the GEMM rate of single accelerators: their power envelope.")
          .omit_default(),
      field<&G::tile_wave>("tile_wave", "GEMM time where no table was measured.").omit_default(),
      field<&G::calibrated>("calibrated", "Training runs on this generation took part in the fit."),
      field<&G::source>("source"),
  };
  return table;
}

}  // namespace shardplan::json
