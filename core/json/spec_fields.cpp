#include "json/spec_fields.h"

namespace shardplan::json {

using spec::Accelerator;
using spec::Model;
using spec::Network;
using spec::PublishedParameters;
using spec::System;

Fields Describe<PublishedParameters>::fields() {
  static constexpr Field table[] = {
      field<&PublishedParameters::total>("total", "Parameters as published.").at_least(0).omit_default(),
      field<&PublishedParameters::active>("active", "Parameters that one token meets, as published.")
          .at_least(0)
          .omit_default(),
      field<&PublishedParameters::source>("source", "Where the count stands.").omit_default(),
      field<&PublishedParameters::difference>("difference", "Why our count differs by more than 1 %.").omit_default(),
  };
  return table;
}

Fields Describe<Model>::fields() {
  constexpr int kMost = 10'000'000;
  static constexpr Field table[] = {
      field<&Model::id>("id", "Name by which requests call the model.").omit_default(),
      field<&Model::name>("name", "Name for people.").omit_default(),
      field<&Model::hf_id>("hf_id", "Repository on Hugging Face.").omit_default(),
      field<&Model::family>("family").omit_default(),
      field<&Model::aliases>("aliases", "Other names that mean this model.").omit_default(),
      field<&Model::num_hidden_layers>("num_hidden_layers", "Transformer layers.")
          .alias("num_layers")
          .alias("n_layer")
          .range(1, 10000)
          .required(),
      field<&Model::hidden_size>("hidden_size", "Width of the residual stream.")
          .alias("n_embd")
          .alias("d_model")
          .range(1, kMost)
          .required(),
      field<&Model::intermediate_size>("intermediate_size", "Width of a dense MLP.")
          .alias("ffn_dim")
          .range(0, kMost)
          .omit_default(),
      field<&Model::num_attention_heads>("num_attention_heads", "Query heads.")
          .alias("n_head")
          .range(1, 100000)
          .required(),
      field<&Model::num_key_value_heads>("num_key_value_heads", "Key and value heads; the query heads where absent.")
          .range(0, 100000)
          .omit_default(),
      field<&Model::head_dim>("head_dim", "Width of a head; hidden_size / heads where absent.")
          .range(0, 100000)
          .omit_default(),
      field<&Model::vocab_size>("vocab_size", "Tokens in the vocabulary.").range(1, kMost).required(),
      field<&Model::max_position_embeddings>("max_position_embeddings", "Longest sequence.")
          .range(0, 1e9)
          .omit_default(),
      field<&Model::tie_word_embeddings>("tie_word_embeddings", "Embedding and LM head share weights.").omit_default(),
      field<&Model::gated_mlp>("gated_mlp", "The MLP has a gate (SwiGLU, GeGLU)."),
      field<&Model::num_experts>("num_experts", "Routed experts of a layer.").range(0, 100000).omit_default(),
      field<&Model::num_experts_per_tok>("num_experts_per_tok", "Experts that a token visits.")
          .range(0, 100000)
          .omit_default(),
      field<&Model::moe_intermediate_size>("moe_intermediate_size", "Width of one routed expert.")
          .range(0, kMost)
          .omit_default(),
      field<&Model::shared_expert_intermediate_size>("shared_expert_intermediate_size",
                                                     "Width of all shared experts together.")
          .range(0, kMost)
          .omit_default(),
      field<&Model::shared_expert_gate>("shared_expert_gate").omit_default(),
      field<&Model::first_k_dense_replace>("first_k_dense_replace", "Leading dense layers of a mixture of experts.")
          .range(0, 10000)
          .omit_default(),
      field<&Model::moe_layer_step>("moe_layer_step",
                                    "Every n-th layer after the leading ones is a mixture of experts.")
          .range(1, 10000),
      field<&Model::moe_layer_offset>("moe_layer_offset", "Index of the first of them after the leading ones.")
          .range(0, 10000)
          .omit_default(),
      field<&Model::router_bias>("router_bias").omit_default(),
      field<&Model::expert_bias>("expert_bias").omit_default(),
      field<&Model::n_group>("n_group", "Groups of experts in group-limited routing.").range(0, 10000).omit_default(),
      field<&Model::topk_group>("topk_group", "Groups that a token may use.").range(0, 10000).omit_default(),
      field<&Model::q_lora_rank>("q_lora_rank", "MLA: rank of the query latent, 0 for none.")
          .range(0, kMost)
          .omit_default(),
      field<&Model::kv_lora_rank>("kv_lora_rank", "MLA: rank of the key/value latent.").range(0, kMost).omit_default(),
      field<&Model::qk_nope_head_dim>("qk_nope_head_dim").range(0, 100000).omit_default(),
      field<&Model::qk_rope_head_dim>("qk_rope_head_dim").range(0, 100000).omit_default(),
      field<&Model::v_head_dim>("v_head_dim").range(0, 100000).omit_default(),
      field<&Model::sliding_window>("sliding_window", "Tokens that windowed attention sees; 0 for full attention.")
          .range(0, 1e9)
          .omit_default(),
      field<&Model::sliding_window_pattern>("sliding_window_pattern", "Every n-th layer attends fully; 0: none does.")
          .range(0, 10000)
          .omit_default(),
      field<&Model::num_nextn_predict_layers>("num_nextn_predict_layers", "Multi-token-prediction layers.")
          .range(0, 100)
          .omit_default(),
      field<&Model::norm>("norm"),
      field<&Model::position>("position"),
      field<&Model::qk_norm>("qk_norm"),
      field<&Model::attention_bias>("attention_bias"),
      field<&Model::mlp_bias>("mlp_bias").omit_default(),
      field<&Model::lm_head_bias>("lm_head_bias").omit_default(),
      field<&Model::embedding_norm>("embedding_norm").omit_default(),
      field<&Model::attention_sinks>("attention_sinks").omit_default(),
      field<&Model::norms_per_layer>("norms_per_layer").range(0, 16),
      field<&Model::position_offset>("position_offset").range(0, 100).omit_default(),
      field<&Model::mixer>("mixer", "Layers that are not softmax attention over all tokens."),
      field<&Model::attention_layer_period>("attention_layer_period", "Hybrids: one attention layer in so many.")
          .range(0, 1000)
          .omit_default(),
      field<&Model::linear_num_key_heads>("linear_num_key_heads", "Gated delta rule.").range(0, 100000).omit_default(),
      field<&Model::linear_num_value_heads>("linear_num_value_heads").range(0, 100000).omit_default(),
      field<&Model::linear_head_dim>("linear_head_dim").range(0, 100000).omit_default(),
      field<&Model::linear_conv_kernel_dim>("linear_conv_kernel_dim").range(0, 1000).omit_default(),
      field<&Model::attention_output_gate>("attention_output_gate", "Of the softmax layers: queries come with a gate.")
          .omit_default(),
      field<&Model::mamba_d_state>("mamba_d_state").range(0, 100000).omit_default(),
      field<&Model::mamba_d_conv>("mamba_d_conv").range(0, 1000).omit_default(),
      field<&Model::mamba_expand>("mamba_expand").range(0, 100).omit_default(),
      field<&Model::mamba_dt_rank>("mamba_dt_rank").range(0, kMost).omit_default(),
      field<&Model::index_n_heads>("index_n_heads").range(0, 100000).omit_default(),
      field<&Model::index_head_dim>("index_head_dim").range(0, 100000).omit_default(),
      field<&Model::published>("published", "Published parameter counts."),
      field<&Model::source>("source", "Where the fields stand.").omit_default(),
  };
  return table;
}

Fields Describe<spec::PeakTflops>::fields() {
  using spec::PeakTflops;
  static constexpr Field table[] = {
      field<&PeakTflops::fp32>("fp32").at_least(0).omit_default(),
      field<&PeakTflops::tf32>("tf32").at_least(0).omit_default(),
      field<&PeakTflops::bf16>("bf16").at_least(0).omit_default(),
      field<&PeakTflops::fp16>("fp16").at_least(0).omit_default(),
      field<&PeakTflops::fp8>("fp8").at_least(0).omit_default(),
      field<&PeakTflops::fp4>("fp4").at_least(0).omit_default(),
      field<&PeakTflops::int8>("int8").at_least(0).omit_default(),
  };
  return table;
}

Fields Describe<Accelerator>::fields() {
  static constexpr Field table[] = {
      field<&Accelerator::id>("id", "Name by which requests call it.").required(),
      field<&Accelerator::name>("name", "Name for people.").required(),
      field<&Accelerator::vendor>("vendor").required(),
      field<&Accelerator::architecture>("architecture").required(),
      field<&Accelerator::generation>("generation", "Calibration that applies.").required(),
      field<&Accelerator::aliases>("aliases").omit_default(),
      field<&Accelerator::peak_dense_tflops>("peak_dense_tflops", "Peaks without sparsity.").required(),
      field<&Accelerator::gemm_table>("gemm_table", "Table of measured GEMM rates, taken as shares of the peak.")
          .omit_default(),
      field<&Accelerator::measured_max_matmul_tflops_bf16>("measured_max_matmul_tflops_bf16",
                                                           "Fastest matrix product measured.")
          .at_least(0)
          .omit_default(),
      field<&Accelerator::memory_gb>("memory_gb", "Memory as marketed, 10^9 bytes.").at_least(0),
      field<&Accelerator::memory_gib>("memory_gib", "Memory that the driver reports, 2^30 bytes.").at_least(0),
      field<&Accelerator::memory_bandwidth_gb_per_s>("memory_bandwidth_gb_per_s").at_least(0),
      field<&Accelerator::sm_count>("sm_count", "Streaming multiprocessors or compute units.")
          .at_least(0)
          .omit_default(),
      field<&Accelerator::tdp_w>("tdp_w").at_least(0).omit_default(),
      field<&Accelerator::compute_capability>("compute_capability").omit_default(),
      field<&Accelerator::scaleup_link>("scaleup_link").omit_default(),
      field<&Accelerator::scaleup_gb_per_s>("scaleup_gb_per_s", "All links of a GPU, one direction.")
          .at_least(0)
          .omit_default(),
      field<&Accelerator::scaleup_domain>("scaleup_domain", "GPUs in one scale-up domain of the usual system.")
          .at_least(1),
      field<&Accelerator::pcie_gb_per_s>("pcie_gb_per_s", "Host link, one direction.").at_least(0).omit_default(),
      field<&Accelerator::source>("source", "Where the numbers stand.").omit_default(),
      field<&Accelerator::notes>("notes").omit_default(),
  };
  return table;
}

Fields Describe<Network>::fields() {
  static constexpr Field table[] = {
      field<&Network::id>("id").required(),
      field<&Network::name>("name").omit_default(),
      field<&Network::kind>("kind").required(),
      field<&Network::nic_gb_per_s>("nic_gb_per_s", "One adapter, one direction.").at_least(0).required(),
      field<&Network::nics_per_node>("nics_per_node").at_least(0).omit_default(),
      field<&Network::latency_us>("latency_us", "Port latency where published.").at_least(0).omit_default(),
      field<&Network::source>("source").omit_default(),
      field<&Network::notes>("notes").omit_default(),
  };
  return table;
}

Fields Describe<spec::Price>::fields() {
  using spec::Price;
  static constexpr Field table[] = {
      field<&Price::usd_per_gpu_hour>("usd_per_gpu_hour").at_least(0).omit_default(),
      field<&Price::date>("date", "When the price held.").omit_default(),
      field<&Price::source>("source").omit_default(),
  };
  return table;
}

Fields Describe<System>::fields() {
  static constexpr Field table[] = {
      field<&System::id>("id").required(),
      field<&System::name>("name").omit_default(),
      field<&System::kind>("kind", "Node, rack, cloud instance.").required(),
      field<&System::accelerator>("accelerator", "Id of its accelerator.").required(),
      field<&System::aliases>("aliases").omit_default(),
      field<&System::gpus_per_node>("gpus_per_node").at_least(1).required(),
      field<&System::scaleup_domain>("scaleup_domain", "GPUs in one scale-up domain; the node where absent.")
          .at_least(0)
          .omit_default(),
      field<&System::nics_per_node>("nics_per_node").at_least(0).omit_default(),
      field<&System::nic_gb_per_s>("nic_gb_per_s", "One adapter, one direction.").at_least(0).omit_default(),
      field<&System::node_nic_gb_per_s>("node_nic_gb_per_s", "All adapters of a node, one direction.")
          .at_least(0)
          .omit_default(),
      field<&System::scaleup>("scaleup").omit_default(),
      field<&System::host>("host").omit_default(),
      field<&System::cpu_sockets>("cpu_sockets").at_least(0).omit_default(),
      field<&System::numa_nodes>("numa_nodes").at_least(0).omit_default(),
      field<&System::price>("price").omit_default(),
      field<&System::source>("source").omit_default(),
      field<&System::notes>("notes").omit_default(),
  };
  return table;
}

}  // namespace shardplan::json
