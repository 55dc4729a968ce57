#include "catalog/hf_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/document.h"
#include "json/hf_config_fields.h"
#include "json/presets.h"
#include "json/spec_fields.h"
#include "model/parameters.h"

namespace shardplan::catalog {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

const Catalog& presets() {
  static const Catalog catalog = *json::read_catalog(json::built_in_presets());
  return catalog;
}

HfConfig read(const std::string& text) {
  const Result<json::Document> document = json::parse(text);
  EXPECT_TRUE(document.has_value()) << text;
  const Result<HfConfig> config = json::read<HfConfig>(*document);
  if (!config) ADD_FAILURE() << config.error()[0].path << ": " << config.error()[0].message;
  return config.value_or(HfConfig{});
}

Result<spec::Model> import(const std::string& text) { return model_from_config(read(text), "/model"); }

spec::Model imported(const std::string& text) {
  const Result<spec::Model> model = import(text);
  if (!model) ADD_FAILURE() << model.error()[0].path << ": " << model.error()[0].message;
  return model.value_or(spec::Model{});
}

// The problems of a document, from the reader or from the import, as a request would get them.
Diagnostics problems(const std::string& text) {
  const Result<HfConfig> config = json::read<HfConfig>(*json::parse(text));
  if (config) {
    const Result<spec::Model> model = model_from_config(*config, "/model");
    return model ? Diagnostics{} : model.error();
  }
  Diagnostics found = config.error();
  for (Diagnostic& d : found) d.path = "/model" + d.path;
  return found;
}

auto is_at(const char* path) { return Field(&Diagnostic::path, path); }
auto says(const char* part) { return Field(&Diagnostic::message, HasSubstr(part)); }

// Without what a file does not know: names, sources, and groups of experts that limit nothing.
spec::Model anonymous(spec::Model m) {
  m.id = m.name = m.hf_id = m.family = m.source = "";
  m.aliases.clear();
  m.published = {};
  if (m.n_group <= 1) m.n_group = m.topk_group = 0;
  return m;
}

std::string printed(const spec::Model& m) { return json::print(json::write(m)); }

struct Known {
  const char* name;
  const char* json;
  const char* preset;
};

std::ostream& operator<<(std::ostream& out, const Known& k) { return out << k.name; }

class ImportedAsThePreset : public testing::TestWithParam<Known> {};

TEST_P(ImportedAsThePreset, FieldForField) {
  const Known& known = GetParam();
  const Result<NamedModel> preset = find_model(presets(), known.preset, "");
  ASSERT_TRUE(preset.has_value()) << known.preset;
  const spec::Model model = imported(known.json);
  EXPECT_EQ(printed(anonymous(model)), printed(anonymous(*preset->model)));
  EXPECT_EQ(model::total_parameters(model).total, model::total_parameters(*preset->model).total);
  EXPECT_EQ(model::total_parameters(model).active, model::total_parameters(*preset->model).active);
}

std::string name_of(const testing::TestParamInfo<Known>& info) { return info.param.name; }

constexpr Known kLlamas[] = {
    {"Llama3",
     R"({"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336,
        "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
        "vocab_size": 128256, "max_position_embeddings": 131072, "tie_word_embeddings": false,
        "attention_bias": false, "rope_scaling": {"rope_type": "llama3"}})",
     "llama-3.1-8b"},
    {"Llama3Large",
     R"({"architectures": ["LlamaForCausalLM"], "hidden_size": 16384, "intermediate_size": 53248,
        "num_hidden_layers": 126, "num_attention_heads": 128, "num_key_value_heads": 8,
        "vocab_size": 128256, "max_position_embeddings": 131072})",
     "llama-3.1-405b"},
    {"Llama3SmallIsTied",
     R"({"model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16,
        "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64, "vocab_size": 128256,
        "max_position_embeddings": 131072, "tie_word_embeddings": true})",
     "llama-3.2-1b"},
    {"Llama1WithoutKeyValueHeads",
     R"({"model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008,
        "num_hidden_layers": 32, "num_attention_heads": 32, "vocab_size": 32000,
        "max_position_embeddings": 2048})",
     "huggyllama/llama-7b"},
    {"Llama4",
     R"({"model_type": "llama4", "tie_word_embeddings": false, "vision_config": {"hidden_size": 1408},
        "text_config": {"model_type": "llama4_text", "hidden_size": 5120, "intermediate_size": 8192,
        "intermediate_size_mlp": 16384, "interleave_moe_layer_step": 2, "num_hidden_layers": 48,
        "num_attention_heads": 40, "num_key_value_heads": 8, "head_dim": 128, "num_local_experts": 128,
        "num_experts_per_tok": 1, "attention_chunk_size": 8192, "use_qk_norm": false,
        "vocab_size": 202048, "max_position_embeddings": 1048576}})",
     "llama-4-maverick"},
    {"Llama4AllLayersWithExperts",
     R"({"model_type": "llama4", "text_config": {"model_type": "llama4_text", "hidden_size": 5120,
        "intermediate_size": 8192, "intermediate_size_mlp": 16384, "interleave_moe_layer_step": 1,
        "num_hidden_layers": 48, "num_attention_heads": 40, "num_key_value_heads": 8, "head_dim": 128,
        "num_local_experts": 16, "num_experts_per_tok": 1, "use_qk_norm": true, "vocab_size": 202048,
        "max_position_embeddings": 10485760}})",
     "llama-4-scout"},
    {"Granite",
     R"({"model_type": "granite", "hidden_size": 4096, "intermediate_size": 12800,
        "num_hidden_layers": 40, "num_attention_heads": 32, "num_key_value_heads": 8,
        "vocab_size": 49155, "max_position_embeddings": 131072, "tie_word_embeddings": true,
        "attention_bias": false, "mlp_bias": false})",
     "granite-3.1-8b"},
    {"Olmo2",
     R"({"model_type": "olmo2", "hidden_size": 5120, "intermediate_size": 27648,
        "num_hidden_layers": 64, "num_attention_heads": 40, "num_key_value_heads": 8,
        "vocab_size": 100352, "max_position_embeddings": 4096, "tie_word_embeddings": false})",
     "olmo-2-32b"},
};
INSTANTIATE_TEST_SUITE_P(Llamas, ImportedAsThePreset, testing::ValuesIn(kLlamas), name_of);

constexpr Known kMistrals[] = {
    {"Mistral",
     R"({"model_type": "mistral", "hidden_size": 4096, "intermediate_size": 14336,
        "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
        "sliding_window": 4096, "vocab_size": 32000, "max_position_embeddings": 32768,
        "tie_word_embeddings": false})",
     "mistralai/Mistral-7B-v0.1"},
    {"MistralWithoutWindow",
     R"({"model_type": "mistral", "hidden_size": 5120, "intermediate_size": 14336,
        "num_hidden_layers": 40, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
        "sliding_window": null, "vocab_size": 131072, "max_position_embeddings": 131072})",
     "mistral-nemo-12b"},
    {"MistralInside",
     R"({"model_type": "mistral3", "text_config": {"model_type": "mistral", "hidden_size": 5120,
        "intermediate_size": 32768, "num_hidden_layers": 40, "num_attention_heads": 32, "head_dim": 128,
        "vocab_size": 131072, "max_position_embeddings": 32768}})",
     "mistral-small-24b"},
    {"Mixtral",
     R"({"model_type": "mixtral", "hidden_size": 4096, "intermediate_size": 14336,
        "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
        "num_local_experts": 8, "num_experts_per_tok": 2, "sliding_window": null, "vocab_size": 32000,
        "max_position_embeddings": 32768, "tie_word_embeddings": false})",
     "mixtral-8x7b"},
};
INSTANTIATE_TEST_SUITE_P(Mistrals, ImportedAsThePreset, testing::ValuesIn(kMistrals), name_of);

constexpr Known kQwens[] = {
    {"Qwen1",
     R"({"model_type": "qwen", "architectures": ["QWenLMHeadModel"], "hidden_size": 8192,
        "intermediate_size": 49152, "kv_channels": 128, "no_bias": true, "num_hidden_layers": 80,
        "num_attention_heads": 64, "seq_length": 32768, "max_position_embeddings": 32768,
        "tie_word_embeddings": false, "vocab_size": 152064})",
     "qwen-72b"},
    {"Qwen2",
     R"({"model_type": "qwen2", "hidden_size": 8192, "intermediate_size": 29568,
        "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
        "sliding_window": 131072, "max_window_layers": 80, "use_sliding_window": false,
        "tie_word_embeddings": false, "vocab_size": 152064, "max_position_embeddings": 131072})",
     "qwen2.5-72b"},
    {"Qwen2SmallIsTied",
     R"({"model_type": "qwen2", "hidden_size": 896, "intermediate_size": 4864, "num_hidden_layers": 24,
        "num_attention_heads": 14, "num_key_value_heads": 2, "sliding_window": 32768,
        "use_sliding_window": false, "tie_word_embeddings": true, "vocab_size": 151936,
        "max_position_embeddings": 32768})",
     "qwen2.5-0.5b"},
    {"Qwen2Moe",
     R"({"model_type": "qwen2_moe", "hidden_size": 2048, "intermediate_size": 5632,
        "moe_intermediate_size": 1408, "shared_expert_intermediate_size": 5632, "num_experts": 60,
        "num_experts_per_tok": 4, "decoder_sparse_step": 1, "num_hidden_layers": 24,
        "num_attention_heads": 16, "num_key_value_heads": 16, "use_sliding_window": false,
        "sliding_window": 32768, "vocab_size": 151936, "max_position_embeddings": 8192})",
     "qwen1.5-moe-a2.7b"},
    {"Qwen2MoeLarge",
     R"({"model_type": "qwen2_moe", "hidden_size": 3584, "intermediate_size": 18944,
        "moe_intermediate_size": 2560, "shared_expert_intermediate_size": 20480, "num_experts": 64,
        "num_experts_per_tok": 8, "mlp_only_layers": [], "num_hidden_layers": 28,
        "num_attention_heads": 28, "num_key_value_heads": 4, "vocab_size": 151936,
        "max_position_embeddings": 131072})",
     "qwen2-57b-a14b"},
    {"Qwen3SmallIsTied",
     R"({"model_type": "qwen3", "hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28,
        "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128,
        "tie_word_embeddings": true, "use_sliding_window": false, "sliding_window": null,
        "vocab_size": 151936, "max_position_embeddings": 40960})",
     "qwen3-0.6b"},
    {"Qwen3",
     R"({"model_type": "qwen3", "hidden_size": 5120, "intermediate_size": 25600,
        "num_hidden_layers": 64, "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 128,
        "attention_bias": false, "vocab_size": 151936, "max_position_embeddings": 40960})",
     "qwen3-32b"},
    {"Qwen3Moe",
     R"({"model_type": "qwen3_moe", "hidden_size": 4096, "intermediate_size": 12288,
        "moe_intermediate_size": 1536, "num_experts": 128, "num_experts_per_tok": 8,
        "decoder_sparse_step": 1, "mlp_only_layers": [], "num_hidden_layers": 94,
        "num_attention_heads": 64, "num_key_value_heads": 4, "head_dim": 128,
        "tie_word_embeddings": false, "vocab_size": 151936, "max_position_embeddings": 40960})",
     "qwen3-235b-a22b"},
};
INSTANTIATE_TEST_SUITE_P(Qwens, ImportedAsThePreset, testing::ValuesIn(kQwens), name_of);

constexpr Known kDeepSeeks[] = {
    {"DeepSeekMoe",
     R"({"model_type": "deepseek", "hidden_size": 2048, "intermediate_size": 10944,
        "moe_intermediate_size": 1408, "n_routed_experts": 64, "n_shared_experts": 2,
        "num_experts_per_tok": 6, "first_k_dense_replace": 1, "moe_layer_freq": 1,
        "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 16,
        "vocab_size": 102400, "max_position_embeddings": 4096})",
     "deepseek-moe-16b"},
    {"DeepSeekV2LiteHasNoQueryLatent",
     R"({"model_type": "deepseek_v2", "hidden_size": 2048, "intermediate_size": 10944,
        "moe_intermediate_size": 1408, "n_routed_experts": 64, "n_shared_experts": 2,
        "num_experts_per_tok": 6, "first_k_dense_replace": 1, "moe_layer_freq": 1,
        "topk_method": "greedy", "n_group": 1, "topk_group": 1, "q_lora_rank": null,
        "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
        "num_hidden_layers": 27, "num_attention_heads": 16, "num_key_value_heads": 16,
        "vocab_size": 102400, "max_position_embeddings": 163840})",
     "deepseek-v2-lite"},
    {"DeepSeekV2",
     R"({"model_type": "deepseek_v2", "hidden_size": 5120, "intermediate_size": 12288,
        "moe_intermediate_size": 1536, "n_routed_experts": 160, "n_shared_experts": 2,
        "num_experts_per_tok": 6, "first_k_dense_replace": 1, "topk_method": "group_limited_greedy",
        "n_group": 8, "topk_group": 3, "q_lora_rank": 1536, "kv_lora_rank": 512,
        "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128, "num_hidden_layers": 60,
        "num_attention_heads": 128, "num_key_value_heads": 128, "vocab_size": 102400,
        "max_position_embeddings": 163840})",
     "deepseek-v2"},
    {"DeepSeekV3",
     R"({"model_type": "deepseek_v3", "hidden_size": 7168, "intermediate_size": 18432,
        "moe_intermediate_size": 2048, "n_routed_experts": 256, "n_shared_experts": 1,
        "num_experts_per_tok": 8, "first_k_dense_replace": 3, "moe_layer_freq": 1,
        "topk_method": "noaux_tc", "n_group": 8, "topk_group": 4, "q_lora_rank": 1536,
        "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
        "num_hidden_layers": 61, "num_attention_heads": 128, "num_key_value_heads": 128,
        "vocab_size": 129280, "num_nextn_predict_layers": 1, "max_position_embeddings": 163840,
        "ep_size": 1, "quantization_config": {"quant_method": "fp8", "fmt": "e4m3",
        "weight_block_size": [128, 128]}})",
     "deepseek-v3"},
    {"DeepSeekV32HasAnIndexer",
     R"({"model_type": "deepseek_v32", "hidden_size": 7168, "intermediate_size": 18432,
        "moe_intermediate_size": 2048, "n_routed_experts": 256, "n_shared_experts": 1,
        "num_experts_per_tok": 8, "first_k_dense_replace": 3, "topk_method": "noaux_tc", "n_group": 8,
        "topk_group": 4, "index_n_heads": 64, "index_head_dim": 128, "index_topk": 2048,
        "q_lora_rank": 1536, "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64,
        "v_head_dim": 128, "num_hidden_layers": 61, "num_attention_heads": 128,
        "num_key_value_heads": 128, "vocab_size": 129280, "num_nextn_predict_layers": 1,
        "max_position_embeddings": 163840})",
     "deepseek-v3.2"},
    {"Moonlight",
     R"({"model_type": "deepseek_v3", "hidden_size": 2048, "intermediate_size": 11264,
        "moe_intermediate_size": 1408, "n_routed_experts": 64, "n_shared_experts": 2,
        "num_experts_per_tok": 6, "first_k_dense_replace": 1, "topk_method": "noaux_tc", "n_group": 1,
        "topk_group": 1, "q_lora_rank": null, "kv_lora_rank": 512, "qk_nope_head_dim": 128,
        "qk_rope_head_dim": 64, "v_head_dim": 128, "num_hidden_layers": 27, "num_attention_heads": 16,
        "num_key_value_heads": 16, "vocab_size": 163840, "max_position_embeddings": 8192})",
     "moonlight-16b-a3b"},
    {"KimiK2",
     R"({"model_type": "kimi_k2", "architectures": ["DeepseekV3ForCausalLM"], "hidden_size": 7168,
        "intermediate_size": 18432, "moe_intermediate_size": 2048, "n_routed_experts": 384,
        "n_shared_experts": 1, "num_experts_per_tok": 8, "first_k_dense_replace": 1,
        "topk_method": "noaux_tc", "n_group": 1, "topk_group": 1, "q_lora_rank": 1536,
        "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
        "num_hidden_layers": 61, "num_attention_heads": 64, "num_key_value_heads": 64,
        "num_nextn_predict_layers": 0, "vocab_size": 163840, "max_position_embeddings": 131072})",
     "kimi-k2"},
};
INSTANTIATE_TEST_SUITE_P(DeepSeeks, ImportedAsThePreset, testing::ValuesIn(kDeepSeeks), name_of);

constexpr Known kGlms[] = {
    {"Glm45",
     R"({"model_type": "glm4_moe", "hidden_size": 5120, "intermediate_size": 12288,
        "moe_intermediate_size": 1536, "n_routed_experts": 160, "n_shared_experts": 1,
        "num_experts_per_tok": 8, "first_k_dense_replace": 3, "n_group": 1, "topk_group": 1,
        "attention_bias": true, "use_qk_norm": true, "head_dim": 128, "num_hidden_layers": 92,
        "num_attention_heads": 96, "num_key_value_heads": 8, "num_nextn_predict_layers": 1,
        "vocab_size": 151552, "max_position_embeddings": 131072})",
     "glm-4.5"},
    {"Glm45AirWithoutQkNorm",
     R"({"model_type": "glm4_moe", "hidden_size": 4096, "intermediate_size": 10944,
        "moe_intermediate_size": 1408, "n_routed_experts": 128, "n_shared_experts": 1,
        "num_experts_per_tok": 8, "first_k_dense_replace": 1, "attention_bias": true,
        "use_qk_norm": false, "head_dim": 128, "num_hidden_layers": 46, "num_attention_heads": 96,
        "num_key_value_heads": 8, "num_nextn_predict_layers": 1, "vocab_size": 151552,
        "max_position_embeddings": 131072})",
     "glm-4.5-air"},
    {"Glm5HasAnIndexer",
     R"({"model_type": "glm_moe_dsa", "hidden_size": 6144, "intermediate_size": 12288,
        "moe_intermediate_size": 2048, "n_routed_experts": 256, "n_shared_experts": 1,
        "num_experts_per_tok": 8, "first_k_dense_replace": 3, "moe_layer_freq": 1, "n_group": 1,
        "topk_group": 1, "index_n_heads": 32, "index_head_dim": 128, "head_dim": 64, "qk_head_dim": 256,
        "q_lora_rank": 2048, "kv_lora_rank": 512, "qk_nope_head_dim": 192, "qk_rope_head_dim": 64,
        "v_head_dim": 256, "num_hidden_layers": 78, "num_attention_heads": 64,
        "num_key_value_heads": 64, "num_nextn_predict_layers": 1, "vocab_size": 154880,
        "max_position_embeddings": 202752})",
     "glm-5"},
};
INSTANTIATE_TEST_SUITE_P(Glms, ImportedAsThePreset, testing::ValuesIn(kGlms), name_of);

constexpr Known kGemmas[] = {
    {"Gemma",
     R"({"model_type": "gemma", "hidden_size": 2048, "intermediate_size": 16384,
        "hidden_activation": "gelu_pytorch_tanh", "num_hidden_layers": 18, "num_attention_heads": 8,
        "num_key_value_heads": 1, "head_dim": 256, "vocab_size": 256000,
        "max_position_embeddings": 8192})",
     "gemma-2b"},
    {"Gemma2",
     R"({"model_type": "gemma2", "hidden_size": 4608, "intermediate_size": 36864,
        "num_hidden_layers": 46, "num_attention_heads": 32, "num_key_value_heads": 16, "head_dim": 128,
        "sliding_window": 4096, "sliding_window_size": 4096, "vocab_size": 256000,
        "max_position_embeddings": 8192})",
     "gemma-2-27b"},
    {"Gemma3TextOnly",
     R"({"model_type": "gemma3_text", "hidden_size": 1152, "intermediate_size": 6912,
        "num_hidden_layers": 26, "num_attention_heads": 4, "num_key_value_heads": 1, "head_dim": 256,
        "sliding_window": 512, "sliding_window_pattern": 6, "vocab_size": 262144,
        "max_position_embeddings": 32768})",
     "gemma-3-1b"},
    {"Gemma3LeavesMuchToDefaults",
     R"({"model_type": "gemma3", "vision_config": {"hidden_size": 1152},
        "text_config": {"model_type": "gemma3_text", "hidden_size": 2560, "intermediate_size": 10240,
        "num_hidden_layers": 34, "sliding_window": 1024, "max_position_embeddings": 131072}})",
     "gemma-3-4b"},
    {"Gemma3Large",
     R"({"model_type": "gemma3", "text_config": {"model_type": "gemma3_text", "hidden_size": 5376,
        "intermediate_size": 21504, "num_hidden_layers": 62, "num_attention_heads": 32,
        "num_key_value_heads": 16, "head_dim": 128, "sliding_window": 1024,
        "_sliding_window_pattern": 6, "max_position_embeddings": 131072}})",
     "gemma-3-27b"},
};
INSTANTIATE_TEST_SUITE_P(Gemmas, ImportedAsThePreset, testing::ValuesIn(kGemmas), name_of);

constexpr Known kPhis[] = {
    {"Phi2",
     R"({"model_type": "phi", "hidden_act": "gelu_new", "hidden_size": 2560, "intermediate_size": 10240,
        "num_hidden_layers": 32, "num_attention_heads": 32, "qk_layernorm": false, "vocab_size": 51200,
        "max_position_embeddings": 2048, "tie_word_embeddings": false})",
     "phi-2"},
    {"Phi3",
     R"({"model_type": "phi3", "hidden_size": 5120, "intermediate_size": 17920, "num_hidden_layers": 40,
        "num_attention_heads": 40, "num_key_value_heads": 10, "sliding_window": 2047,
        "vocab_size": 32064, "max_position_embeddings": 4096})",
     "phi-3-medium"},
    {"Phi4MiniHasAWindowLongerThanAnySequence",
     R"({"model_type": "phi3", "hidden_size": 3072, "intermediate_size": 8192, "num_hidden_layers": 32,
        "num_attention_heads": 24, "num_key_value_heads": 8, "sliding_window": 262144,
        "vocab_size": 200064, "max_position_embeddings": 131072, "tie_word_embeddings": true})",
     "phi-4-mini"},
    {"Phi3Small",
     R"({"model_type": "phi3small", "hidden_act": "gegelu", "hidden_size": 4096,
        "ff_intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
        "num_key_value_heads": 8, "dense_attention_every_n_layers": 2, "attention_bias": false,
        "vocab_size": 100352, "max_position_embeddings": 8192})",
     "phi-3-small"},
    {"PhiMoe",
     R"({"model_type": "phimoe", "hidden_size": 4096, "intermediate_size": 6400,
        "num_local_experts": 16, "num_experts_per_tok": 2, "num_hidden_layers": 32,
        "num_attention_heads": 32, "num_key_value_heads": 8, "attention_bias": true,
        "lm_head_bias": true, "sliding_window": 131072, "vocab_size": 32064,
        "max_position_embeddings": 131072})",
     "phi-3.5-moe"},
};
INSTANTIATE_TEST_SUITE_P(Phis, ImportedAsThePreset, testing::ValuesIn(kPhis), name_of);

constexpr Known kOfTheFirstYears[] = {
    {"Gpt2",
     R"({"model_type": "gpt2", "activation_function": "gelu_new", "n_embd": 1600, "n_head": 25,
        "n_layer": 48, "n_positions": 1024, "n_ctx": 1024, "n_inner": null, "vocab_size": 50257})",
     "gpt2-xl"},
    {"GptJ",
     R"({"model_type": "gptj", "n_embd": 4096, "n_head": 16, "n_layer": 28, "n_positions": 2048,
        "n_inner": null, "rotary_dim": 64, "tie_word_embeddings": false, "vocab_size": 50400})",
     "gpt-j-6b"},
    {"GptNeoX",
     R"({"model_type": "gpt_neox", "hidden_act": "gelu_fast", "hidden_size": 6144,
        "intermediate_size": 24576, "num_hidden_layers": 44, "num_attention_heads": 64,
        "use_parallel_residual": true, "tie_word_embeddings": false, "vocab_size": 50432,
        "max_position_embeddings": 2048})",
     "gpt-neox-20b"},
    {"Opt",
     R"({"model_type": "opt", "activation_function": "relu", "hidden_size": 9216, "ffn_dim": 36864,
        "num_hidden_layers": 64, "num_attention_heads": 72, "word_embed_proj_dim": 9216,
        "vocab_size": 50272, "max_position_embeddings": 2048})",
     "opt-66b"},
    {"Bloom",
     R"({"model_type": "bloom", "hidden_size": 14336, "n_head": 112, "n_layer": 70, "seq_length": 2048,
        "vocab_size": 250880})",
     "bloom-176b"},
    {"FalconWithOneKeyValueHead",
     R"({"model_type": "falcon", "hidden_size": 4544, "num_attention_heads": 71, "num_kv_heads": 71,
        "num_hidden_layers": 32, "multi_query": true, "new_decoder_architecture": false,
        "parallel_attn": true, "alibi": false, "bias": false, "vocab_size": 65024})",
     "falcon-7b"},
    {"FalconOfTheNewArchitecture",
     R"({"model_type": "falcon", "hidden_size": 8192, "num_attention_heads": 128, "num_kv_heads": 8,
        "num_hidden_layers": 60, "new_decoder_architecture": true, "parallel_attn": true,
        "vocab_size": 65024})",
     "falcon-40b"},
    {"FalconUnderItsFirstName",
     R"({"model_type": "RefinedWeb", "hidden_size": 8192, "n_head": 128, "n_head_kv": 8, "n_layer": 60,
        "new_decoder_architecture": true, "vocab_size": 65024})",
     "falcon-40b"},
    {"Nemotron4",
     R"({"model_type": "nemotron", "hidden_act": "relu2", "hidden_size": 18432,
        "intermediate_size": 73728, "num_hidden_layers": 96, "num_attention_heads": 96,
        "num_key_value_heads": 8, "partial_rotary_factor": 0.5, "vocab_size": 256000,
        "max_position_embeddings": 4096})",
     "nemotron-4-340b"},
};
INSTANTIATE_TEST_SUITE_P(OfTheFirstYears, ImportedAsThePreset, testing::ValuesIn(kOfTheFirstYears), name_of);

constexpr Known kOthers[] = {
    {"GptOss",
     R"({"model_type": "gpt_oss", "hidden_size": 2880, "intermediate_size": 2880, "head_dim": 64,
        "num_local_experts": 32, "num_experts_per_tok": 4, "experts_per_token": 4,
        "num_hidden_layers": 24, "num_attention_heads": 64, "num_key_value_heads": 8,
        "attention_bias": true, "sliding_window": 128, "layer_types": ["sliding_attention",
        "full_attention", "sliding_attention", "full_attention", "sliding_attention", "full_attention",
        "sliding_attention", "full_attention", "sliding_attention", "full_attention",
        "sliding_attention", "full_attention", "sliding_attention", "full_attention",
        "sliding_attention", "full_attention", "sliding_attention", "full_attention",
        "sliding_attention", "full_attention", "sliding_attention", "full_attention",
        "sliding_attention", "full_attention"], "tie_word_embeddings": false, "vocab_size": 201088,
        "max_position_embeddings": 131072})",
     "gpt-oss-20b"},
    {"GptOssWithDefaults",
     R"({"model_type": "gpt_oss", "hidden_size": 2880, "intermediate_size": 2880, "head_dim": 64,
        "num_local_experts": 128, "num_experts_per_tok": 4, "num_hidden_layers": 36,
        "num_attention_heads": 64, "num_key_value_heads": 8, "vocab_size": 201088,
        "max_position_embeddings": 131072})",
     "gpt-oss-120b"},
    {"CommandR",
     R"({"model_type": "cohere", "hidden_size": 8192, "intermediate_size": 22528,
        "num_hidden_layers": 40, "num_attention_heads": 64, "num_key_value_heads": 64,
        "use_qk_norm": false, "vocab_size": 256000, "max_position_embeddings": 131072})",
     "command-r-35b"},
    {"CommandRPlus",
     R"({"model_type": "cohere", "hidden_size": 12288, "intermediate_size": 33792,
        "num_hidden_layers": 64, "num_attention_heads": 96, "num_key_value_heads": 8,
        "use_qk_norm": true, "vocab_size": 256000, "max_position_embeddings": 131072})",
     "command-r-plus-104b"},
    {"Dbrx",
     R"({"model_type": "dbrx", "d_model": 6144, "n_heads": 48, "n_layers": 40, "max_seq_len": 32768,
        "attn_config": {"kv_n_heads": 8, "clip_qkv": 8}, "ffn_config": {"ffn_hidden_size": 10752,
        "moe_num_experts": 16, "moe_top_k": 4}, "tie_word_embeddings": false, "vocab_size": 100352})",
     "dbrx"},
    {"Jamba",
     R"({"model_type": "jamba", "hidden_size": 4096, "intermediate_size": 14336, "num_experts": 16,
        "num_experts_per_tok": 2, "expert_layer_period": 2, "expert_layer_offset": 1,
        "attn_layer_period": 8, "attn_layer_offset": 4, "mamba_d_state": 16, "mamba_d_conv": 4,
        "mamba_expand": 2, "mamba_dt_rank": 256, "num_hidden_layers": 32, "num_attention_heads": 32,
        "num_key_value_heads": 8, "vocab_size": 65536, "max_position_embeddings": 262144})",
     "jamba-v0.1"},
    {"MiniMaxText01",
     R"({"model_type": "minimax_text_01", "hidden_size": 6144, "intermediate_size": 9216,
        "head_dim": 128, "num_local_experts": 32, "num_experts_per_tok": 2,
        "shared_intermediate_size": 0, "attn_type_list": [0,0,0,0,0,0,0,1, 0,0,0,0,0,0,0,1,
        0,0,0,0,0,0,0,1, 0,0,0,0,0,0,0,1, 0,0,0,0,0,0,0,1, 0,0,0,0,0,0,0,1, 0,0,0,0,0,0,0,1,
        0,0,0,0,0,0,0,1, 0,0,0,0,0,0,0,1, 0,0,0,0,0,0,0,1], "num_hidden_layers": 80,
        "num_attention_heads": 64, "num_key_value_heads": 8, "tie_word_embeddings": false,
        "vocab_size": 200064, "max_position_embeddings": 10240000})",
     "minimax-text-01"},
    {"MiniMaxM2",
     R"({"model_type": "minimax_m2", "hidden_size": 3072, "intermediate_size": 1536, "head_dim": 128,
        "num_local_experts": 256, "num_experts_per_tok": 8, "use_qk_norm": true,
        "qk_norm_type": "per_layer", "use_routing_bias": true, "num_mtp_modules": 3,
        "num_hidden_layers": 62, "num_attention_heads": 48, "num_key_value_heads": 8,
        "shared_intermediate_size": 0, "vocab_size": 200064, "max_position_embeddings": 196608})",
     "minimax-m2"},
    {"Grok1",
     R"({"model_type": "grok-1", "architectures": ["Grok1ModelForCausalLM"], "hidden_size": 6144,
        "intermediate_size": 32768, "num_experts": 8, "num_experts_per_tok": 2, "num_hidden_layers": 64,
        "num_attention_heads": 48, "num_key_value_heads": 8, "vocab_size": 131072,
        "max_position_embeddings": 8192})",
     "grok-1"},
};
INSTANTIATE_TEST_SUITE_P(Others, ImportedAsThePreset, testing::ValuesIn(kOthers), name_of);

// Models without a preset: counts as published with the weights. LLaVA 1.5 is Llama 2 with 64 more tokens.
struct Published {
  const char* name;
  const char* json;
  double total;
};

std::ostream& operator<<(std::ostream& out, const Published& p) { return out << p.name; }

class ImportedWithThePublishedCount : public testing::TestWithParam<Published> {};

TEST_P(ImportedWithThePublishedCount, Exactly) {
  EXPECT_EQ(model::total_parameters(imported(GetParam().json)).total, GetParam().total);
}

constexpr Published kPublished[] = {
    {"Mpt7B",
     R"({"model_type": "mpt", "d_model": 4096, "n_heads": 32, "n_layers": 32, "expansion_ratio": 4,
        "max_seq_len": 2048, "attn_config": {"attn_type": "multihead_attention", "alibi": true},
        "no_bias": true, "vocab_size": 50432})",
     6649286656},
    {"StarCoder2",
     R"({"model_type": "starcoder2", "hidden_act": "gelu_pytorch_tanh", "hidden_size": 3072,
        "intermediate_size": 12288, "num_hidden_layers": 30, "num_attention_heads": 24,
        "num_key_value_heads": 2, "sliding_window": 4096, "use_bias": true, "vocab_size": 49152,
        "max_position_embeddings": 16384})",
     3030371328},
    {"ChatGlm3",
     R"({"model_type": "chatglm", "hidden_size": 4096, "ffn_hidden_size": 13696, "num_layers": 28,
        "num_attention_heads": 32, "kv_channels": 128, "multi_query_attention": true,
        "multi_query_group_num": 2, "add_bias_linear": false, "add_qkv_bias": true,
        "padded_vocab_size": 65024, "vocab_size": 65024, "seq_length": 8192})",
     6243584000},
    {"Glm4OfRemoteCode",
     R"({"model_type": "chatglm", "hidden_size": 4096, "ffn_hidden_size": 13696, "num_layers": 40,
        "num_attention_heads": 32, "kv_channels": 128, "multi_query_attention": true,
        "multi_query_group_num": 2, "add_bias_linear": false, "add_qkv_bias": true,
        "padded_vocab_size": 151552, "vocab_size": 151329, "seq_length": 131072})",
     9399951360},
    {"Glm4",
     R"({"model_type": "glm", "hidden_size": 4096, "intermediate_size": 13696, "num_hidden_layers": 40,
        "num_attention_heads": 32, "num_key_value_heads": 2, "head_dim": 128, "attention_bias": true,
        "tie_word_embeddings": false, "vocab_size": 151552, "max_position_embeddings": 131072})",
     9399951360},
    {"Glm4WithFourNorms",
     R"({"model_type": "glm4", "hidden_size": 4096, "intermediate_size": 13696, "num_hidden_layers": 40,
        "num_attention_heads": 32, "num_key_value_heads": 2, "head_dim": 128, "attention_bias": true,
        "tie_word_embeddings": false, "vocab_size": 151552, "max_position_embeddings": 32768})",
     9400279040},
    {"StableLm2",
     R"({"model_type": "stablelm", "hidden_size": 2048, "intermediate_size": 5632,
        "num_hidden_layers": 24, "num_attention_heads": 32, "num_key_value_heads": 32,
        "use_qkv_bias": true, "tie_word_embeddings": false, "vocab_size": 100352,
        "max_position_embeddings": 4096})",
     1644515328},
    {"Olmoe",
     R"({"model_type": "olmoe", "hidden_size": 2048, "intermediate_size": 1024, "num_experts": 64,
        "num_experts_per_tok": 8, "num_hidden_layers": 16, "num_attention_heads": 16,
        "num_key_value_heads": 16, "tie_word_embeddings": false, "vocab_size": 50304,
        "max_position_embeddings": 4096})",
     6919161856},
    {"Llava15WithoutSizes",
     R"({"model_type": "llava", "text_config": {"model_type": "llama", "max_position_embeddings": 4096,
        "vocab_size": 32064}, "vision_config": {"hidden_size": 1024}})",
     6738415616 + 64 * 2 * 4096.0},
};
INSTANTIATE_TEST_SUITE_P(Published, ImportedWithThePublishedCount, testing::ValuesIn(kPublished),
                         [](const auto& info) { return info.param.name; });

// A model of a class that we do not know, or know, with whatever else a test is about.
std::string small(const std::string& more) {
  return R"({"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 12,
             "num_attention_heads": 16, "vocab_size": 32000, "max_position_embeddings": 8192, )" +
         more + "}";
}

TEST(HfConfig, AnUnknownClassIsReadAsLlama) {
  const spec::Model m = imported(small(R"("model_type": "newcomer", "num_key_value_heads": 4, "hidden_act": "silu",
                                          "tie_word_embeddings": false, "unheard_of": {"a": [1, "b"]})"));
  EXPECT_TRUE(m.gated_mlp);
  EXPECT_FALSE(m.tie_word_embeddings);
  EXPECT_EQ(m.num_key_value_heads, 4);
  EXPECT_EQ(m.head_dim, 64);
  EXPECT_EQ(m.norm, spec::Norm::kRmsNorm);
  EXPECT_EQ(m.family, "newcomer");
}

TEST(HfConfig, AnUnknownClassTiesWhereTheFileIsSilent) {
  EXPECT_TRUE(imported(small(R"("model_type": "newcomer")")).tie_word_embeddings);
  EXPECT_FALSE(imported(small(R"("model_type": "llama")")).tie_word_embeddings);
  EXPECT_TRUE(imported(small(R"("model_type": "gemma")")).tie_word_embeddings);
}

TEST(HfConfig, TheActivationOfAnUnknownClassSaysWhetherItIsGated) {
  EXPECT_FALSE(imported(small(R"("model_type": "newcomer", "activation_function": "gelu_new")")).gated_mlp);
  EXPECT_FALSE(imported(small(R"("model_type": "newcomer", "hidden_act": "relu2")")).gated_mlp);
  EXPECT_TRUE(imported(small(R"("model_type": "newcomer", "hidden_act": "swish")")).gated_mlp);
  EXPECT_TRUE(imported(small(R"("model_type": "newcomer", "hidden_act": "gelu_pytorch_tanh")")).gated_mlp);
}

TEST(HfConfig, TheArchitectureNamesTheClassOfAnUnknownType) {
  const spec::Model m = imported(small(R"("model_type": "renamed", "architectures": ["Qwen3ForCausalLM"])"));
  EXPECT_EQ(m.qk_norm, spec::QkNorm::kPerHead);
  EXPECT_FALSE(m.tie_word_embeddings);
}

TEST(HfConfig, TheRepositoryNamesTheModelAndAFolderDoesNot) {
  EXPECT_EQ(imported(small(R"("_name_or_path": "org/Model-1B")")).hf_id, "org/Model-1B");
  EXPECT_EQ(imported(small(R"("_name_or_path": "org/Model-1B")")).name, "Model-1B");
  EXPECT_EQ(imported(small(R"("_name_or_path": "/scratch/run")")).hf_id, "");
  EXPECT_EQ(imported(small(R"("_name_or_path": "a/b/c")")).hf_id, "");
}

TEST(HfConfig, ModelsThatSeeKeepTheLanguageModelInside) {
  for (const char* place : {"text_config", "llm_config", "language_config"}) {
    const spec::Model m = imported(std::string(R"({"model_type": "sees", "tie_word_embeddings": true, ")") + place +
                                   "\": " + small(R"("model_type": "qwen2")") + "}");
    EXPECT_EQ(m.hidden_size, 1024) << place;
    EXPECT_EQ(m.attention_bias, spec::AttentionBias::kQkv) << place;
    EXPECT_TRUE(m.tie_word_embeddings) << place;
  }
}

TEST(HfConfig, WindowsFollowTheLayerTypes) {
  const auto windowed = [](const char* types) {
    return imported(small(std::string(R"("model_type": "newcomer", "sliding_window": 512, "layer_types": )") + types));
  };
  EXPECT_EQ(windowed(R"(["sliding_attention", "sliding_attention", "full_attention"])").sliding_window_pattern, 3);
  EXPECT_EQ(windowed(R"(["sliding_attention", "sliding_attention"])").sliding_window_pattern, 0);
  EXPECT_EQ(windowed(R"(["sliding_attention", "sliding_attention"])").sliding_window, 512);
  EXPECT_EQ(windowed(R"(["full_attention", "full_attention"])").sliding_window, 0);
  EXPECT_EQ(windowed(R"(["full_attention", "sliding_attention"])").sliding_window_pattern, 2);
}

TEST(HfConfig, AskedForWindowsOfQwenBeginBehindTheFullLayers) {
  const spec::Model m = imported(small(R"("model_type": "qwen2", "use_sliding_window": true, "sliding_window": 4096,
                                          "max_window_layers": 6)"));
  EXPECT_EQ(m.sliding_window, 4096);
  EXPECT_EQ(m.sliding_window_pattern, 2);
}

TEST(HfConfig, AWindowOfMinusOneIsNone) {
  EXPECT_EQ(imported(small(R"("model_type": "mistral", "sliding_window": -1)")).sliding_window, 0);
}

// Dense, mixture-of-experts, ... layers of the first twelve.
std::string experts_of(const std::string& where) {
  const spec::Model m = imported(small(
      R"("model_type": "newcomer", "num_experts": 8, "num_experts_per_tok": 2,
         "moe_intermediate_size": 512, )" +
      where));
  std::string layers;
  for (int i = 0; i < m.num_hidden_layers; ++i) layers += model::layers_between(m, i, i + 1).moe > 0 ? 'E' : '-';
  return layers;
}

TEST(HfConfig, EveryWayToSayWhichLayersHaveExperts) {
  EXPECT_EQ(experts_of(R"("moe_layer_freq": 1)"), "EEEEEEEEEEEE");
  EXPECT_EQ(experts_of(R"("first_k_dense_replace": 3)"), "---EEEEEEEEE");
  EXPECT_EQ(experts_of(R"("first_k_dense_replace": 12)"), "------------");
  EXPECT_EQ(experts_of(R"("moe_layer_freq": 2, "first_k_dense_replace": 1)"), "--E-E-E-E-E-");
  EXPECT_EQ(experts_of(R"("moe_layer_freq": [0,0,1,1,1,1,1,1,1,1,1,1])"), "--EEEEEEEEEE");
  EXPECT_EQ(experts_of(R"("decoder_sparse_step": 2)"), "-E-E-E-E-E-E");
  EXPECT_EQ(experts_of(R"("mlp_only_layers": [0])"), "-EEEEEEEEEEE");
  EXPECT_EQ(experts_of(R"("interleave_moe_layer_step": 3)"), "--E--E--E--E");
  EXPECT_EQ(experts_of(R"("moe_layers": [1, 3, 5, 7, 9, 11])"), "-E-E-E-E-E-E");
  EXPECT_EQ(experts_of(R"("moe_layers": [11])"), "-----------E");
  EXPECT_EQ(experts_of(R"("expert_layer_period": 4, "expert_layer_offset": 1)"), "-E---E---E--");
  EXPECT_EQ(experts_of(R"("mlp_layer_types": ["dense", "sparse", "sparse", "sparse", "sparse", "sparse", "sparse",
                          "sparse", "sparse", "sparse", "sparse", "sparse"])"),
            "-EEEEEEEEEEE");
}

TEST(HfConfig, MiMoListsItsWindows) {
  const spec::Model m = imported(small(R"("model_type": "mimo_v2_flash", "sliding_window": 128,
                                          "hybrid_layer_pattern": [0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1])"));
  EXPECT_EQ(m.sliding_window, 128);
  EXPECT_EQ(m.sliding_window_pattern, 3);
}

TEST(HfConfig, Grok2AddsADenseMlpToItsExperts) {
  const spec::Model m = imported(R"({"architectures": ["Grok1ForCausalLM"], "hidden_size": 8192,
      "intermediate_size": 32768, "moe_intermediate_size": 16384, "num_local_experts": 8,
      "num_experts_per_tok": 2, "num_hidden_layers": 64, "num_attention_heads": 64,
      "num_key_value_heads": 8, "residual_moe": true, "tie_word_embeddings": false, "vocab_size": 131072})");
  EXPECT_EQ(m.shared_expert_intermediate_size, 32768);
  EXPECT_NEAR(model::total_parameters(m).total, 269.5e9, 0.1e9);
}

TEST(HfConfig, OneExpertIsADenseModel) {
  const spec::Model m = imported(small(R"("model_type": "jamba", "num_experts": 1, "num_experts_per_tok": 1)"));
  EXPECT_EQ(m.num_experts, 0);
  EXPECT_EQ(m.intermediate_size, 4096);
}

TEST(HfConfig, ReadsAnEarlyFalcon) {
  const spec::Model m = imported(small(R"("model_type": "falcon", "multi_query": false, "parallel_attn": false,
                                          "alibi": true, "bias": true)"));
  EXPECT_EQ(m.num_key_value_heads, 16);
  EXPECT_EQ(m.norms_per_layer, 2);
  EXPECT_EQ(m.position, spec::Position::kAlibi);
  EXPECT_EQ(m.attention_bias, spec::AttentionBias::kAll);
}

TEST(WeightPrecision, IsWhatTheFileSaysOfQuantisation) {
  const auto precision = [](const std::string& q) {
    return weight_precision(read(small(R"("model_type": "llama", "quantization_config": )" + q)));
  };
  EXPECT_EQ(precision(R"({"quant_method": "fp8", "weight_block_size": [128, 128]})"), "fp8");
  EXPECT_EQ(precision(R"({"quant_method": "fbgemm_fp8"})"), "fp8");
  EXPECT_EQ(precision(R"({"quant_method": "awq", "bits": 4, "group_size": 128})"), "int4");
  EXPECT_EQ(precision(R"({"quant_method": "gptq", "bits": 4})"), "int4");
  EXPECT_EQ(precision(R"({"quant_method": "gptq", "bits": 8})"), "int8");
  EXPECT_EQ(precision(R"({"quant_method": "mxfp4", "modules_to_not_convert": ["lm_head"]})"), "mxfp4");
  EXPECT_EQ(precision(R"({"quant_method": "bitsandbytes", "load_in_4bit": true})"), "int4");
  EXPECT_EQ(precision(R"({"quant_method": "bitsandbytes", "load_in_8bit": true})"), "int8");
  EXPECT_EQ(precision(R"({"quant_method": "modelopt", "quant_algo": "NVFP4"})"), "nvfp4");
  EXPECT_EQ(precision(R"({"quant_method": "modelopt", "quant_algo": "FP8"})"), "fp8");
  EXPECT_EQ(precision(R"({"quant_method": "quanto", "weights": "int8"})"), "int8");
  EXPECT_EQ(precision(R"({"quant_method": "compressed-tensors", "format": "nvfp4-pack-quantized"})"), "nvfp4");
  EXPECT_EQ(precision(R"({"quant_method": "compressed-tensors", "format": "pack-quantized", "config_groups":
                          {"group_0": {"weights": {"num_bits": 4, "type": "int"}, "targets": ["Linear"]}}})"),
            "int4");
  EXPECT_EQ(precision(R"({"quant_method": "compressed-tensors", "format": "float-quantized", "config_groups":
                          {"group_0": {"weights": {"num_bits": 8, "type": "float"}}}})"),
            "fp8");
  EXPECT_EQ(precision(R"({"quant_method": "unheard-of"})"), "");
  EXPECT_EQ(precision("null"), "");
  EXPECT_EQ(weight_precision(read(R"({"text_config": {"quantization_config": {"quant_method": "fp8"}}})")), "fp8");
}

TEST(NotAModel, NothingTokenizersAndDiffusion) {
  EXPECT_THAT(problems("{}"), ElementsAre(AllOf(is_at("/model"), says("not a transformer's configuration"))));
  EXPECT_THAT(problems(R"({"tokenizer_class": "LlamaTokenizer", "model_max_length": 1e30, "bos_token": "<s>"})"),
              ElementsAre(AllOf(is_at("/model"), says("configures a tokenizer ('LlamaTokenizer')"))));
  EXPECT_THAT(problems(R"({"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.6.0",
                           "attention_head_dim": 8, "block_out_channels": [320, 640]})"),
              ElementsAre(AllOf(is_at("/model"), says("diffusion pipeline ('UNet2DConditionModel')"))));
  EXPECT_THAT(problems(R"({"peft_type": "LORA", "r": 16})"), ElementsAre(is_at("/model")));
}

TEST(NotAModel, EncodersAndLayersThatAreNotModelled) {
  EXPECT_THAT(problems(small(R"("model_type": "bert")")),
              ElementsAre(AllOf(is_at("/model/model_type"), says("'bert' is an encoder"))));
  EXPECT_THAT(problems(small(R"("model_type": "t5", "is_encoder_decoder": true)")),
              ElementsAre(is_at("/model/is_encoder_decoder")));
  EXPECT_THAT(problems(small(R"("model_type": "renamed", "architectures": ["BertForMaskedLM"])")),
              ElementsAre(AllOf(is_at("/model/model_type"), says("'renamed' is an encoder"))));
  EXPECT_THAT(problems(R"({"model_type": "sees", "text_config": {"model_type": "gemma3n_text", "n_embd": 2048}})"),
              ElementsAre(AllOf(is_at("/model/text_config/model_type"), says("layers of different shapes"))));
  EXPECT_THAT(problems(small(R"("model_type": "nemotron_h")")), ElementsAre(says("state-space or linear-attention")));
  EXPECT_THAT(problems(small(R"("model_type": "newcomer", "layer_types": ["full_attention", "linear_attention"])")),
              ElementsAre(AllOf(is_at("/model/layer_types"), says("'linear_attention' are not modelled"))));
  EXPECT_THAT(problems(small(R"("model_type": "minimax")")), ElementsAre(is_at("/model/attn_type_list")));
}

TEST(NotAModel, MissingSizesAreNamedTogether) {
  EXPECT_THAT(
      problems(R"({"model_type": "llama"})"),
      ElementsAre(is_at("/model/hidden_size"), is_at("/model/num_hidden_layers"), is_at("/model/num_attention_heads"),
                  is_at("/model/vocab_size"), is_at("/model/intermediate_size")));
  EXPECT_EQ(problems(R"({"model_type": "llama", "intermediate_size": 4096, "num_hidden_layers": 12,
                         "num_attention_heads": 16, "vocab_size": 32000})"),
            (Diagnostics{{"/model/hidden_size", "'hidden_size' is missing.",
                          "Width of the residual stream, also called n_embd or d_model: 1 or more."}}));
  EXPECT_THAT(problems(R"({"model_type": "sees", "text_config": {"model_type": "newcomer", "hidden_size": 1024,
                           "intermediate_size": 4096, "num_attention_heads": 16, "vocab_size": 32000}})"),
              ElementsAre(is_at("/model/text_config/num_hidden_layers")));
  EXPECT_THAT(problems(R"({"model_type": "gpt2", "n_embd": 1024, "n_layer": 12, "n_head": 16, "vocab_size": 50257})"),
              ElementsAre(is_at("/model/max_position_embeddings")));
}

TEST(NotAModel, AbsurdNumbersSayWhatIsLegal) {
  EXPECT_EQ(problems(R"({"hidden_size": -4096})"),
            (Diagnostics{{"/model/hidden_size", "'hidden_size' must be a number from 1 to 10000000, got -4096.",
                          "Width of the residual stream."}}));
  EXPECT_THAT(problems(R"({"num_hidden_layers": 1000000000000})"),
              ElementsAre(AllOf(is_at("/model/num_hidden_layers"), says("from 1 to 10000"))));
  EXPECT_THAT(problems(R"({"hidden_size": "big"})"),
              ElementsAre(AllOf(is_at("/model/hidden_size"), says("Expected a whole number, got \"big\""))));
  EXPECT_THAT(problems(R"({"text_config": {"n_layer": true}})"), ElementsAre(is_at("/model/text_config/n_layer")));
  EXPECT_THAT(problems(R"([1, 2])"), ElementsAre(is_at("/model")));
}

TEST(NotAModel, SizesThatDoNotFitTogether) {
  EXPECT_EQ(
      problems(R"({"model_type": "llama", "hidden_size": 1000, "num_attention_heads": 16,
                         "intermediate_size": 4096, "num_hidden_layers": 12, "vocab_size": 32000})"),
      (Diagnostics{{"/model/hidden_size",
                    "'hidden_size' 1000 is not a multiple of 'num_attention_heads' 16, and there is no 'head_dim'.",
                    "Give head_dim, or a multiple such as 1008."}}));
  EXPECT_THAT(problems(small(R"("num_key_value_heads": 5)")),
              ElementsAre(AllOf(is_at("/model/num_key_value_heads"), says("5 does not divide"))));
  EXPECT_THAT(problems(small(R"("num_experts": 4, "num_experts_per_tok": 8)")),
              ElementsAre(AllOf(is_at("/model/num_experts_per_tok"), says("cannot visit 8 of 4 experts"))));
  EXPECT_THAT(problems(small(R"("num_experts": 4)")), ElementsAre(is_at("/model/num_experts_per_tok")));
  EXPECT_THAT(problems(small(R"("kv_lora_rank": 512)")), ElementsAre(is_at("/model/kv_lora_rank")));
  EXPECT_THAT(problems(small(R"("num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 1000000,
                                "n_shared_experts": 100)")),
              ElementsAre(says("wider than 10000000")));
  EXPECT_THAT(problems(small(R"("num_experts": 4, "num_experts_per_tok": 2, "moe_layers": [1, 2, 7])")),
              ElementsAre(says("follow no period")));
}

}  // namespace
}  // namespace shardplan::catalog
