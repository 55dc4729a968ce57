// What other number formats would change: the same search for each, as differences. Nothing is multiplied by a rule of
// thumb.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/serving_plan.h"
#include "json/spec_fields.h"

namespace shardplan::api {

struct PrecisionOption {
  spec::WeightFormat precision = spec::WeightFormat::kBf16;
  spec::KvFormat kv_cache = spec::KvFormat::kBf16;
  bool fits = false, within_limits = false;
  std::string summary;
  double ttft_ms = 0, tpot_ms = 0, tokens_per_s_per_gpu = 0, weights_gib = 0, max_concurrency = 0;
  std::optional<double> ttft_change_pct, tpot_change_pct, throughput_change_pct, max_concurrency_change_pct;
};

// The asked formats first; then those that the accelerator computes or unpacks. Changes are against the first.
std::vector<PrecisionOption> precision_options(const ResolvedServing& question);

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::PrecisionOption, "precision_option");

}  // namespace shardplan::json
