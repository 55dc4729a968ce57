#include "api/serving_fields.h"

#include "api/cluster_fields.h"

namespace shardplan::json {

std::span<const EnumEntry> DescribeEnum<search::serving::Objective>::entries() {
  using enum search::serving::Objective;
  static constexpr EnumEntry table[] = {
      {static_cast<int>(kThroughput), "throughput", "most output tokens per second and GPU"},
      {static_cast<int>(kCost), "cost", "least per output token"},
      {static_cast<int>(kLatency), "latency", "shortest request"},
      {static_cast<int>(kSmallest), "smallest", "fewest GPUs"}};
  return table;
}

std::span<const EnumEntry> DescribeEnum<api::Drafting>::entries() {
  using enum api::Drafting;
  static constexpr EnumEntry table[] = {{static_cast<int>(kNone), "none"},
                                        {static_cast<int>(kDraftModel), "draft_model", "a smaller model"},
                                        {static_cast<int>(kEagle), "eagle", "one dense layer on the model's states"},
                                        {static_cast<int>(kMtp), "mtp", "the model's own multi-token prediction"},
                                        {static_cast<int>(kNgram), "ngram", "looked up in the prompt"}};
  return table;
}

Fields Describe<api::ClusterChoice>::fields() { return kClusterFields<api::ClusterChoice>; }

Fields Describe<api::ServingQuestion>::fields() {
  using Q = api::ServingQuestion;
  static constexpr Field model[] = {
      field<&Q::model>("model", "A preset's name or alias, or a Hugging Face config.json.").required(),
  };
  static constexpr Field rest[] = {
      field<&Q::engine>("engine", "Serving engine: vllm, sglang or trtllm.").alias("framework").omit_default(),
      field<&Q::input_tokens>("input_tokens", "Mean tokens of a prompt.")
          .alias("seq_length")
          .alias("isl")
          .alias("seq")
          .range(1, 1e8),
      field<&Q::output_tokens>("output_tokens", "Mean tokens of an answer.")
          .alias("max_output_length")
          .alias("max_tokens")
          .alias("osl")
          .range(1, 1e8),
      field<&Q::prefix_cache_hit_rate>("prefix_cache_hit_rate",
                                       "Share of the prompts' tokens whose keys and values are cached already.")
          .range(0, 1),
      field<&Q::precision>("precision", "Weights; as published where absent.")
          .alias("bits")
          .alias("quantization")
          .alias("weights"),
      field<&Q::kv_cache>("kv_cache", "Keys and values.").alias("kv_cache_dtype"),
      field<&Q::memory_share>("memory_share", "Share of a GPU's memory that the engine takes.")
          .alias("gpu_memory_utilization")
          .range(0.05, 1),
      field<&Q::speculative>("speculative", "Who drafts tokens that the model then verifies."),
      field<&Q::speculative_tokens>("speculative_tokens", "Drafted for each sequence and step.").range(1, 16),
      field<&Q::acceptance_rate>("acceptance_rate",
                                 "Chance that a drafted token is accepted, given that those before it were.")
          .range(0, 1),
      field<&Q::draft_model>("draft_model", "The smaller model's name.").omit_default(),
      field<&Q::lora_adapters>("lora_adapters", "LoRA adapters in use at once.").alias("max_loras").range(1, 10000),
      field<&Q::lora_rank>("lora_rank", "Their rank.").alias("max_lora_rank").range(1, 512),
      field<&Q::users>("users", "Requests at once: each user sends the next one when the last ended.")
          .alias("concurrency")
          .alias("batch_size")
          .range(1, 1e7),
      field<&Q::requests_per_s>("requests_per_s", "Arrivals at random (Poisson), of the whole deployment.")
          .alias("request_rate")
          .range(1e-6, 1e7),
      field<&Q::ttft_limit_ms>("ttft_limit_ms", "Longest mean time to the first token.").range(0.01, 1e9),
      field<&Q::tpot_limit_ms>("tpot_limit_ms", "Longest mean time per output token after the first.")
          .alias("latency_target_ms")
          .range(0.01, 1e9),
      field<&Q::request_limit_s>("request_limit_s", "Longest mean request, first to last token.").range(1e-4, 1e9),
      field<&Q::least_tokens_per_s>("least_tokens_per_s", "Output tokens per second that the deployment must reach.")
          .alias("throughput_target")
          .range(0, 1e12),
  };
  static const FieldList table = FieldList().add(model).include<&Q::cluster>().add(rest);
  return table;
}

Fields Describe<api::ServingDegrees>::fields() {
  using D = api::ServingDegrees;
  static constexpr Field table[] = {
      field<&D::tp>("tp", "Tensor-parallel degree.").alias("tensor_parallel").range(1, 1e6),
      field<&D::pp>("pp", "Pipeline stages.").alias("pipeline_parallel").range(1, 1e6),
      field<&D::dp>("dp", "Attention data parallelism inside a replica.").range(1, 1e6),
      field<&D::ep>("ep", "Expert-parallel degree, over tp x dp.").alias("expert_parallel").range(1, 1e6),
      field<&D::replicas>("replicas", "Copies that share the load.").range(1, 1e6),
  };
  return table;
}

Fields Describe<api::ServingStrategyFields>::fields() {
  using S = api::ServingStrategyFields;
  static constexpr Field table[] = {
      field<&S::tp>("tp", "Tensor-parallel degree of attention and MLPs."),
      field<&S::pp>("pp", "Pipeline stages."),
      field<&S::dp>("dp", "Attention data parallelism: groups of tp ranks with sequences of their own."),
      field<&S::ep>("ep", "Groups that the experts are dealt out to, over tp x dp ranks."),
      field<&S::etp>("etp", "Ranks that share one expert."),
      field<&S::replicas>("replicas", "Copies that share the load."),
      field<&S::precision>("precision", "Weights; of the experts where there are any."),
      field<&S::kv_cache>("kv_cache", "Keys and values."),
      field<&S::max_num_seqs>("max_num_seqs", "Sequences at once on each attention group."),
      field<&S::max_num_batched_tokens>("max_num_batched_tokens", "Tokens of one step."),
  };
  return table;
}

Fields Describe<api::ServingMemoryFields>::fields() {
  using M = api::ServingMemoryFields;
  static constexpr Field table[] = {
      field<&M::weights_gib>("weights_gib", "Of one GPU."),
      field<&M::adapters_gib>("adapters_gib", "LoRA adapters in use.").omit_default(),
      field<&M::kv_cache_gib>("kv_cache_gib", "Room for keys and values."),
      field<&M::activations_gib>("activations_gib", "Activations, CUDA graphs and workspaces."),
      field<&M::overhead_gib>("overhead_gib", "Left alone by the engine: context, communicators, reserve."),
      field<&M::capacity_gib>("capacity_gib"),
      field<&M::kv_bytes_per_token>("kv_bytes_per_token", "Of one GPU, at the load's longest."),
      field<&M::kv_cache_tokens>("kv_cache_tokens", "That one replica holds."),
      field<&M::max_concurrency>("max_concurrency", "Requests of the load's full length that all replicas hold."),
  };
  return table;
}

Fields Describe<api::ServingStepFields>::fields() {
  using S = api::ServingStepFields;
  static constexpr Field table[] = {
      field<&S::gemm_ms>("gemm_ms", "Linear layers."),
      field<&S::attention_ms>("attention_ms"),
      field<&S::experts_ms>("experts_ms"),
      field<&S::communication_ms>("communication_ms", "Collectives and stage to stage."),
      field<&S::elementwise_ms>("elementwise_ms", "Norms, residuals, activations."),
      field<&S::head_ms>("head_ms", "LM head and logits."),
      field<&S::draft_ms>("draft_ms", "Drafting ahead.").omit_default(),
      field<&S::engine_ms>("engine_ms", "Between kernels, scheduler, sampler."),
      field<&S::prompts_ms>("prompts_ms", "Other requests' prompts, in the mean step."),
  };
  return table;
}

Fields Describe<api::ServingConfidence>::fields() {
  using C = api::ServingConfidence;
  static constexpr Field table[] = {
      field<&C::ttft_ms>("ttft_ms", "80 %: low, high."),
      field<&C::tpot_ms>("tpot_ms", "80 %: low, high."),
      field<&C::tokens_per_s>("tokens_per_s", "80 %: low, high."),
      field<&C::level>("level", "high, medium or low."),
      field<&C::basis>("basis", "What the intervals rest on."),
      field<&C::coverage_pct>("coverage_pct", "Of such runs that lie inside."),
      field<&C::runs>("runs", "Measured runs behind them."),
  };
  return table;
}

Fields Describe<api::ServingPlan>::fields() {
  using P = api::ServingPlan;
  static constexpr Field table[] = {
      field<&P::rank>("rank"),
      field<&P::summary>("summary"),
      field<&P::strategy>("strategy"),
      field<&P::gpus>("gpus", "That the replicas take."),
      field<&P::ttft_ms>("ttft_ms", "Time to first token: from a request's arrival to its first token, mean."),
      field<&P::tpot_ms>("tpot_ms", "Time per output token after the first, mean over a request."),
      field<&P::request_s>("request_s", "From arrival to last token: TTFT + (output tokens - 1) x TPOT."),
      field<&P::ttft_p90_ms>("ttft_p90_ms", "90th percentile over requests, where they arrive at random."),
      field<&P::ttft_p99_ms>("ttft_p99_ms"),
      field<&P::tpot_p90_ms>("tpot_p90_ms", "With as many requests in the system as are exceeded one time in ten."),
      field<&P::tpot_p99_ms>("tpot_p99_ms"),
      field<&P::concurrency>("concurrency", "Requests in the system, of all replicas."),
      field<&P::requests_per_s>("requests_per_s", "Finished, of all replicas."),
      field<&P::tokens_per_s>("tokens_per_s", "Output tokens of all replicas: requests_per_s x output tokens."),
      field<&P::tokens_per_s_per_gpu>("tokens_per_s_per_gpu"),
      field<&P::tokens_per_s_per_user>("tokens_per_s_per_user", "1 / TPOT."),
      field<&P::usd_per_million_tokens>("usd_per_million_tokens", "Output tokens."),
      field<&P::usd_per_hour>("usd_per_hour"),
      field<&P::memory>("memory"),
      field<&P::step>("step", "The mean decode step, whose length is TPOT, by part."),
      field<&P::confidence>("confidence"),
  };
  return table;
}

}  // namespace shardplan::json
