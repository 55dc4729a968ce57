// What a transformer is: the fields of a Hugging Face config.json under their own names. No parallelism, no behaviour.
#pragma once

#include <string>
#include <vector>

namespace shardplan::spec {

enum class Norm { kRmsNorm, kLayerNorm, kLayerNormNoBias };
enum class Position { kRope, kLearned, kAlibi, kNone };
enum class QkNorm { kNone, kPerHead, kFull };
enum class AttentionBias { kNone, kQkv, kAll };
enum class Verified { kOk, kDiffers, kNotVerifiable };

// Attention that is not softmax attention over all tokens.
enum class Mixer { kAttention, kMambaHybrid, kLightningHybrid, kSparseIndexed, kDeltaHybrid };

struct PublishedParameters {
  double total = 0;   // 0: not published
  double active = 0;  // 0: not published
  std::string source;
  // Where our count differs by more than 1 %: why.
  std::string difference;

  bool operator==(const PublishedParameters&) const = default;
};

struct Model {
  std::string id;
  std::string name;
  std::string hf_id;
  std::string family;
  std::vector<std::string> aliases;

  int num_hidden_layers = 0;
  int hidden_size = 0;
  int intermediate_size = 0;  // of a dense MLP; 0 where every layer is a mixture of experts
  int num_attention_heads = 0;
  int num_key_value_heads = 0;
  int head_dim = 0;
  int vocab_size = 0;
  int max_position_embeddings = 0;
  bool tie_word_embeddings = false;
  bool gated_mlp = true;  // SwiGLU, GeGLU: gate and up projections

  // Mixture of experts (num_experts > 0)
  int num_experts = 0;
  int num_experts_per_tok = 0;
  int moe_intermediate_size = 0;
  int shared_expert_intermediate_size = 0;  // all shared experts together
  bool shared_expert_gate = false;
  int first_k_dense_replace = 0;  // leading dense layers
  int moe_layer_step = 1;         // every n-th of the remaining layers is a mixture of experts
  int moe_layer_offset = 0;       // index of the first one, counted after the leading dense layers
  bool router_bias = false;
  bool expert_bias = false;
  int n_group = 0;     // device-limited routing: groups of experts ...
  int topk_group = 0;  // ... of which a token may use this many

  // Multi-head latent attention (kv_lora_rank > 0)
  int q_lora_rank = 0;
  int kv_lora_rank = 0;
  int qk_nope_head_dim = 0;
  int qk_rope_head_dim = 0;
  int v_head_dim = 0;

  // Window attention: all layers but every `sliding_window_pattern`-th use the window (pattern 0: all of them)
  int sliding_window = 0;
  int sliding_window_pattern = 0;

  int num_nextn_predict_layers = 0;  // multi-token-prediction layers

  // Details that only the parameter count needs
  Norm norm = Norm::kRmsNorm;
  Position position = Position::kRope;
  QkNorm qk_norm = QkNorm::kNone;
  AttentionBias attention_bias = AttentionBias::kNone;
  bool mlp_bias = false;
  bool lm_head_bias = false;
  bool embedding_norm = false;
  bool attention_sinks = false;
  int norms_per_layer = 2;
  int position_offset = 0;

  // Layers that are not softmax attention
  Mixer mixer = Mixer::kAttention;
  int attention_layer_period = 0;  // one attention layer in so many
  int linear_num_key_heads = 0;    // gated delta rule (Qwen3-Next, Qwen3.5)
  int linear_num_value_heads = 0;
  int linear_head_dim = 0;
  int linear_conv_kernel_dim = 0;
  bool attention_output_gate = false;  // of the softmax layers: queries come with a gate as wide
  int mamba_d_state = 0;
  int mamba_d_conv = 0;
  int mamba_expand = 0;
  int mamba_dt_rank = 0;
  int index_n_heads = 0;
  int index_head_dim = 0;

  PublishedParameters published;
  std::string source;

  bool operator==(const Model&) const = default;
};

}  // namespace shardplan::spec
