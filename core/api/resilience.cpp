#include "api/resilience.h"

#include "api/fields.h"
#include "base/text.h"
#include "base/units.h"
#include "estimate/data_parallel.h"
#include "estimate/goodput.h"
#include "json/operations_presets.h"

namespace shardplan::api {
namespace {

constexpr double kEnough = 0.99;
constexpr double kHoursPerDay = 24;

const spec::ReliabilityRecord* elastic_record() {
  for (const spec::ReliabilityRecord& r : json::operations_records().reliability)
    if (r.elastic_recovery_s > 0) return &r;
  return nullptr;
}

std::optional<double> lost_per_day(const RunOutcome& outcome, double ratio) {
  if (!outcome.cost) return std::nullopt;
  return outcome.cost->usd_per_day * (1 - ratio);
}

// The same plan with its states whole in every replica (FSDP: in every half), so that the others go on without one.
spec::Strategy with_whole_replicas(spec::Strategy s) {
  if (!estimate::gathers_per_microbatch(s.sharding)) {
    s.sharding = spec::Sharding::kZero0;
  } else {
    s.sharding = spec::Sharding::kHsdp;
    s.shard_size = s.dp * s.cp / 2;
  }
  return s;
}

// Only a replica that lost a GPU starts again: the others wait for `recovery_s`, and one step is repeated.
double elastic_ratio(const RunOutcome& o, double recovery_s, double step_time_s) {
  const double mean_s = o.failures.mean_time_h * kSecondsPerHour;
  return 1 / ((1 + o.checkpoints.stall_s / o.checkpoints.interval_s) * (1 + (recovery_s + step_time_s) / mean_s));
}

}  // namespace

std::vector<SpareFields> spares_of(const FailureFields& f, std::optional<double> repair_h) {
  const double nodes_per_day = f.per_day * f.hardware_share.value_or(1);
  std::vector<double> hours = {4, 24, 168};
  if (repair_h) hours = {*repair_h};
  std::vector<SpareFields> out;
  for (double h : hours) {
    const double away = nodes_per_day * h / kHoursPerDay;
    out.push_back({h, away, estimate::spares_needed(away, kEnough)});
  }
  return out;
}

std::vector<RecoveryFields> recovery_of(const BestPlan& found, const RunOutcome& o,
                                        std::vector<std::string>& assumptions) {
  std::vector<RecoveryFields> out;
  const double ratio = o.goodput.effective_training_time_ratio;
  out.push_back({"restart of the whole job from the last checkpoint", true, "", o.goodput.restart_s, ratio,
                 lost_per_day(o, ratio), found.plan.memory.peak_gib, found.plan.fits});
  const spec::ReliabilityRecord* record = elastic_record();
  if (record == nullptr) return out;
  RecoveryFields e;
  e.way = "restart of the failed replica only";
  e.restart_s = record->elastic_recovery_s;
  e.possible = found.strategy.dp >= 2;
  if (!e.possible) {
    e.note = "The plan has one replica.";
    out.push_back(std::move(e));
    return out;
  }
  e.effective_training_time_ratio = elastic_ratio(o, e.restart_s, found.plan.time.step_time_s);
  e.usd_lost_per_day = lost_per_day(o, e.effective_training_time_ratio);
  const estimate::Context context(found.question.problem);
  const Plan whole = make_plan(context, with_whole_replicas(found.strategy), found.question.usable_bytes);
  e.peak_gib = whole.memory.peak_gib;
  e.fits = whole.fits;
  e.note = "Needs the optimizer's states whole in each replica, a spare node at hand, and software that can.";
  assumptions.push_back("Restart of one replica: " + number_text(e.restart_s) + " s (" + record->citation + ").");
  out.push_back(std::move(e));
  return out;
}

}  // namespace shardplan::api

namespace shardplan::json {

Fields Describe<api::SpareFields>::fields() {
  using S = api::SpareFields;
  static constexpr Field table[] = {
      field<&S::repair_h>("repair_h", "Hours until a failed node is back."),
      field<&S::nodes_away>("nodes_away", "On average."),
      field<&S::spares>("spares", "Enough with a probability of 99 %."),
  };
  return table;
}

Fields Describe<api::RecoveryFields>::fields() {
  using R = api::RecoveryFields;
  static constexpr Field table[] = {
      field<&R::way>("way"),
      field<&R::possible>("possible"),
      field<&R::note>("note").omit_default(),
      field<&R::restart_s>("restart_s"),
      field<&R::effective_training_time_ratio>("effective_training_time_ratio").omit_default(),
      field<&R::usd_lost_per_day>("usd_lost_per_day", "Time that does not train."),
      field<&R::peak_gib>("peak_gib", "With the states that this way needs.").omit_default(),
      field<&R::fits>("fits"),
  };
  return table;
}

}  // namespace shardplan::json
