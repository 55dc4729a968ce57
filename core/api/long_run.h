// A run of days to months: what failures, checkpoints, electricity and money add to the time of one step. For
// operations that answer for whole runs; the arithmetic is in estimate/goodput.h, checkpoint.h and energy.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/plan.h"
#include "api/question.h"
#include "json/spec_fields.h"

namespace shardplan::api {

// Request fields. What is absent comes from presets/reliability, presets/storage and presets/power.
struct RunConditions {
  std::optional<double> gpu_hours_per_interruption;
  std::optional<double> checkpoint_interval;  // tokens
  bool async_checkpoints = false;
  std::optional<double> storage_gb_per_s;
  std::optional<double> storage_read_gb_per_s;
  std::optional<double> restart_s;
  int checkpoints_kept = 5;
  std::optional<double> spot_usd_per_gpu_hour;
  std::optional<double> spot_interruptions_per_node_day;
  std::optional<double> pue;
  std::optional<double> grams_co2_per_kwh;
};

// What is run, and how fast without interruptions.
struct LongRun {
  double tokens = 0;
  double tokens_per_s = 0;
  double tokens_per_s_low = 0, tokens_per_s_high = 0;  // the same where the speed was measured
  double busy_share = 0;                               // of the GPUs' time; 0: not known
};

// At the plan's speed, as far as its confidence goes.
LongRun run_of(const Plan& plan, double tokens);

struct FailureFields {
  double gpu_hours_per_interruption = 0;
  std::vector<double> published_gpu_hours;  // least and most; empty where the request states the rate
  double mean_time_h = 0;
  double per_day = 0;
  double expected = 0;  // over the run
  std::optional<double> hardware_share;
  std::string source;
};

struct CheckpointFields {
  double size_gb = 0, parameters_gb = 0, optimizer_gb = 0;
  bool asynchronous = false;
  double storage_gb_per_s = 0;
  double write_s = 0, read_s = 0, stall_s = 0;
  double interval_s = 0, interval_tokens = 0;
  double young_interval_s = 0, daly_interval_s = 0;  // with the least loss
  double taken = 0;
  int kept = 0;
  double kept_gb = 0;
};

struct GoodputFields {
  double effective_training_time_ratio = 0;
  double checkpoint_share = 0, redone_share = 0, restart_share = 0;
  double restart_s = 0;
};

struct RunTime {
  double training_h = 0;  // without interruptions and checkpoints
  double checkpoint_h = 0, redone_h = 0, restart_h = 0;
  double hours = 0, days = 0, gpu_hours = 0;
};

struct RunCost {
  double usd_per_gpu_hour = 0;
  double usd = 0, usd_per_day = 0, usd_per_million_tokens = 0;
};

struct SpotFields {
  double usd_per_gpu_hour = 0;
  double mean_time_h = 0;
  double effective_training_time_ratio = 0;
  double hours = 0, usd = 0, usd_per_million_tokens = 0;
  double saving_pct = 0;                   // against the price without interruptions by the provider
  double break_even_usd_per_gpu_hour = 0;  // spot price at which it saves nothing
};

struct EnergyFields {
  std::optional<double> training_w_per_gpu, mwh;
  std::vector<double> mwh_range;
  std::optional<double> pue, facility_mwh;
  std::vector<double> facility_mwh_range;
  std::optional<double> tonnes_co2;
  std::vector<double> tonnes_co2_range;
  std::string source;
};

// What a change of the conditions does to the whole, by running the same arithmetic again.
struct RunLever {
  std::string change;
  double effective_training_time_ratio = 0;
  double hours_saved = 0;
  std::optional<double> usd_saved;
};

struct RunConfidence {
  std::vector<double> hours, gpu_hours, usd;  // low, high
  std::vector<double> effective_training_time_ratio;
  std::string level;
  std::string basis;
};

struct RunOutcome {
  RunTime time;
  GoodputFields goodput;
  FailureFields failures;
  CheckpointFields checkpoints;
  std::optional<RunCost> cost;
  std::optional<SpotFields> spot;
  std::optional<EnergyFields> energy;
  std::vector<RunLever> levers;
  RunConfidence confidence;
};

// `strategy` says in which types parameters and states are kept. Assumptions and warnings gain what was taken.
Result<RunOutcome> outcome_of(const RunConditions& conditions, const LongRun& run, const estimate::Context& context,
                              const spec::Strategy& strategy, std::vector<std::string>& assumptions,
                              std::vector<std::string>& warnings);

// Nothing where the accelerator's power is not known. In api/run_energy.cpp.
std::optional<EnergyFields> energy_of(const RunConditions& conditions, const spec::Cluster& cluster,
                                      const RunTime& time, double busy_share, std::vector<std::string>& assumptions);

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::RunConditions, "run_conditions");
SHARDPLAN_DESCRIBE(api::FailureFields, "failures");
SHARDPLAN_DESCRIBE(api::CheckpointFields, "checkpoints");
SHARDPLAN_DESCRIBE(api::GoodputFields, "goodput");
SHARDPLAN_DESCRIBE(api::RunTime, "run_time");
SHARDPLAN_DESCRIBE(api::RunCost, "run_cost");
SHARDPLAN_DESCRIBE(api::SpotFields, "spot");
SHARDPLAN_DESCRIBE(api::EnergyFields, "energy");
SHARDPLAN_DESCRIBE(api::RunLever, "run_lever");
SHARDPLAN_DESCRIBE(api::RunConfidence, "run_confidence");
SHARDPLAN_DESCRIBE(api::RunOutcome, "run_outcome");

}  // namespace shardplan::json
