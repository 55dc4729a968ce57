// A Hugging Face config.json as plain values, and the model that it describes. Beside catalog.h: a preset
// answers to a name, this to a file. json/hf_config_fields.h reads the file into these structs; absent is 0,
// empty or nullopt.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "spec/model.h"

namespace shardplan::catalog {

// MPT and DBRX keep their key/value heads and MLPs in objects of their own.
struct HfAttentionConfig {
  std::string attn_type;
  int kv_n_heads = 0;
  bool alibi = false;
  bool qk_ln = false;

  bool operator==(const HfAttentionConfig&) const = default;
};

struct HfFfnConfig {
  int ffn_hidden_size = 0;
  int moe_num_experts = 0;
  int moe_top_k = 0;

  bool operator==(const HfFfnConfig&) const = default;
};

// How compressed-tensors and ModelOpt describe one group of quantised layers.
struct HfWeightFormat {
  int num_bits = 0;
  std::string type;  // "int" or "float"

  bool operator==(const HfWeightFormat&) const = default;
};

struct HfWeightGroup {
  std::optional<HfWeightFormat> weights;

  bool operator==(const HfWeightGroup&) const = default;
};

struct HfQuantizationConfig {
  std::string quant_method;
  std::string quant_algo;  // ModelOpt
  std::string format;      // compressed-tensors
  std::string weights;     // Quanto: "int4", "float8"
  int bits = 0;
  bool load_in_4bit = false;
  bool load_in_8bit = false;
  std::vector<std::pair<std::string, HfWeightGroup>> config_groups;

  bool operator==(const HfQuantizationConfig&) const = default;
};

// The language model's part of a configuration. One field for each meaning: names that mean the same in every
// class are aliases of one field, names that do not are fields of their own.
struct HfDecoder {
  std::string model_type;
  std::vector<std::string> architectures;
  std::string name_or_path;

  int hidden_size = 0;
  int num_hidden_layers = 0;
  int num_attention_heads = 0;
  int num_key_value_heads = 0;
  int head_dim = 0;
  int intermediate_size = 0;
  int vocab_size = 0;
  int padded_vocab_size = 0;  // ChatGLM: rows of the embedding; vocab_size counts the tokenizer's
  int max_position_embeddings = 0;
  int seq_length = 0;  // ChatGLM, BLOOM: the only length given. Qwen 1: the length trained on, beside the longest one
  std::optional<bool> tie_word_embeddings;
  std::string hidden_act;

  // Mixture of experts
  int num_experts = 0;
  int num_experts_per_tok = 0;
  int moe_intermediate_size = 0;
  int intermediate_size_mlp = 0;  // width of the dense MLPs where intermediate_size is an expert's
  int n_shared_experts = 0;
  int shared_expert_intermediate_size = 0;
  int n_group = 0;
  int topk_group = 0;
  std::string topk_method;
  std::optional<bool> use_routing_bias;
  bool residual_moe = false;

  // Which layers have experts: every class has its own way to say it
  int first_k_dense_replace = 0;
  std::vector<int> moe_layer_freq;  // DeepSeek: a period. Others: 0 or 1 for each layer
  std::vector<int> moe_layers;
  std::vector<int> mlp_only_layers;
  std::vector<std::string> mlp_layer_types;
  int decoder_sparse_step = 0;
  int interleave_moe_layer_step = 0;
  int expert_layer_period = 0;
  int expert_layer_offset = 0;

  // Multi-head latent attention, sparse attention, multi-token prediction
  int q_lora_rank = 0;
  int kv_lora_rank = 0;
  int qk_nope_head_dim = 0;
  int qk_rope_head_dim = 0;
  int v_head_dim = 0;
  int index_n_heads = 0;
  int index_head_dim = 0;
  int num_nextn_predict_layers = 0;

  // Windows, and layers that are not softmax attention
  int sliding_window = 0;
  int sliding_window_pattern = 0;
  std::optional<bool> use_sliding_window;
  int max_window_layers = 0;
  int attention_chunk_size = 0;
  int no_rope_layer_interval = 0;
  std::vector<std::string> layer_types;
  std::vector<int> hybrid_layer_pattern;  // MiMo: 1 where the layer has a window
  std::vector<int> attn_type_list;        // MiniMax: 1 where the layer is softmax attention
  int attn_layer_period = 0;
  int mamba_d_state = 0;
  int mamba_d_conv = 0;
  int mamba_expand = 0;
  int mamba_dt_rank = 0;

  // Biases, norms and positions
  std::optional<bool> attention_bias;
  std::optional<bool> qkv_bias;
  std::optional<bool> use_bias;
  std::optional<bool> enable_bias;
  std::optional<bool> bias;
  std::optional<bool> add_bias_linear;
  std::optional<bool> mlp_bias;
  std::optional<bool> lm_head_bias;
  std::optional<bool> use_qk_norm;
  std::optional<bool> multi_query;
  std::optional<bool> multi_query_attention;
  std::optional<bool> parallel_attn;
  std::optional<bool> use_parallel_residual;
  std::optional<bool> learned_pos_emb;
  bool new_decoder_architecture = false;
  int num_ln_in_parallel_attn = 0;
  bool alibi = false;
  int expansion_ratio = 0;
  HfAttentionConfig attn_config;
  HfFfnConfig ffn_config;

  std::optional<HfQuantizationConfig> quantization_config;

  bool operator==(const HfDecoder&) const = default;
};

struct HfConfig {
  HfDecoder decoder;
  // Where models that also see or hear keep it
  std::optional<HfDecoder> text_config;
  std::optional<HfDecoder> llm_config;
  std::optional<HfDecoder> language_config;

  // Telltales of files that are not a language model's configuration
  bool is_encoder_decoder = false;
  std::string class_name;
  std::string diffusers_version;
  std::string tokenizer_class;

  bool operator==(const HfConfig&) const = default;
};

// A model_type that is not known is read as Llama with the fields that the file gives. Diagnostics stand
// below `path`, the JSON pointer of the field that held the document.
Result<spec::Model> model_from_config(const HfConfig&, const std::string& path);

// "fp8", "nvfp4", "mxfp4", "int8", "int4", ...; empty where weights are as trained, or in a format that is
// not known.
std::string weight_precision(const HfConfig&);

}  // namespace shardplan::catalog
