#include "api/long_run.h"
#include "api/run_conditions.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/units.h"
#include "estimate/checkpoint.h"
#include "estimate/goodput.h"

namespace shardplan::api {
namespace {

using estimate::Goodput;

constexpr double kHoursPerDay = 24;
constexpr double kSlowestRun = 0.01;  // effective ratio below which a run is said not to end

class Outcome {
 public:
  Outcome(const RunConditions& asked, const LongRun& run, const estimate::Context& context,
          const spec::Strategy& strategy, std::vector<std::string>& assumptions, std::vector<std::string>& warnings)
      : asked_(asked),
        run_(run),
        context_(context),
        assumptions_(assumptions),
        warnings_(warnings),
        bytes_(estimate::checkpoint_bytes(context, strategy)) {
    gpus_ = context.problem.cluster.gpus;
    price_ = context.problem.cluster.usd_per_gpu_hour;
  }

  Result<RunOutcome> run() {
    c_ = conditions_of(asked_, context_.problem, bytes_.all(), run_.tokens_per_s, out_.failures, assumptions_);
    result_ = evaluate(c_);
    if (!(result_.goodput.training > kSlowestRun)) return never_ends();
    goodput();
    time();
    cost();
    confidence();
    if (Result<bool> priced = spot(); !priced) return tl::unexpected<Diagnostics>(std::move(priced.error()));
    out_.energy = energy_of(asked_, context_.problem.cluster, out_.time, run_.busy_share, assumptions_);
    levers();
    return std::move(out_);
  }

 private:
  const RunConditions& asked_;
  const LongRun& run_;
  const estimate::Context& context_;
  std::vector<std::string>& assumptions_;
  std::vector<std::string>& warnings_;
  int gpus_ = 0;
  double price_ = 0;
  estimate::CheckpointBytes bytes_;
  Conditions c_;
  Interrupted result_;
  RunOutcome out_;

  double training_s() const { return run_.tokens / run_.tokens_per_s; }

  tl::unexpected<Diagnostics> never_ends() const {
    const std::string mean = number_text(out_.failures.mean_time_h, 3) + " h between interruptions";
    if (asked_.checkpoint_interval && *asked_.checkpoint_interval / run_.tokens_per_s > c_.mean_time_s)
      return fail("/checkpoint_interval",
                  "With " + mean + " a checkpoint every " + number_text(c_.interval_s / kSecondsPerHour, 3) +
                      " h hardly ever comes to be: the run would not end.",
                  "Leave it out, or set at most " + whole_text(best_interval_s(c_, result_.time) * run_.tokens_per_s) +
                      " tokens.");
    return fail("/gpus",
                "With " + mean + " and " + number_text(result_.restart_s / kSecondsPerHour, 3) +
                    " h for a restart the run would not end.",
                "Fewer GPUs, faster storage or a faster restart.");
  }

  void goodput() {
    const Goodput& g = result_.goodput;
    out_.goodput = {g.training, g.checkpoints, g.redone, g.restarts, result_.restart_s};
    CheckpointFields& f = out_.checkpoints;
    f.size_gb = c_.bytes / kGiga;
    f.parameters_gb = bytes_.parameters / kGiga;
    f.optimizer_gb = bytes_.optimizer / kGiga;
    f.asynchronous = c_.asynchronous;
    f.storage_gb_per_s = c_.storage.write_bytes_per_s / kGiga;
    f.write_s = result_.time.write_s;
    f.read_s = result_.time.read_s;
    f.stall_s = result_.time.stall_s;
    f.interval_s = result_.interval_s;
    f.interval_tokens = result_.interval_s * run_.tokens_per_s;
    f.young_interval_s = estimate::young_interval_s(f.stall_s, c_.mean_time_s);
    f.daly_interval_s = estimate::daly_interval_s(f.stall_s, c_.mean_time_s);
    f.taken = training_s() / f.interval_s;
    f.kept = asked_.checkpoints_kept;
    f.kept_gb = f.kept * f.size_gb;
    if (c_.asynchronous && f.interval_s < f.write_s)
      warnings_.push_back("A checkpoint is due before the last one is on storage: every " +
                          number_text(f.interval_s, 3) + " s, written in " + number_text(f.write_s, 3) + " s.");
  }

  void time() {
    RunTime& t = out_.time;
    t.training_h = training_s() / kSecondsPerHour;
    t.hours = t.training_h / result_.goodput.training;
    t.checkpoint_h = t.hours * result_.goodput.checkpoints;
    t.redone_h = t.hours * result_.goodput.redone;
    t.restart_h = t.hours * result_.goodput.restarts;
    t.days = t.hours / kHoursPerDay;
    t.gpu_hours = t.hours * gpus_;
    out_.failures.expected = t.hours / out_.failures.mean_time_h;
  }

  void cost() {
    if (price_ <= 0) {
      warnings_.push_back("No price is known for this GPU: set usd_per_gpu_hour.");
      return;
    }
    RunCost c;
    c.usd_per_gpu_hour = price_;
    c.usd = out_.time.gpu_hours * price_;
    c.usd_per_day = gpus_ * kHoursPerDay * price_;
    c.usd_per_million_tokens = c.usd / run_.tokens * 1e6;
    out_.cost = c;
  }

  Goodput with_rate(double gpu_hours) const {
    return estimate::goodput(mean_time_s(gpu_hours, gpus_), result_.interval_s, result_.time.stall_s,
                             result_.restart_s);
  }

  void confidence() {
    double best = result_.goodput.training, worst = best;
    if (!out_.failures.published_gpu_hours.empty()) {
      worst = with_rate(out_.failures.published_gpu_hours[0]).training;
      best = with_rate(out_.failures.published_gpu_hours[1]).training;
    }
    const double low = run_.tokens / run_.tokens_per_s_high / kSecondsPerHour / best,
                 high = run_.tokens / run_.tokens_per_s_low / kSecondsPerHour / worst;
    RunConfidence& c = out_.confidence;
    c.hours = {low, high};
    c.gpu_hours = {low * gpus_, high * gpus_};
    if (price_ > 0) c.usd = {low * gpus_ * price_, high * gpus_ * price_};
    c.effective_training_time_ratio = {worst, best};
    const bool measured = run_.tokens_per_s_low == run_.tokens_per_s_high;
    const spec::IntervalClass& i = context_.problem.intervals;
    c.level = measured ? "medium" : i.level;
    c.basis = (measured ? std::string("speed as the request states it") : "step time: " + i.basis) + "; " +
              (out_.failures.published_gpu_hours.empty() ? "failures as the request states them"
                                                         : "failures: range of published runs");
  }

  Result<bool> spot() {
    if (!asked_.spot_usd_per_gpu_hour && !asked_.spot_interruptions_per_node_day) return true;
    if (!asked_.spot_usd_per_gpu_hour)
      return fail("/spot_usd_per_gpu_hour", "The spot price is missing beside spot_interruptions_per_node_day.", "");
    if (!asked_.spot_interruptions_per_node_day)
      return fail("/spot_interruptions_per_node_day",
                  "How often the provider takes a spot node back is missing beside spot_usd_per_gpu_hour.",
                  "Providers list it for each instance and region.");
    const double nodes = static_cast<double>(gpus_) / context_.problem.cluster.gpus_per_node;
    const double per_hour =
        1 / out_.failures.mean_time_h + nodes * *asked_.spot_interruptions_per_node_day / kHoursPerDay;
    Conditions c = c_;
    c.mean_time_s = kSecondsPerHour / per_hour;
    const Interrupted e = evaluate(c);
    if (!(e.goodput.training > kSlowestRun))
      return fail("/spot_interruptions_per_node_day", "With so many interruptions the run would not end.",
                  "Fewer nodes, or asynchronous checkpoints.");
    SpotFields s;
    s.usd_per_gpu_hour = *asked_.spot_usd_per_gpu_hour;
    s.mean_time_h = 1 / per_hour;
    s.effective_training_time_ratio = e.goodput.training;
    s.hours = out_.time.training_h / e.goodput.training;
    s.usd = s.hours * gpus_ * s.usd_per_gpu_hour;
    s.usd_per_million_tokens = s.usd / run_.tokens * 1e6;
    if (out_.cost) {
      s.saving_pct = 100 * (1 - s.usd / out_.cost->usd);
      s.break_even_usd_per_gpu_hour = out_.cost->usd / (s.hours * gpus_);
    }
    out_.spot = s;
    assumptions_.push_back("A spot node that is taken back is replaced at once and costs a restart.");
    return true;
  }

  void lever(std::string change, const Conditions& c) {
    const Interrupted e = evaluate(c);
    const double hours = out_.time.training_h / e.goodput.training, saved = out_.time.hours - hours;
    if (saved <= 0) return;
    RunLever l{std::move(change), e.goodput.training, saved, std::nullopt};
    if (price_ > 0) l.usd_saved = saved * gpus_ * price_;
    out_.levers.push_back(std::move(l));
  }

  void levers() {
    Conditions c = c_;
    c.interval_s = 0;
    lever("a checkpoint every " + whole_text(best_interval_s(c, result_.time)) + " s", c);
    c = c_;
    c.asynchronous = true;
    if (!c_.asynchronous) lever("asynchronous checkpoints", c);
    c = c_;
    c.storage.write_bytes_per_s *= 2;
    c.storage.read_bytes_per_s *= 2;
    lever("storage twice as fast", c);
    c = c_;
    c.restart_s /= 2;
    lever("a restart in " + number_text(c.restart_s, 3) + " s", c);
    std::stable_sort(out_.levers.begin(), out_.levers.end(),
                     [](const RunLever& a, const RunLever& b) { return a.hours_saved > b.hours_saved; });
  }
};

}  // namespace

LongRun run_of(const Plan& plan, double tokens) {
  const TimeFields& t = plan.time;
  const double tokens_per_step = plan.tokens_per_s * t.step_time_s;
  LongRun run;
  run.tokens = tokens;
  run.tokens_per_s = plan.tokens_per_s;
  run.tokens_per_s_low = tokens_per_step / plan.confidence.step_time_s[1];
  run.tokens_per_s_high = tokens_per_step / plan.confidence.step_time_s[0];
  // Kernels run, collectives among them, unless the GPU waits for its turn or for the host.
  run.busy_share = 1 - (t.bubble_s + t.wait_for_head_s + t.host_s + t.other_s) / t.step_time_s;
  return run;
}

Result<RunOutcome> outcome_of(const RunConditions& conditions, const LongRun& run, const estimate::Context& context,
                              const spec::Strategy& strategy, std::vector<std::string>& assumptions,
                              std::vector<std::string>& warnings) {
  return Outcome(conditions, run, context, strategy, assumptions, warnings).run();
}

}  // namespace shardplan::api
