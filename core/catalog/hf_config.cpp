#include "catalog/hf_config.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "base/text.h"

namespace shardplan::catalog {
namespace {

using spec::AttentionBias;
using spec::Norm;
using spec::Position;
using spec::QkNorm;

// A configuration on its way to a model. Quirks of its class rewrite it into the words of Llama, Mixtral and
// DeepSeek, or set in the model what those have no word for; `translate` copies the rest.
struct Draft {
  HfDecoder config;
  spec::Model model;
  std::string path;
  bool is_nested = false;
  Diagnostics problems;

  void reject(const std::string& field, std::string message, std::string hint) {
    problems.push_back({path + "/" + field, std::move(message), std::move(hint)});
  }
};

using Quirk = void (*)(Draft&);

void fill(int& field, int value) {
  if (field == 0) field = value;
}

// ---- Quirks that several classes share

void layer_norm(Draft& d) { d.model.norm = Norm::kLayerNorm; }
void layer_norm_without_bias(Draft& d) { d.model.norm = Norm::kLayerNormNoBias; }

// Attention and MLP run in parallel behind the same norm.
void one_norm(Draft& d) { d.model.norms_per_layer = 1; }

// Norms before and behind both blocks.
void four_norms(Draft& d) { d.model.norms_per_layer = 4; }

void ungated(Draft& d) { d.model.gated_mlp = false; }

void four_times_hidden(Draft& d) { fill(d.config.intermediate_size, 4 * d.config.hidden_size); }

void all_biases(Draft& d) {
  d.model.attention_bias = AttentionBias::kAll;
  d.model.mlp_bias = true;
}

void qkv_biases(Draft& d) { d.model.attention_bias = AttentionBias::kQkv; }

// GLM's attention_bias leaves the output projection out.
void qkv_biases_if_said(Draft& d) {
  if (d.config.attention_bias.value_or(false) || d.config.qkv_bias.value_or(false)) qkv_biases(d);
  d.config.attention_bias = false;
}

void qk_norm_per_head(Draft& d) { d.model.qk_norm = QkNorm::kPerHead; }
void qk_norm_full(Draft& d) { d.model.qk_norm = QkNorm::kFull; }

void qk_norm_per_head_if_said(Draft& d) {
  if (d.config.use_qk_norm.value_or(false)) qk_norm_per_head(d);
}
void qk_norm_full_if_said(Draft& d) {
  if (d.config.use_qk_norm.value_or(false)) qk_norm_full(d);
}

void learned_positions(Draft& d) { d.model.position = Position::kLearned; }
void alibi_positions(Draft& d) { d.model.position = Position::kAlibi; }

// DeepSeek-V3's correction that balances experts without a loss: one number per expert.
void router_bias(Draft& d) { d.model.router_bias = true; }

void lm_head_bias(Draft& d) { d.model.lm_head_bias = true; }

template <int kPeriod>
void full_attention_every(Draft& d) {
  d.model.sliding_window_pattern = kPeriod;
}

// GELU and ReLU mean an MLP of two matrices; Gemma gates the form of GELU that it uses.
void gate_by_activation(Draft& d) {
  const std::string act = lower_case(d.config.hidden_act);
  if (act == "gelu_pytorch_tanh") return;
  if (act.rfind("gelu", 0) == 0 || act.rfind("relu", 0) == 0) ungated(d);
}

// ---- What a configuration inside another one leaves to the defaults of its class

void llama_defaults(Draft& d) {
  if (!d.is_nested) return;
  fill(d.config.hidden_size, 4096);
  fill(d.config.intermediate_size, 11008);
  fill(d.config.num_hidden_layers, 32);
  fill(d.config.num_attention_heads, 32);
  fill(d.config.vocab_size, 32000);
}

void mistral_defaults(Draft& d) {
  if (!d.is_nested) return;
  fill(d.config.intermediate_size, 14336);
  fill(d.config.num_key_value_heads, 8);
  llama_defaults(d);
}

void gemma_defaults(Draft& d) { fill(d.config.head_dim, 256); }

void gemma2_defaults(Draft& d) {
  gemma_defaults(d);
  fill(d.config.sliding_window, 4096);
  if (!d.is_nested) return;
  fill(d.config.num_attention_heads, 8);
  fill(d.config.num_key_value_heads, 4);
}

void gemma3_defaults(Draft& d) {
  gemma2_defaults(d);
  if (d.is_nested) fill(d.config.vocab_size, 262208);
}

// ---- Quirks of one class

// The first max_window_layers attend fully, and windows are off unless asked for.
void qwen_windows(Draft& d) {
  HfDecoder& c = d.config;
  if (!c.use_sliding_window.value_or(false)) c.sliding_window = 0;
  if (c.sliding_window <= 0 || !c.layer_types.empty()) return;
  for (int layer = 0; layer < c.num_hidden_layers; ++layer)
    c.layer_types.emplace_back(layer < c.max_window_layers ? "full_attention" : "sliding_attention");
}

void shared_expert_gate(Draft& d) { d.model.shared_expert_gate = d.config.shared_expert_intermediate_size > 0; }

// intermediate_size counts the gate and the up projection together.
void qwen1_width(Draft& d) { d.config.intermediate_size /= 2; }

void starcoder2_biases(Draft& d) {
  if (d.config.use_bias.value_or(true)) all_biases(d);
}

void opt_biases(Draft& d) {
  if (d.config.enable_bias.value_or(true)) all_biases(d);
}

// Positions 0 and 1 of the table are never used.
void opt_position_offset(Draft& d) { d.model.position_offset = 2; }

void neox_biases(Draft& d) {
  d.model.mlp_bias = true;
  if (d.config.attention_bias.value_or(true)) d.model.attention_bias = AttentionBias::kAll;
}

void mlp_biases(Draft& d) { d.model.mlp_bias = true; }

void internlm_biases(Draft& d) {
  if (d.config.bias.value_or(true)) d.model.attention_bias = AttentionBias::kAll;
}

void embedding_norm(Draft& d) { d.model.embedding_norm = true; }

void one_key_value_head_unless_denied(Draft& d) {
  if (d.config.multi_query.value_or(true)) d.config.num_key_value_heads = 1;
}

// Before the "new decoder architecture", multi_query meant one key/value head, whatever num_kv_heads says.
void falcon_heads(Draft& d) {
  if (!d.config.new_decoder_architecture) one_key_value_head_unless_denied(d);
}

void falcon_norms(Draft& d) {
  const HfDecoder& c = d.config;
  const int in_parallel = c.num_ln_in_parallel_attn > 0 ? c.num_ln_in_parallel_attn
                          : c.new_decoder_architecture  ? 2
                                                        : 1;
  d.model.norms_per_layer = c.new_decoder_architecture || c.parallel_attn.value_or(true) ? in_parallel : 2;
}

// The early Falcons, "RW", have ALiBi and biases. No Falcon before 2024 names its longest sequence.
void falcon_details(Draft& d) {
  if (d.config.alibi) alibi_positions(d);
  if (d.config.bias.value_or(false)) all_biases(d);
  fill(d.config.max_position_embeddings, 2048);
}

void mpt_attention(Draft& d) {
  HfDecoder& c = d.config;
  if (c.attn_config.attn_type == "multiquery_attention") c.num_key_value_heads = 1;
  if (c.attn_config.attn_type == "grouped_query_attention") c.num_key_value_heads = c.attn_config.kv_n_heads;
  if (c.attn_config.qk_ln) qk_norm_full(d);
  if (c.attn_config.alibi) alibi_positions(d);
  else if (c.learned_pos_emb.value_or(true)) learned_positions(d);
}

void mpt_width(Draft& d) {
  const int ratio = d.config.expansion_ratio > 0 ? d.config.expansion_ratio : 4;
  fill(d.config.intermediate_size, ratio * d.config.hidden_size);
}

void dbrx_parts(Draft& d) {
  HfDecoder& c = d.config;
  fill(c.num_key_value_heads, c.attn_config.kv_n_heads);
  fill(c.num_experts, c.ffn_config.moe_num_experts);
  fill(c.num_experts_per_tok, c.ffn_config.moe_top_k);
  fill(c.moe_intermediate_size, c.ffn_config.ffn_hidden_size);
}

void stablelm_norms(Draft& d) {
  if (d.config.use_parallel_residual.value_or(false)) one_norm(d);
}

void chatglm_parts(Draft& d) {
  HfDecoder& c = d.config;
  if (!c.multi_query_attention.value_or(false)) c.num_key_value_heads = 0;
  if (c.add_bias_linear.value_or(false)) all_biases(d);
}

void gpt_oss_parts(Draft& d) {
  d.model.attention_sinks = d.model.expert_bias = d.model.router_bias = true;
  fill(d.config.sliding_window, 128);
  if (!d.config.attention_bias) d.config.attention_bias = true;
}

// One shared expert, as wide as a routed one.
void one_shared_expert(Draft& d) { fill(d.config.n_shared_experts, 1); }

// Layers with rotary positions attend within chunks; every fourth has no positions and attends fully.
void llama4_chunks(Draft& d) {
  HfDecoder& c = d.config;
  c.sliding_window = c.attention_chunk_size > 0 ? c.attention_chunk_size : 8192;
  d.model.sliding_window_pattern = c.no_rope_layer_interval > 0 ? c.no_rope_layer_interval : 4;
}

// Grok 2 adds a dense MLP to the experts of every layer, as a shared expert would be.
void grok_residual_mlp(Draft& d) {
  if (d.config.residual_moe) fill(d.config.shared_expert_intermediate_size, d.config.intermediate_size);
}

void jamba_layers(Draft& d) {
  HfDecoder& c = d.config;
  c.layer_types.clear();  // say the same as the period
  d.model.mixer = spec::Mixer::kMambaHybrid;
  d.model.position = Position::kNone;
  d.model.attention_layer_period = c.attn_layer_period > 0 ? c.attn_layer_period : 8;
  d.model.mamba_d_state = c.mamba_d_state > 0 ? c.mamba_d_state : 16;
  d.model.mamba_d_conv = c.mamba_d_conv > 0 ? c.mamba_d_conv : 4;
  d.model.mamba_expand = c.mamba_expand > 0 ? c.mamba_expand : 2;
  d.model.mamba_dt_rank = c.mamba_dt_rank > 0 ? c.mamba_dt_rank : (c.hidden_size + 15) / 16;
}

// Lightning attention but for a few softmax layers, which the configuration lists.
void minimax_layers(Draft& d) {
  HfDecoder& c = d.config;
  const auto softmax = std::count(c.attn_type_list.begin(), c.attn_type_list.end(), 1) +
                       std::count(c.layer_types.begin(), c.layer_types.end(), "full_attention");
  c.layer_types.clear();
  if (softmax <= 0)
    return d.reject("attn_type_list", "No layer is listed as softmax attention.",
                    "attn_type_list has a 1, or layer_types a 'full_attention', for each such layer.");
  if (softmax >= c.num_hidden_layers) return;
  d.model.mixer = spec::Mixer::kLightningHybrid;
  d.model.attention_layer_period = c.num_hidden_layers / static_cast<int>(softmax);
}

void minimax_router(Draft& d) { d.model.router_bias = d.config.use_routing_bias.value_or(true); }

// 1 where the layer has a window.
void mimo_windows(Draft& d) {
  for (int windowed : d.config.hybrid_layer_pattern)
    d.config.layer_types.emplace_back(windowed != 0 ? "sliding_attention" : "full_attention");
}

// DeepSeek's indexer picks the tokens that attention sees.
template <int kHeads>
void indexer(Draft& d) {
  fill(d.config.index_n_heads, kHeads);
  fill(d.config.index_head_dim, 128);
}

// ---- Which class has which quirks

// Fixed arrays, filled up with null, so that the table is data and costs no code.
struct Family {
  const char* model_types[8];
  bool is_tied;  // what the class takes tie_word_embeddings for where the file is silent
  Quirk quirks[6];
};

constexpr bool kTied = true;
constexpr bool kUntied = false;

constexpr Family kFamilies[] = {
    {{"llama", "mllama", "mllama_text_model", "internlm2", "baichuan", "yi", "aquila", "deepseek"},
     kUntied,
     {llama_defaults}},
    {{"mistral", "ministral", "ministral3", "mixtral", "mistral3"}, kUntied, {mistral_defaults}},
    {{"llama4", "llama4_text"}, kUntied, {one_shared_expert, llama4_chunks}},
    {{"granite", "granitemoe", "granitemoeshared", "granitemoehybrid"}, kUntied, {}},
    {{"internlm"}, kUntied, {internlm_biases}},
    {{"deepseek_v2"}, kUntied, {}},
    {{"deepseek_v3", "kimi_k2"}, kUntied, {router_bias}},
    {{"deepseek_v32"}, kUntied, {router_bias, indexer<64>}},
    {{"qwen"}, kUntied, {qkv_biases, qwen1_width}},
    {{"qwen2", "qwen2_vl", "qwen2_vl_text", "qwen2_5_vl", "qwen2_5_vl_text"}, kUntied, {qkv_biases, qwen_windows}},
    {{"qwen2_moe"}, kUntied, {qkv_biases, qwen_windows, shared_expert_gate}},
    {{"qwen3", "qwen3_moe", "qwen3_vl_text", "qwen3_vl_moe_text"}, kUntied, {qk_norm_per_head, qwen_windows}},
    {{"gemma"}, kTied, {gemma_defaults}},
    {{"gemma2"}, kTied, {gemma2_defaults, four_norms, full_attention_every<2>}},
    {{"gemma3", "gemma3_text"}, kTied, {gemma3_defaults, four_norms, qk_norm_per_head, full_attention_every<6>}},
    {{"phi"}, kUntied, {layer_norm, one_norm, ungated, all_biases, lm_head_bias, qk_norm_per_head_if_said}},
    {{"phi3", "phi4mm"}, kUntied, {}},
    {{"phi3small"}, kTied, {layer_norm, all_biases}},
    {{"phimoe"}, kUntied, {layer_norm}},
    {{"gpt2"}, kTied, {layer_norm, ungated, all_biases, learned_positions, four_times_hidden}},
    {{"gpt_neo"}, kTied, {layer_norm, ungated, mlp_biases, learned_positions, four_times_hidden}},
    {{"gpt_bigcode"},
     kTied,
     {layer_norm, ungated, all_biases, learned_positions, four_times_hidden, one_key_value_head_unless_denied}},
    {{"gptj", "codegen"}, kUntied, {layer_norm, one_norm, ungated, mlp_biases, lm_head_bias, four_times_hidden}},
    {{"gpt_neox"}, kUntied, {layer_norm, ungated, neox_biases}},
    {{"opt"}, kTied, {layer_norm, ungated, opt_biases, learned_positions, opt_position_offset}},
    {{"bloom"}, kTied, {layer_norm, ungated, all_biases, alibi_positions, embedding_norm, four_times_hidden}},
    {{"falcon", "refinedweb", "refinedwebmodel", "rw"},
     kTied,
     {layer_norm, ungated, falcon_heads, falcon_norms, falcon_details, four_times_hidden}},
    {{"mpt"}, kTied, {layer_norm_without_bias, ungated, mpt_attention, mpt_width}},
    {{"dbrx"}, kUntied, {layer_norm_without_bias, dbrx_parts}},
    {{"starcoder2"}, kTied, {layer_norm, ungated, starcoder2_biases}},
    {{"stablelm"}, kUntied, {layer_norm, stablelm_norms, qkv_biases_if_said, qk_norm_full_if_said}},
    {{"nemotron"}, kUntied, {layer_norm, ungated}},
    {{"cohere"}, kTied, {layer_norm_without_bias, one_norm, qk_norm_full_if_said}},
    {{"cohere2"}, kTied, {layer_norm_without_bias, one_norm, full_attention_every<4>}},
    {{"olmo2", "olmo3", "olmoe"}, kUntied, {qk_norm_full}},
    {{"exaone4"}, kUntied, {qk_norm_per_head}},
    {{"gpt_oss"}, kUntied, {gpt_oss_parts, full_attention_every<2>}},
    {{"chatglm"}, kUntied, {qkv_biases_if_said, chatglm_parts}},
    {{"glm"}, kUntied, {qkv_biases_if_said}},
    {{"glm4"}, kUntied, {qkv_biases_if_said, four_norms}},
    {{"glm4_moe", "glm4v_moe_text"}, kUntied, {qkv_biases_if_said, qk_norm_per_head_if_said, router_bias}},
    {{"glm_moe_dsa"}, kUntied, {router_bias, indexer<32>}},
    {{"grok_1", "grok"}, kTied, {four_norms, grok_residual_mlp}},
    {{"mimo_v2_flash"}, kUntied, {mimo_windows}},
    {{"jamba"}, kUntied, {jamba_layers}},
    {{"minimax", "minimax_text_01", "minimax_m1"}, kUntied, {minimax_layers}},
    {{"minimax_m2"}, kUntied, {qk_norm_full, minimax_router}},
};

// transformers' base class ties, and the files that it writes are silent where it does.
constexpr Family kUnknownFamily = {{}, kTied, {gate_by_activation, qk_norm_per_head_if_said}};

struct Refusal {
  const char* what;
  const char* model_types[18];
};

constexpr Refusal kRefusals[] = {
    {"is an encoder; only decoders are modelled",
     {"bert", "roberta", "xlm_roberta", "distilbert", "albert", "electra", "deberta", "deberta_v2", "modernbert", "vit",
      "clip", "clip_text_model", "siglip", "dinov2", "swin", "wav2vec2", "hubert"}},
    {"has state-space or linear-attention layers that are not modelled",
     {"mamba", "mamba2", "falcon_mamba", "rwkv", "rwkv5", "recurrent_gemma", "zamba", "zamba2", "bamba", "falcon_h1",
      "nemotron_h", "qwen3_next", "kimi_linear", "lfm2", "lfm2_moe", "plamo2"}},
    {"has layers of different shapes, which are not modelled",
     {"gemma3n", "gemma3n_text", "gemma4", "gemma4_text", "openelm", "nemotron_nas", "deci", "decilm"}},
    {"has a kind of attention that is not modelled", {"deepseek_v4"}},
};

// "qwen2_moe" and "Qwen2Moe" are the same class.
std::string squeezed(std::string_view name) {
  std::string out;
  for (char c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) out += c;
  return lower_case(out);
}

// "Qwen2MoeForCausalLM" -> "Qwen2Moe"
std::string_view class_of(std::string_view architecture) {
  for (const char* ending : {"For", "LMHead", "Model"}) {
    const size_t at = architecture.find(ending);
    if (at != std::string_view::npos && at > 0) architecture = architecture.substr(0, at);
  }
  return architecture;
}

template <size_t kMost>
bool is_among(const char* const (&names)[kMost], std::string_view name) {
  const std::string wanted = squeezed(name);
  return std::any_of(names, names + kMost, [&](const char* n) { return n != nullptr && squeezed(n) == wanted; });
}

const Family* family_called(std::string_view name) {
  for (const Family& f : kFamilies)
    if (is_among(f.model_types, name)) return &f;
  return nullptr;
}

// By model_type, else by the name of the architecture's class: some files have a model_type of their own.
const Family* family_of(const HfDecoder& c) {
  if (const Family* f = family_called(c.model_type)) return f;
  return c.architectures.empty() ? nullptr : family_called(class_of(c.architectures[0]));
}

const Refusal* refusal_of(const HfDecoder& c) {
  for (const Refusal& r : kRefusals) {
    if (is_among(r.model_types, c.model_type)) return &r;
    if (!c.architectures.empty() && is_among(r.model_types, class_of(c.architectures[0]))) return &r;
  }
  return nullptr;
}

// ---- Translation

void shape(Draft& d) {
  const HfDecoder& c = d.config;
  spec::Model& m = d.model;
  m.num_hidden_layers = c.num_hidden_layers;
  m.hidden_size = c.hidden_size;
  m.intermediate_size = c.intermediate_size_mlp > 0 ? c.intermediate_size_mlp : c.intermediate_size;
  m.num_attention_heads = c.num_attention_heads;
  m.num_key_value_heads = c.num_key_value_heads > 0 ? c.num_key_value_heads : c.num_attention_heads;
  m.head_dim = c.head_dim;
  if (m.head_dim == 0 && m.num_attention_heads > 0) m.head_dim = m.hidden_size / m.num_attention_heads;
  m.vocab_size = c.padded_vocab_size > 0 ? c.padded_vocab_size : c.vocab_size;
  m.max_position_embeddings = c.max_position_embeddings > 0 ? c.max_position_embeddings : c.seq_length;
  m.tie_word_embeddings = c.tie_word_embeddings.value_or(false);
  m.num_nextn_predict_layers = c.num_nextn_predict_layers;
}

void latent_attention(Draft& d) {
  const HfDecoder& c = d.config;
  spec::Model& m = d.model;
  if (c.kv_lora_rank == 0) return;
  m.q_lora_rank = c.q_lora_rank;
  m.kv_lora_rank = c.kv_lora_rank;
  m.qk_nope_head_dim = c.qk_nope_head_dim;
  m.qk_rope_head_dim = c.qk_rope_head_dim;
  m.v_head_dim = c.v_head_dim;
  m.head_dim = c.qk_nope_head_dim + c.qk_rope_head_dim;  // files call the rotary part alone head_dim
  m.index_n_heads = c.index_n_heads;
  m.index_head_dim = c.index_head_dim;
  if (m.index_n_heads > 0) m.mixer = spec::Mixer::kSparseIndexed;
}

// Where the layer index obeys a period, and counts from 1 or from 0.
bool obeys_period(const HfDecoder& c, int layer) {
  if (c.expert_layer_period > 0) return layer % c.expert_layer_period == c.expert_layer_offset;
  for (int step : {c.decoder_sparse_step, c.interleave_moe_layer_step})
    if (step > 0) return (layer + 1) % step == 0;
  if (c.moe_layer_freq.size() == 1 && c.moe_layer_freq[0] > 0) return layer % c.moe_layer_freq[0] == 0;
  return true;
}

std::vector<bool> layers_with_experts(const HfDecoder& c) {
  const auto layers = static_cast<size_t>(c.num_hidden_layers);
  std::vector<bool> moe(layers, false);
  if (!c.moe_layers.empty()) {
    for (int layer : c.moe_layers)
      if (static_cast<size_t>(layer) < layers) moe[static_cast<size_t>(layer)] = true;
    return moe;
  }
  for (size_t i = 0; i < layers; ++i) {
    const int layer = static_cast<int>(i);
    if (c.mlp_layer_types.size() == layers) moe[i] = c.mlp_layer_types[i] != "dense";
    else if (layers > 1 && c.moe_layer_freq.size() == layers) moe[i] = c.moe_layer_freq[i] > 0;
    else moe[i] = layer >= c.first_k_dense_replace && obeys_period(c, layer);
  }
  for (int layer : c.mlp_only_layers)
    if (static_cast<size_t>(layer) < layers) moe[static_cast<size_t>(layer)] = false;
  return moe;
}

// spec::Model knows leading dense layers and a period; released models need no more.
void place_experts(Draft& d) {
  const std::vector<bool> moe = layers_with_experts(d.config);
  const auto begin = moe.begin(), end = moe.end();
  const auto first = std::find(begin, end, true);
  const auto second = first == end ? end : std::find(first + 1, end, true);
  const int leading = static_cast<int>(first - begin);
  const int step = first == end ? 1 : static_cast<int>(second - first);
  for (int layer = leading; layer < static_cast<int>(moe.size()); ++layer) {
    if (moe[static_cast<size_t>(layer)] == ((layer - leading) % step == 0)) continue;
    return d.reject("num_hidden_layers", "The layers with experts follow no period, which is not modelled.",
                    "After any leading dense layers, every n-th layer may have experts.");
  }
  const bool is_offset = step > 1 && leading < step;
  d.model.first_k_dense_replace = is_offset ? 0 : leading;
  d.model.moe_layer_step = step;
  d.model.moe_layer_offset = is_offset ? leading : 0;
  if (std::find(begin, end, false) == end) d.model.intermediate_size = 0;  // no MLP is dense
}

void experts(Draft& d) {
  const HfDecoder& c = d.config;
  spec::Model& m = d.model;
  if (c.num_experts <= 1) {  // nothing to choose from: a dense model of a class that can have experts
    m.router_bias = m.expert_bias = false;
    return;
  }
  m.num_experts = c.num_experts;
  m.num_experts_per_tok = c.num_experts_per_tok;
  m.moe_intermediate_size = c.moe_intermediate_size > 0 ? c.moe_intermediate_size : c.intermediate_size;
  const double shared = static_cast<double>(c.n_shared_experts) * m.moe_intermediate_size;
  m.shared_expert_intermediate_size = c.shared_expert_intermediate_size > 0 ? c.shared_expert_intermediate_size
                                                                            : static_cast<int>(std::min(shared, 2e9));
  m.n_group = c.n_group;
  m.topk_group = c.topk_group;
  if (!c.topk_method.empty()) m.router_bias = c.topk_method == "noaux_tc";
  place_experts(d);
}

bool is_windowed(const std::string& layer_type) {
  return layer_type == "sliding_attention" || layer_type == "chunked_attention";
}

// Every how many layers one attends fully; 0: none does.
int full_attention_period(const std::vector<std::string>& layer_types) {
  std::vector<size_t> full;
  for (size_t i = 0; i < layer_types.size(); ++i)
    if (!is_windowed(layer_types[i])) full.push_back(i);
  if (full.empty()) return 0;
  const auto layers = layer_types.size(), period = full[0] + 1;
  bool is_regular = full.size() == layers / period;
  for (size_t i = 0; i < full.size(); ++i) is_regular = is_regular && full[i] == (i + 1) * period - 1;
  if (is_regular) return static_cast<int>(period);
  return static_cast<int>((layers + full.size() / 2) / full.size());  // as many full layers, spread evenly
}

void window(Draft& d) {
  const HfDecoder& c = d.config;
  spec::Model& m = d.model;
  int period = c.sliding_window_pattern > 0 ? c.sliding_window_pattern : m.sliding_window_pattern;
  if (!c.layer_types.empty()) period = full_attention_period(c.layer_types);
  const bool is_off = c.sliding_window <= 0 || !c.use_sliding_window.value_or(true) || period == 1;
  const bool is_as_long_as_any_sequence =
      m.max_position_embeddings > 0 && c.sliding_window >= m.max_position_embeddings;
  m.sliding_window = is_off || is_as_long_as_any_sequence ? 0 : c.sliding_window;
  m.sliding_window_pattern = m.sliding_window > 0 ? period : 0;
}

void biases(Draft& d) {
  const HfDecoder& c = d.config;
  spec::Model& m = d.model;
  if (m.attention_bias == AttentionBias::kNone && c.attention_bias.value_or(false))
    m.attention_bias = AttentionBias::kAll;
  if (m.attention_bias == AttentionBias::kNone && c.qkv_bias.value_or(false)) m.attention_bias = AttentionBias::kQkv;
  m.mlp_bias = m.mlp_bias || c.mlp_bias.value_or(false);
  m.lm_head_bias = m.lm_head_bias || c.lm_head_bias.value_or(false);
}

void identity(Draft& d) {
  const HfDecoder& c = d.config;
  spec::Model& m = d.model;
  m.family = c.model_type;
  m.source = "config.json";
  m.name = !c.model_type.empty() ? c.model_type : c.architectures.empty() ? "config.json" : c.architectures[0];
  const size_t slash = c.name_or_path.rfind('/');
  const bool is_repository = slash != std::string::npos && slash > 0 && c.name_or_path.find('/') == slash &&
                             std::isalnum(static_cast<unsigned char>(c.name_or_path[0])) != 0;
  if (!is_repository) return;  // a folder on somebody's machine
  m.hf_id = c.name_or_path;
  m.name = c.name_or_path.substr(slash + 1);
}

void translate(Draft& d) {
  for (void (*step)(Draft&) : {shape, latent_attention, experts, window, biases, identity}) step(d);
}

// ---- Checks

std::string quoted(const std::string& text) { return "'" + text.substr(0, 80) + "'"; }

void missing(Draft& d, const char* field, const char* hint) {
  d.reject(field, std::string("'") + field + "' is missing.", hint);
}

void check_sizes(Draft& d) {
  const HfDecoder& c = d.config;
  if (c.hidden_size == 0)
    missing(d, "hidden_size", "Width of the residual stream, also called n_embd or d_model: 1 or more.");
  if (c.num_hidden_layers == 0) missing(d, "num_hidden_layers", "Transformer layers, also called n_layer: 1 to 10000.");
  if (c.num_attention_heads == 0) missing(d, "num_attention_heads", "Query heads, also called n_head: 1 or more.");
  if (d.model.vocab_size == 0) missing(d, "vocab_size", "Tokens in the vocabulary: 1 or more.");
  if (d.model.position == Position::kLearned && d.model.max_position_embeddings == 0)
    missing(d, "max_position_embeddings",
            "Rows of the table of learned positions, also called n_positions: 1 or more.");
}

void check_heads(Draft& d) {
  const HfDecoder& c = d.config;
  const spec::Model& m = d.model;
  if (c.num_attention_heads == 0 || c.hidden_size == 0) return;
  if (c.head_dim == 0 && c.kv_lora_rank == 0 && c.hidden_size % c.num_attention_heads != 0)
    d.reject("hidden_size",
             "'hidden_size' " + std::to_string(c.hidden_size) + " is not a multiple of 'num_attention_heads' " +
                 std::to_string(c.num_attention_heads) + ", and there is no 'head_dim'.",
             "Give head_dim, or a multiple such as " +
                 std::to_string((c.hidden_size / c.num_attention_heads + 1) * c.num_attention_heads) + ".");
  if (m.num_attention_heads % m.num_key_value_heads != 0)
    d.reject("num_key_value_heads",
             "'num_key_value_heads' " + std::to_string(m.num_key_value_heads) +
                 " does not divide 'num_attention_heads' " + std::to_string(m.num_attention_heads) + ".",
             "Every key/value head serves the same number of query heads.");
  if (m.kv_lora_rank > 0 && (m.qk_nope_head_dim == 0 || m.qk_rope_head_dim == 0 || m.v_head_dim == 0))
    d.reject("kv_lora_rank", "Multi-head latent attention needs the widths of its heads.",
             "Give qk_nope_head_dim, qk_rope_head_dim and v_head_dim.");
}

void check_mlps(Draft& d) {
  const spec::Model& m = d.model;
  const bool has_experts = m.num_experts > 0;
  const bool has_dense = !has_experts || m.first_k_dense_replace > 0 || m.moe_layer_step > 1;
  if (has_dense && m.intermediate_size == 0) missing(d, "intermediate_size", "Width of a dense MLP: 1 or more.");
  if (!has_experts) return;
  if (m.moe_intermediate_size == 0) missing(d, "moe_intermediate_size", "Width of one routed expert: 1 or more.");
  if (m.num_experts_per_tok == 0) missing(d, "num_experts_per_tok", "Experts that a token visits: 1 to num_experts.");
  if (m.num_experts_per_tok > m.num_experts)
    d.reject("num_experts_per_tok",
             "A token cannot visit " + std::to_string(m.num_experts_per_tok) + " of " + std::to_string(m.num_experts) +
                 " experts.",
             "From 1 to " + std::to_string(m.num_experts) + ".");
}

// Widths that are products can exceed what the fields may be.
void check_widths(Draft& d) {
  constexpr int kWidest = 10'000'000;
  const spec::Model& m = d.model;
  if (std::max({m.intermediate_size, m.moe_intermediate_size, m.shared_expert_intermediate_size}) > kWidest)
    d.reject("intermediate_size", "The MLP or the experts are wider than 10000000.", "From 1 to 10000000.");
}

void check_layer_types(Draft& d) {
  for (const std::string& type : d.config.layer_types) {
    if (is_windowed(type) || type == "full_attention" || type == "attention" || type == "deepseek_sparse_attention")
      continue;
    return d.reject("layer_types", "Layers of type " + quoted(type) + " are not modelled.",
                    "full_attention, sliding_attention or chunked_attention.");
  }
}

constexpr const char* kWhatIsRead =
    "The config.json of a decoder-only transformer: hidden_size, num_hidden_layers, num_attention_heads, "
    "vocab_size.";

// Why the file is not a language model's configuration at all; nullopt where it may be one.
std::optional<Diagnostic> not_a_transformer(const HfConfig& config, const Draft& d, const std::string& path) {
  const HfDecoder& decoder = d.config;
  const std::string& diffusion = config.class_name.empty() ? config.diffusers_version : config.class_name;
  if (!diffusion.empty())
    return Diagnostic{path, "This configures a diffusion pipeline (" + quoted(diffusion) + "), not a language model.",
                      kWhatIsRead};
  if (config.is_encoder_decoder)
    return Diagnostic{path + "/is_encoder_decoder", "Encoder-decoder models are not modelled.", kWhatIsRead};
  for (const auto& [c, at] : {std::pair(&config.decoder, path), {&decoder, d.path}})
    if (const Refusal* r = refusal_of(*c))
      return Diagnostic{at + "/model_type", "A model of type " + quoted(c->model_type) + " " + r->what + ".",
                        kWhatIsRead};
  const bool is_blank = decoder.hidden_size == 0 && decoder.num_hidden_layers == 0 && decoder.num_attention_heads == 0;
  if (!is_blank || family_of(decoder) != nullptr) return std::nullopt;
  if (!config.tokenizer_class.empty())
    return Diagnostic{path, "This configures a tokenizer (" + quoted(config.tokenizer_class) + "), not a model.",
                      kWhatIsRead};
  return Diagnostic{path, "This is not a transformer's configuration: it gives no sizes.", kWhatIsRead};
}

// The language model inside a model that also sees or hears, else the configuration itself.
Draft draft_of(const HfConfig& config, const std::string& path) {
  Draft d;
  d.config = config.decoder;
  d.path = path;
  const bool is_complete = config.decoder.hidden_size > 0 && config.decoder.num_hidden_layers > 0;
  const std::pair<const char*, const std::optional<HfDecoder>*> places[] = {
      {"text_config", &config.text_config},
      {"llm_config", &config.llm_config},
      {"language_config", &config.language_config}};
  for (const auto& [field, inner] : places) {
    if (!inner->has_value() || is_complete) continue;
    d.config = **inner;
    d.path = path + "/" + field;
    d.is_nested = true;
    if (!d.config.tie_word_embeddings) d.config.tie_word_embeddings = config.decoder.tie_word_embeddings;
    if (d.config.model_type.empty()) d.config.model_type = config.decoder.model_type;
    if (d.config.name_or_path.empty()) d.config.name_or_path = config.decoder.name_or_path;
    break;
  }
  return d;
}

// ---- Types of quantised weights

std::string integer_type(int bits) { return bits > 0 ? "int" + std::to_string(bits) : ""; }

std::string type_of_format(const HfWeightFormat& f) {
  if (f.type != "float") return integer_type(f.num_bits);
  return f.num_bits == 8 ? "fp8" : f.num_bits == 4 ? "nvfp4" : "";
}

std::string type_in_name(const std::string& text) {
  const std::string name = lower_case(text);
  const std::pair<const char*, const char*> known[] = {
      {"nvfp4", "nvfp4"}, {"mxfp4", "mxfp4"}, {"fp4", "nvfp4"}, {"fp8", "fp8"},   {"float8", "fp8"},
      {"w4a", "int4"},    {"int4", "int4"},   {"w8a", "int8"},  {"int8", "int8"}, {"eetq", "int8"},
  };
  for (const auto& [part, type] : known)
    if (name.find(part) != std::string::npos) return type;
  return "";
}

}  // namespace

Result<spec::Model> model_from_config(const HfConfig& config, const std::string& path) {
  Draft d = draft_of(config, path);
  if (auto problem = not_a_transformer(config, d, path)) return tl::unexpected<Diagnostics>(Diagnostics{*problem});
  const Family* known = family_of(d.config);
  const Family& family = known != nullptr ? *known : kUnknownFamily;
  if (!d.config.tie_word_embeddings) d.config.tie_word_embeddings = family.is_tied;
  for (Quirk quirk : family.quirks)
    if (quirk != nullptr) quirk(d);
  translate(d);
  for (void (*check)(Draft&) : {check_sizes, check_heads, check_mlps, check_widths, check_layer_types}) check(d);
  if (!d.problems.empty()) return tl::unexpected<Diagnostics>(std::move(d.problems));
  return std::move(d.model);
}

std::string weight_precision(const HfConfig& config) {
  for (const HfDecoder* c : {&config.decoder, config.text_config ? &*config.text_config : nullptr,
                             config.llm_config ? &*config.llm_config : nullptr,
                             config.language_config ? &*config.language_config : nullptr}) {
    if (c == nullptr || !c->quantization_config) continue;
    const HfQuantizationConfig& q = *c->quantization_config;
    for (const std::string& text : {q.quant_algo, q.format, q.weights, q.quant_method})
      if (std::string type = type_in_name(text); !type.empty()) return type;
    if (q.load_in_4bit) return "int4";
    if (q.load_in_8bit) return "int8";
    for (const auto& [group, layers] : q.config_groups)
      if (layers.weights) return type_of_format(*layers.weights);
    return integer_type(q.bits);
  }
  return "";
}

}  // namespace shardplan::catalog
