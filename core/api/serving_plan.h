// A way to serve as every response shows it: layout, memory, latencies, throughput, price, and how sure they are.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/serving_question.h"

namespace shardplan::api {

struct ServingStrategyFields {
  int tp = 1, pp = 1, dp = 1, ep = 1, etp = 1, replicas = 1;
  spec::WeightFormat precision = spec::WeightFormat::kBf16;
  spec::KvFormat kv_cache = spec::KvFormat::kBf16;
  int max_num_seqs = 0;            // of one attention group
  int max_num_batched_tokens = 0;  // of one step
};

struct ServingMemoryFields {
  double weights_gib = 0, adapters_gib = 0, kv_cache_gib = 0, activations_gib = 0, overhead_gib = 0, capacity_gib = 0;
  double kv_bytes_per_token = 0;  // of one GPU
  double kv_cache_tokens = 0;     // that one replica holds
  double max_concurrency = 0;     // requests of the load's length that all replicas hold
};

struct ServingStepFields {
  double gemm_ms = 0, attention_ms = 0, experts_ms = 0, communication_ms = 0, elementwise_ms = 0, head_ms = 0;
  double draft_ms = 0;
  double engine_ms = 0;   // between kernels, scheduler, sampler
  double prompts_ms = 0;  // of other requests, in the mean step
};

struct ServingConfidence {
  std::vector<double> ttft_ms, tpot_ms, tokens_per_s;  // low, high
  std::string level, basis;
  double coverage_pct = 80;
  int runs = 0;
};

struct ServingPlan {
  int rank = 0;
  std::string summary;
  ServingStrategyFields strategy;
  int gpus = 0;
  double ttft_ms = 0, tpot_ms = 0, request_s = 0;
  std::optional<double> ttft_p90_ms, ttft_p99_ms, tpot_p90_ms, tpot_p99_ms;
  double concurrency = 0, requests_per_s = 0;
  double tokens_per_s = 0, tokens_per_s_per_gpu = 0, tokens_per_s_per_user = 0;
  std::optional<double> usd_per_million_tokens, usd_per_hour;
  ServingMemoryFields memory;
  ServingStepFields step;
  ServingConfidence confidence;
};

ServingPlan make_plan(const estimate::serving::Deployment& deployment, const ResolvedServing& question,
                      const search::serving::Point& point);

// Parts of it: the layout (the batch's sizes stay 0), and what each GPU holds.
ServingStrategyFields strategy_of(const estimate::serving::Way& way);
ServingMemoryFields memory_fields(const estimate::serving::Deployment& deployment, const ResolvedServing& question,
                                  const estimate::serving::Way& way);

ServingConfidence confidence_of(const ResolvedServing& question, double ttft_ms, double tpot_ms, double tokens_per_s,
                                const char* kind = "serving");

// Of ttft, tpot or throughput in one kind of run.
const spec::ServingInterval& interval_of(const ResolvedServing& question, const char* quantity, const char* kind);

// The request's field of a limit as the search calls it.
const char* limit_name(const std::string& limit);

// "2 replicas of TP 4, fp8" for sentences.
std::string way_text(const estimate::serving::Way& way);

}  // namespace shardplan::api
