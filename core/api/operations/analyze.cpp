// A model without a cluster: parameters, FLOPs, keys and values.
#include "api/fields.h"
#include "api/registry.h"
#include "base/text.h"
#include "model/parameters.h"

namespace shardplan::api {

struct AnalyzeRequest {
  ModelChoice model;
  std::optional<int> seq_length;
  std::optional<int> batch_size;
};

struct LayerSummary {
  double attention = 0, dense_mlp = 0, shared_experts = 0, router = 0, one_expert = 0;
};

struct AnalyzeResponse {
  spec::Model model;
  std::string model_type;
  std::string attention_type;
  double parameters_total = 0, parameters_active = 0, parameters_embedding_and_head = 0;
  int dense_layers = 0, moe_layers = 0;
  LayerSummary layer;
  double flops_per_token = 0;
  double attention_flops_share = 0;
  double flops_per_step = 0;
  double kv_bytes_per_token = 0;
  double weights_bf16_gb = 0;
  double training_state_gb = 0;
  int seq_length = 0;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

std::string attention_type(const spec::Model& m) {
  if (model::is_mla(m)) return "multi_head_latent";
  if (m.num_key_value_heads == m.num_attention_heads) return "multi_head";
  return m.num_key_value_heads == 1 ? "multi_query" : "grouped_query";
}

std::string model_type(const spec::Model& m) {
  if (model::is_hybrid(m)) return "hybrid";
  if (!model::is_moe(m)) return "dense";
  return model::all_layers(m).dense > 0 ? "moe_with_dense_layers" : "moe";
}

Result<AnalyzeResponse> analyze(const AnalyzeRequest& request) {
  AnalyzeResponse r;
  auto resolved = resolve_model(presets(), request.model, r.assumptions);
  if (!resolved) return tl::unexpected<Diagnostics>(resolved.error());
  r.model = *std::move(resolved);
  const spec::Model& m = r.model;
  constexpr double kGb = 1e9, kTrainingBytes = 18;  // bf16 weights, fp32 gradients, master copy and two moments
  const model::ParameterTotals totals = model::total_parameters(m);
  const model::LayerParameters layer = model::layer_parameters(m, 1, 1, 1);
  const model::LayerCount layers = model::all_layers(m);
  r.model_type = model_type(m);
  r.attention_type = attention_type(m);
  r.parameters_total = totals.total;
  r.parameters_active = totals.active;
  r.parameters_embedding_and_head = totals.embedding_and_head;
  r.dense_layers = layers.dense;
  r.moe_layers = layers.moe;
  r.layer = {layer.attention, layer.dense_mlp, layer.shared_experts, layer.router,
             m.num_experts > 0 ? layer.experts / m.num_experts : 0};
  r.seq_length =
      request.seq_length.value_or(m.max_position_embeddings > 0 ? std::min(8192, m.max_position_embeddings) : 8192);
  if (!request.seq_length) r.assumptions.push_back("Sequence: " + std::to_string(r.seq_length) + " tokens.");
  r.flops_per_token = model::flops_per_token(m, r.seq_length);
  r.attention_flops_share = 1 - model::flops_per_token(m, 0) / r.flops_per_token;
  r.flops_per_step = r.flops_per_token * r.seq_length * request.batch_size.value_or(1);
  if (!request.batch_size) r.assumptions.push_back("Batch: 1 sequence.");
  r.kv_bytes_per_token = model::kv_bytes_per_token(m);
  r.weights_bf16_gb = 2 * totals.total / kGb;
  r.training_state_gb = kTrainingBytes * totals.total / kGb;
  if (!m.published.difference.empty()) r.warnings.push_back("Published count differs: " + m.published.difference + ".");
  if (m.mixer != spec::Mixer::kAttention)
    r.warnings.push_back("FLOPs and keys and values count attention as full; this model has layers of another kind.");
  return r;
}

}  // namespace

Operation analyze_operation() {
  return make_operation<&analyze>("analyze", "Parameters, FLOPs and memory of a model, without a cluster.",
                                  R"({"model": "deepseek-v3", "seq_length": 4096})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::AnalyzeRequest, "analyze_request");
SHARDPLAN_DESCRIBE(api::LayerSummary, "layer_parameters");
SHARDPLAN_DESCRIBE(api::AnalyzeResponse, "analyze_response");

Fields Describe<api::AnalyzeRequest>::fields() {
  using R = api::AnalyzeRequest;
  static constexpr Field table[] = {
      field<&R::model>("model", "A preset's name or alias, or a Hugging Face config.json.").required(),
      field<&R::seq_length>("seq_length", "Tokens of a sequence.").alias("seq").range(1, 100000000),
      field<&R::batch_size>("batch_size", "Sequences, for flops_per_step.").range(1, 100000000),
  };
  return table;
}

Fields Describe<api::LayerSummary>::fields() {
  using L = api::LayerSummary;
  static constexpr Field table[] = {
      field<&L::attention>("attention"),
      field<&L::dense_mlp>("dense_mlp").omit_default(),
      field<&L::shared_experts>("shared_experts").omit_default(),
      field<&L::router>("router").omit_default(),
      field<&L::one_expert>("one_expert").omit_default(),
  };
  return table;
}

Fields Describe<api::AnalyzeResponse>::fields() {
  using R = api::AnalyzeResponse;
  static constexpr Field table[] = {
      field<&R::model>("model", "As a preset states it."),
      field<&R::model_type>("model_type", "dense, moe, moe_with_dense_layers or hybrid."),
      field<&R::attention_type>("attention_type", "multi_head, grouped_query, multi_query or multi_head_latent."),
      field<&R::parameters_total>("parameters_total"),
      field<&R::parameters_active>("parameters_active", "Those that one token meets."),
      field<&R::parameters_embedding_and_head>("parameters_embedding_and_head"),
      field<&R::dense_layers>("dense_layers"),
      field<&R::moe_layers>("moe_layers"),
      field<&R::layer>("parameters_of_a_layer", "Matrices only."),
      field<&R::seq_length>("seq_length"),
      field<&R::flops_per_token>("flops_per_token", "Forward and backward, causal attention."),
      field<&R::attention_flops_share>("attention_flops_share", "Share of attention's quadratic part."),
      field<&R::flops_per_step>("flops_per_step", "For batch_size sequences."),
      field<&R::kv_bytes_per_token>("kv_bytes_per_token", "Keys and values in bf16, all layers."),
      field<&R::weights_bf16_gb>("weights_bf16_gb", "10^9 bytes."),
      field<&R::training_state_gb>("training_state_gb",
                                   "18 bytes a parameter: bf16 weights, fp32 gradients, AdamW in fp32."),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
