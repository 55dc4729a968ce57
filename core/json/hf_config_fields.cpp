#include "json/hf_config_fields.h"

namespace shardplan::json {
namespace {

constexpr double kWidest = 1e7;
constexpr double kDeepest = 10000;
constexpr double kMostHeads = 1e5;
constexpr double kLongest = 1e9;

using C = catalog::HfConfig;
using D = catalog::HfDecoder;

constexpr Field kIdentity[] = {
    field<&D::model_type>("model_type"),
    field<&D::architectures>("architectures"),
    field<&D::name_or_path>("_name_or_path").alias("name_or_path"),
    field<&D::quantization_config>("quantization_config").alias("compression_config"),
};

constexpr Field kShape[] = {
    field<&D::hidden_size>("hidden_size", "Width of the residual stream.")
        .alias("n_embd")
        .alias("n_embed")
        .alias("d_model")
        .range(1, kWidest),
    field<&D::num_hidden_layers>("num_hidden_layers", "Transformer layers.")
        .alias("num_layers")
        .alias("n_layer")
        .alias("n_layers")
        .range(1, kDeepest),
    field<&D::num_attention_heads>("num_attention_heads", "Query heads.")
        .alias("num_heads")
        .alias("n_head")
        .alias("n_heads")
        .range(1, kMostHeads),
    field<&D::num_key_value_heads>("num_key_value_heads", "Key and value heads.")
        .alias("num_kv_heads")
        .alias("n_head_kv")
        .alias("multi_query_group_num")
        .range(0, kMostHeads),
    field<&D::head_dim>("head_dim", "Width of a head.").alias("kv_channels").range(0, kMostHeads),
    field<&D::intermediate_size>("intermediate_size", "Width of an MLP.")
        .alias("n_inner")
        .alias("ffn_dim")
        .alias("ffn_hidden_size")
        .alias("ff_intermediate_size")
        .range(0, kWidest),
    field<&D::expansion_ratio>("expansion_ratio").range(0, 100),
    field<&D::vocab_size>("vocab_size", "Tokens in the vocabulary.").range(0, kWidest),
    field<&D::padded_vocab_size>("padded_vocab_size").range(0, kWidest),
    field<&D::max_position_embeddings>("max_position_embeddings", "Longest sequence.")
        .alias("n_positions")
        .alias("max_seq_len")
        .range(0, kLongest),
    field<&D::seq_length>("seq_length").range(0, kLongest),
    field<&D::tie_word_embeddings>("tie_word_embeddings"),
    field<&D::hidden_act>("hidden_act").alias("hidden_activation").alias("activation_function"),
};

constexpr Field kExperts[] = {
    field<&D::num_experts>("num_experts", "Routed experts of a layer.")
        .alias("num_local_experts")
        .alias("n_routed_experts")
        .alias("moe_num_experts")
        .range(0, 1e5),
    field<&D::num_experts_per_tok>("num_experts_per_tok", "Experts that a token visits.")
        .alias("experts_per_token")
        .alias("num_experts_per_token")
        .alias("moe_top_k")
        .alias("moe_k")
        .range(0, 1e5),
    field<&D::moe_intermediate_size>("moe_intermediate_size", "Width of one routed expert.").range(0, kWidest),
    field<&D::intermediate_size_mlp>("intermediate_size_mlp").alias("dense_intermediate_size").range(0, kWidest),
    field<&D::n_shared_experts>("n_shared_experts")
        .alias("num_shared_experts")
        .alias("moe_num_shared_experts")
        .range(0, 100),
    field<&D::shared_expert_intermediate_size>("shared_expert_intermediate_size")
        .alias("shared_intermediate_size")
        .range(0, kWidest),
    field<&D::n_group>("n_group").range(0, kDeepest),
    field<&D::topk_group>("topk_group").range(0, kDeepest),
    field<&D::topk_method>("topk_method"),
    field<&D::use_routing_bias>("use_routing_bias"),
    field<&D::residual_moe>("residual_moe"),
    field<&D::first_k_dense_replace>("first_k_dense_replace")
        .alias("num_dense_layers")
        .alias("moe_layer_start_index")
        .range(0, kDeepest),
    field<&D::moe_layer_freq>("moe_layer_freq").scalar_or_list().range(0, kDeepest),
    field<&D::moe_layers>("moe_layers").range(0, kDeepest),
    field<&D::mlp_only_layers>("mlp_only_layers").range(0, kDeepest),
    field<&D::mlp_layer_types>("mlp_layer_types"),
    field<&D::decoder_sparse_step>("decoder_sparse_step").range(0, kDeepest),
    field<&D::interleave_moe_layer_step>("interleave_moe_layer_step").alias("moe_layer_interval").range(0, kDeepest),
    field<&D::expert_layer_period>("expert_layer_period").range(0, kDeepest),
    field<&D::expert_layer_offset>("expert_layer_offset").range(0, kDeepest),
    field<&D::ffn_config>("ffn_config"),
};

// Gemma 3 and EXAONE 4 also have "sliding_window_pattern", a number in one and text in the other. It is left
// alone: the default of the class or layer_types say the same in every released model.
constexpr Field kAttention[] = {
    field<&D::q_lora_rank>("q_lora_rank").range(0, kWidest),
    field<&D::kv_lora_rank>("kv_lora_rank").range(0, kWidest),
    field<&D::qk_nope_head_dim>("qk_nope_head_dim").range(0, kMostHeads),
    field<&D::qk_rope_head_dim>("qk_rope_head_dim").range(0, kMostHeads),
    field<&D::v_head_dim>("v_head_dim").range(0, kMostHeads),
    field<&D::index_n_heads>("index_n_heads").range(0, kMostHeads),
    field<&D::index_head_dim>("index_head_dim").range(0, kMostHeads),
    field<&D::num_nextn_predict_layers>("num_nextn_predict_layers").alias("num_mtp_layers").range(0, 100),
    field<&D::sliding_window>("sliding_window", "Tokens that windowed attention sees; null or -1 for all.")
        .alias("sliding_window_size")
        .range(-1, kLongest),
    field<&D::sliding_window_pattern>("_sliding_window_pattern").range(0, kDeepest),
    field<&D::use_sliding_window>("use_sliding_window"),
    field<&D::max_window_layers>("max_window_layers").range(0, kDeepest),
    field<&D::attention_chunk_size>("attention_chunk_size").range(0, kLongest),
    field<&D::no_rope_layer_interval>("no_rope_layer_interval").range(0, kDeepest),
    field<&D::layer_types>("layer_types"),
    field<&D::hybrid_layer_pattern>("hybrid_layer_pattern").range(0, kDeepest),
    field<&D::attn_type_list>("attn_type_list").range(0, kDeepest),
    field<&D::attn_layer_period>("attn_layer_period").range(0, 1000),
    field<&D::mamba_d_state>("mamba_d_state").range(0, 100000),
    field<&D::mamba_d_conv>("mamba_d_conv").range(0, 1000),
    field<&D::mamba_expand>("mamba_expand").range(0, 100),
    field<&D::mamba_dt_rank>("mamba_dt_rank").range(0, kWidest),
    field<&D::attn_config>("attn_config"),
};

constexpr Field kDetails[] = {
    field<&D::attention_bias>("attention_bias"),
    field<&D::qkv_bias>("qkv_bias").alias("add_qkv_bias").alias("use_qkv_bias"),
    field<&D::use_bias>("use_bias"),
    field<&D::enable_bias>("enable_bias"),
    field<&D::bias>("bias"),
    field<&D::add_bias_linear>("add_bias_linear"),
    field<&D::mlp_bias>("mlp_bias"),
    field<&D::lm_head_bias>("lm_head_bias"),
    field<&D::use_qk_norm>("use_qk_norm").alias("qk_layernorm"),
    field<&D::multi_query>("multi_query"),
    field<&D::multi_query_attention>("multi_query_attention"),
    field<&D::parallel_attn>("parallel_attn"),
    field<&D::use_parallel_residual>("use_parallel_residual"),
    field<&D::learned_pos_emb>("learned_pos_emb"),
    field<&D::new_decoder_architecture>("new_decoder_architecture"),
    field<&D::num_ln_in_parallel_attn>("num_ln_in_parallel_attn").range(0, 2),
    field<&D::alibi>("alibi"),
};

constexpr Field kBesideTheDecoder[] = {
    field<&C::text_config>("text_config"),         field<&C::llm_config>("llm_config"),
    field<&C::language_config>("language_config"), field<&C::is_encoder_decoder>("is_encoder_decoder"),
    field<&C::class_name>("_class_name"),          field<&C::diffusers_version>("_diffusers_version"),
    field<&C::tokenizer_class>("tokenizer_class"),
};

}  // namespace

Fields Describe<catalog::HfAttentionConfig>::fields() {
  using A = catalog::HfAttentionConfig;
  static constexpr Field table[] = {
      field<&A::attn_type>("attn_type"),
      field<&A::kv_n_heads>("kv_n_heads").range(0, kMostHeads),
      field<&A::alibi>("alibi"),
      field<&A::qk_ln>("qk_ln"),
  };
  return table;
}

Fields Describe<catalog::HfFfnConfig>::fields() {
  using F = catalog::HfFfnConfig;
  static constexpr Field table[] = {
      field<&F::ffn_hidden_size>("ffn_hidden_size").range(0, kWidest),
      field<&F::moe_num_experts>("moe_num_experts").range(0, 1e5),
      field<&F::moe_top_k>("moe_top_k").range(0, 1e5),
  };
  return table;
}

Fields Describe<catalog::HfWeightFormat>::fields() {
  using W = catalog::HfWeightFormat;
  static constexpr Field table[] = {
      field<&W::num_bits>("num_bits").range(0, 64),
      field<&W::type>("type"),
  };
  return table;
}

Fields Describe<catalog::HfWeightGroup>::fields() {
  using G = catalog::HfWeightGroup;
  static constexpr Field table[] = {field<&G::weights>("weights")};
  return table;
}

Fields Describe<catalog::HfQuantizationConfig>::fields() {
  using Q = catalog::HfQuantizationConfig;
  static constexpr Field table[] = {
      field<&Q::quant_method>("quant_method"),
      field<&Q::quant_algo>("quant_algo"),
      field<&Q::format>("format"),
      field<&Q::weights>("weights"),
      field<&Q::bits>("bits").alias("w_bit").range(0, 64),
      field<&Q::load_in_4bit>("load_in_4bit"),
      field<&Q::load_in_8bit>("load_in_8bit"),
      field<&Q::config_groups>("config_groups"),
  };
  return table;
}

Fields Describe<catalog::HfDecoder>::fields() {
  static const FieldList list = FieldList().add(kIdentity).add(kShape).add(kExperts).add(kAttention).add(kDetails);
  return list;
}

Fields Describe<catalog::HfConfig>::fields() {
  static const FieldList list = FieldList().include<&C::decoder>().add(kBesideTheDecoder);
  return list;
}

}  // namespace shardplan::json
