// How to start vLLM for a model and a load, and what to expect of it.
#include "api/job.h"
#include "api/registry.h"
#include "api/serving_fields.h"
#include "api/serving_search.h"
#include "base/text.h"
#include "emit/serving.h"

namespace shardplan::api {

struct VllmRequest {
  ServingQuestion question;
  ServingDegrees degrees;
  search::serving::Objective objective = search::serving::Objective::kThroughput;
  std::optional<int> max_model_len;
  int port = 8000;
  int top = 5;
};

// What the options say, by vLLM's names.
struct VllmSettings {
  int tensor_parallel_size = 1, pipeline_parallel_size = 1, data_parallel_size = 1;
  bool enable_expert_parallel = false;
  int copies = 1;
  int max_model_len = 0, max_num_seqs = 0, max_num_batched_tokens = 0;
  double gpu_memory_utilization = 0;
  std::string quantization, kv_cache_dtype;
  bool enable_prefix_caching = false;
};

struct VllmLimit {
  std::string limit;
  double asked = 0, expected = 0;
  bool kept = false;
};

struct VllmResponse {
  std::optional<VllmSettings> settings;
  std::vector<emit::Artefact> artefacts;
  std::vector<VllmLimit> limits;
  ServingAnswer answer;
};

namespace {

constexpr const char* kEngine = "vllm";
constexpr int kMostTokens = 1 << 30;

// vLLM quantises 16-bit checkpoints to fp8 while it loads them; any other format is the checkpoint's.
std::string quantization_of(const spec::Model& m, const ServingPlan& plan) {
  const bool wide = precision_for(m, published_format(m), plan.strategy.kv_cache).experts == spec::WeightFormat::kBf16;
  return wide && plan.strategy.precision == spec::WeightFormat::kFp8 ? "fp8" : "";
}

VllmSettings settings_of(const VllmRequest& request, const ResolvedServing& q, const ServingPlan& plan) {
  const ServingStrategyFields& s = plan.strategy;
  const spec::RequestShape& shape = q.goal.shape;
  VllmSettings v;
  v.tensor_parallel_size = s.tp;
  v.pipeline_parallel_size = s.pp;
  const bool has_experts = q.problem.model.num_experts > 0;
  // Engines without experts share nothing: replicas of a dense model stand behind one address.
  v.data_parallel_size = has_experts ? s.dp : s.replicas;
  v.copies = has_experts ? s.replicas : 1;
  v.enable_expert_parallel = s.ep > 1;
  v.max_model_len = request.max_model_len.value_or(
      static_cast<int>(std::min<double>(shape.input_tokens + shape.output_tokens, kMostTokens)));
  v.max_num_seqs = s.max_num_seqs;
  v.max_num_batched_tokens = s.max_num_batched_tokens;
  v.gpu_memory_utilization = q.problem.engine.memory_share;
  v.quantization = quantization_of(q.problem.model, plan);
  if (s.kv_cache == spec::KvFormat::kFp8) v.kv_cache_dtype = "fp8";
  v.enable_prefix_caching = shape.cached_tokens > 0;
  return v;
}

// The ranks that --max-lora-rank takes.
int lora_rank_of(int rank) {
  for (const int known : {1, 8, 16, 32, 64, 128, 256, 320, 512})
    if (rank <= known) return known;
  return rank;
}

// vLLM's names of the methods.
std::string speculative_config(const ServingQuestion& asked, const estimate::serving::Speculation& s) {
  const std::string tokens = "\"num_speculative_tokens\": " + std::to_string(s.tokens) + "}";
  switch (asked.speculative) {
    case Drafting::kNone: return "";
    case Drafting::kDraftModel: {
      const std::string& id = s.draft->hf_id.empty() ? s.draft->name : s.draft->hf_id;
      return R"({"method": "draft_model", "model": ")" + id + "\", " + tokens;
    }
    case Drafting::kEagle: return R"({"method": "eagle", "model": "EAGLE_HEAD", )" + tokens;
    case Drafting::kMtp: return R"({"method": "mtp", )" + tokens;
    case Drafting::kNgram: return R"({"method": "ngram", "prompt_lookup_max": 4, )" + tokens;
  }
  return "";
}

emit::Artefact artefact_of(const VllmRequest& request, const ResolvedServing& q, const VllmSettings& v,
                           const ServingPlan& plan) {
  const spec::Model& m = q.problem.model;
  emit::ServingJob job;
  job.model = m.hf_id.empty() ? m.name : m.hf_id;
  job.tp = v.tensor_parallel_size;
  job.pp = v.pipeline_parallel_size;
  job.dp = v.data_parallel_size;
  job.expert_parallel = v.enable_expert_parallel;
  job.copies = v.copies;
  job.gpus_per_node = q.problem.cluster.gpus_per_node;
  job.max_model_len = v.max_model_len;
  job.max_num_seqs = v.max_num_seqs;
  job.max_num_batched_tokens = v.max_num_batched_tokens;
  job.memory_share = v.gpu_memory_utilization;
  job.quantization = v.quantization;
  job.kv_cache_dtype = v.kv_cache_dtype;
  job.prefix_caching = v.enable_prefix_caching;
  job.speculative_config = speculative_config(request.question, q.problem.speculation);
  if (const estimate::serving::AdapterLoad& lora = q.problem.adapters; lora.count > 0) {
    job.max_loras = lora.count;
    job.max_lora_rank = lora_rank_of(lora.rank);
  }
  job.port = request.port;
  emit::Artefact a = emit::vllm(job);
  if (request.question.speculative == Drafting::kEagle)
    a.notes.emplace_back("EAGLE_HEAD names the draft that was trained for this model.");
  const bool published = plan.strategy.precision == published_format(m);
  if (!published && v.quantization.empty())
    a.notes.push_back("Serve a checkpoint of " + m.name + " whose weights are " + format_name(plan.strategy.precision) +
                      "; " + job.model + " is " + format_name(published_format(m)) + ".");
  if (const int world = plan.strategy.tp * plan.strategy.dp; plan.strategy.ep > 1 && plan.strategy.ep < world)
    a.problems.push_back("vLLM deals the experts out over all " + std::to_string(world) + " ranks or none, not over " +
                         std::to_string(plan.strategy.ep) + ".");
  return a;
}

std::vector<VllmLimit> limits_of(const search::serving::Goal& g, const ServingPlan& p) {
  std::vector<VllmLimit> out;
  const auto most = [&](const char* name, double asked, double expected) {
    if (asked > 0) out.push_back({name, asked, expected, expected <= asked * (1 + 1e-9)});
  };
  most("ttft_limit_ms", 1e3 * g.ttft_limit_s, p.ttft_ms);
  most("tpot_limit_ms", 1e3 * g.tpot_limit_s, p.tpot_ms);
  most("request_limit_s", g.request_limit_s, p.request_s);
  if (g.least_tokens_per_s > 0)
    out.push_back({"least_tokens_per_s", g.least_tokens_per_s, p.tokens_per_s,
                   p.tokens_per_s >= g.least_tokens_per_s * (1 - 1e-9)});
  return out;
}

Result<VllmResponse> vllm(const VllmRequest& request) {
  ServingQuestion asked = request.question;
  if (!asked.engine.empty() && lower_case(asked.engine) != kEngine)
    return fail("/engine", "This operation starts vLLM, not " + asked.engine.substr(0, 80) + ".",
                "Leave out 'engine', or ask 'inference' for another one.");
  asked.engine = kEngine;
  auto question = resolve(asked, request.degrees);
  if (!question) return tl::unexpected<Diagnostics>(question.error());
  question->goal.objective = request.objective;
  VllmResponse r;
  r.answer = answer(*question, request.top);
  const std::optional<ServingPlan>& plan = r.answer.best ? r.answer.best : r.answer.nearest;
  if (!plan) return r;
  r.settings = settings_of(request, *question, *plan);
  r.artefacts.push_back(artefact_of(request, *question, *r.settings, *plan));
  r.limits = limits_of(question->goal, *plan);
  if (!r.answer.best) r.answer.warnings.emplace_back("No plan keeps the limits: the command starts the nearest one.");
  if (!request.max_model_len)
    r.answer.assumptions.push_back("No request is longer than " + std::to_string(r.settings->max_model_len) +
                                   " tokens, the means of prompt and answer together (max_model_len).");
  return r;
}

}  // namespace

Operation vllm_operation() {
  return make_operation<&vllm>(
      "vllm", "Start vLLM for a model and a load: options, memory, expected latencies.",
      R"({"model": "llama-3.1-8b", "gpu": "h100", "gpus": 1, "users": 32, "input_tokens": 1024, "output_tokens": 512})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::VllmRequest, "vllm_request");
SHARDPLAN_DESCRIBE(api::VllmSettings, "vllm_settings");
SHARDPLAN_DESCRIBE(api::VllmLimit, "vllm_limit");
SHARDPLAN_DESCRIBE(api::VllmResponse, "vllm_response");

Fields Describe<api::VllmRequest>::fields() {
  using R = api::VllmRequest;
  static constexpr Field own[] = {
      field<&R::objective>("objective", "What the best plan is best at.").alias("optimize_for"),
      field<&R::max_model_len>("max_model_len", "Tokens of the longest prompt and answer together.").range(1, 1e8),
      field<&R::port>("port", "That the server listens on.").range(1, 65535),
      field<&R::top>("top", "Plans to list.").range(1, 100),
  };
  static const FieldList table = FieldList().include<&R::question>().include<&R::degrees>().add(own);
  return table;
}

Fields Describe<api::VllmSettings>::fields() {
  using S = api::VllmSettings;
  static constexpr Field table[] = {
      field<&S::tensor_parallel_size>("tensor_parallel_size"),
      field<&S::pipeline_parallel_size>("pipeline_parallel_size"),
      field<&S::data_parallel_size>("data_parallel_size", "Engines behind one address."),
      field<&S::enable_expert_parallel>("enable_expert_parallel"),
      field<&S::copies>("copies", "Servers to start, each with an address of its own."),
      field<&S::max_model_len>("max_model_len", "Tokens of the longest prompt and answer together."),
      field<&S::max_num_seqs>("max_num_seqs", "Sequences at once on each engine."),
      field<&S::max_num_batched_tokens>("max_num_batched_tokens", "Tokens of one step."),
      field<&S::gpu_memory_utilization>("gpu_memory_utilization", "Share of a GPU's memory that the engine takes."),
      field<&S::quantization>("quantization", "Applied while loading; empty: as the checkpoint is."),
      field<&S::kv_cache_dtype>("kv_cache_dtype", "Empty: as the model computes."),
      field<&S::enable_prefix_caching>("enable_prefix_caching", "vLLM's own default is on."),
  };
  return table;
}

Fields Describe<api::VllmLimit>::fields() {
  using L = api::VllmLimit;
  static constexpr Field table[] = {
      field<&L::limit>("limit", "The request's field."),
      field<&L::asked>("asked"),
      field<&L::expected>("expected"),
      field<&L::kept>("kept"),
  };
  return table;
}

Fields Describe<api::VllmResponse>::fields() {
  using R = api::VllmResponse;
  static constexpr Field own[] = {
      field<&R::settings>("settings", "Of the best plan, or of the nearest where none keeps the limits."),
      field<&R::artefacts>("artefacts", "The commands."),
      field<&R::limits>("limits", "Each limit of the request beside what is expected."),
  };
  static const FieldList table = FieldList().add(own).include<&R::answer>();
  return table;
}

}  // namespace shardplan::json
