// The requests and answers of 'accuracy': runs of training, and of serving.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/fields.h"
#include "api/measured_fields.h"
#include "json/serving_fields.h"
#include "measured/report.h"

namespace shardplan::api {

struct AccuracyRequest {
  json::RawJson csv;
  std::string stack;
  std::optional<Calibration> calibration;
  bool rows = true;
};

struct ErrorFields {
  measured::ErrorSummary summary;
  double interval_coverage_pct = 0;
};

// By quantity; what a file does not measure is left out.
struct ErrorSet {
  std::optional<ErrorFields> step_time, memory;       // training
  std::optional<ErrorFields> ttft, tpot, throughput;  // serving
};

struct AccuracyGroup {
  std::string by, name;
  ErrorSet errors;
};

// What a row of measured serving has instead.
struct ServingRowFields {
  std::string engine, layout;
  std::optional<spec::WeightFormat> weights;
  std::optional<spec::KvFormat> kv_cache;
  std::optional<double> input_tokens, output_tokens, users;
  std::optional<double> ttft_ms, measured_ttft_ms, ttft_error_pct;
  std::vector<double> ttft_interval_ms;
  std::optional<double> tpot_ms, measured_tpot_ms, tpot_error_pct;
  std::vector<double> tpot_interval_ms;
  std::optional<double> tokens_per_s_per_gpu, measured_tokens_per_s_per_gpu, throughput_error_pct;
  std::vector<double> tokens_per_s_per_gpu_interval;
  std::optional<bool> counts;
  std::string doubt;
};

struct AccuracyRow {
  std::string id, source, family, model, gpu, stack, kind, architecture;
  int gpus = 0;
  std::optional<spec::Precision> precision;
  std::optional<double> step_time_s, measured_step_time_s, step_time_error_pct;
  std::vector<double> step_time_interval_s;
  std::optional<double> memory_gib, measured_memory_gib, memory_error_pct;
  std::vector<double> memory_interval_gib;
  std::optional<bool> counts_for_step_time, counts_for_memory;
  std::optional<bool> ran_out_of_memory;
  std::optional<double> oom_probability;
  ServingRowFields serving;
};

struct AccuracySummary {
  int rows = 0, predicted = 0, skipped = 0;
  ErrorSet errors;
};

struct AccuracyResponse {
  AccuracySummary summary;
  std::vector<AccuracyGroup> groups;
  std::vector<AccuracyRow> rows;
  std::vector<measured::SkippedRow> skipped;
  std::optional<measured::Feasibility> feasibility;
  std::vector<measured::FamilyRanking> rankings;
  std::vector<std::string> assumptions;
};

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(measured::Feasibility, "feasibility");
SHARDPLAN_DESCRIBE(measured::RankingSummary, "ranking_summary");
SHARDPLAN_DESCRIBE(measured::FamilyRanking, "ranking");
SHARDPLAN_DESCRIBE(api::ErrorFields, "errors");
SHARDPLAN_DESCRIBE(api::ErrorSet, "error_set");
SHARDPLAN_DESCRIBE(api::AccuracyGroup, "accuracy_group");
SHARDPLAN_DESCRIBE(api::ServingRowFields, "serving_row");
SHARDPLAN_DESCRIBE(api::AccuracyRow, "accuracy_row");
SHARDPLAN_DESCRIBE(api::AccuracySummary, "accuracy_summary");
SHARDPLAN_DESCRIBE(api::AccuracyRequest, "accuracy_request");
SHARDPLAN_DESCRIBE(api::AccuracyResponse, "accuracy_response");
}  // namespace shardplan::json
