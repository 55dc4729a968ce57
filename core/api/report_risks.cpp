// What may go differently than planned, each with its size.
#include "advise/resources.h"
#include "api/report_text.h"
#include "api/sentences.h"
#include "base/decimal.h"
#include "base/text.h"
#include "estimate/step.h"

namespace shardplan::api {
namespace {

constexpr double kSmallRisk = 0.001;

std::string about_memory(const Plan& p) {
  const double risk = p.confidence.oom_probability;
  std::string text = risk < kSmallRisk ? "It runs out of memory with a probability below 0.1 %"
                                       : "It runs out of memory with a probability of " + percent_text(risk);
  return text + ": " + fixed_text(p.memory.capacity_gib - p.memory.peak_gib, 1) +
         " GiB of the worst rank are free by the estimate, " +
         fixed_text(p.memory.capacity_gib - p.confidence.peak_gib.back(), 1) + " GiB at the interval's upper end.";
}

std::string if_it_does(const Report& r) {
  if (r.if_out_of_memory.empty() || r.best.plan.confidence.oom_probability < kSmallRisk) return "";
  return "If it does: " + join(r.if_out_of_memory, " Or ");
}

// The same plan on half of the network.
std::string about_network(const Report& r) {
  const spec::Cluster& c = r.context.problem.cluster;
  if (c.gpus <= c.scaleup_domain || c.nic_gb_per_s <= 0) return "";
  const estimate::Context half(advise::with_more(r.context.problem, advise::Resource::kNetwork, 0.5));
  const double slower = estimate::step_time(half, r.best.strategy).step_time_s / r.best.plan.time.step_time_s - 1;
  std::string text = "At half of the network's " + number_text(c.nic_gb_per_s, 4) +
                     " GB/s per GPU the same plan takes " + percent_text(slower) + " longer.";
  if (c.nic_is_assumed) text += " That rate is assumed: measure it with nccl-tests over the nodes of the job.";
  return text;
}

std::string about_confidence(const Plan& p) {
  if (p.confidence.level == "high") return "";
  return "Confidence is " + p.confidence.level + ": " + p.confidence.basis +
         ". Three measured runs already shift the estimate ('calibrate').";
}

std::string about_interruptions(const Report& r) {
  if (!r.run) return "";
  const RunOutcome& o = *r.run;
  return "At published rates " + std::to_string(r.best.plan.gpus) + " GPUs are interrupted every " +
         number_text(o.failures.mean_time_h, 4) + " h; with checkpoints every " +
         number_text(o.checkpoints.interval_s / 60, 4) + " minutes " +
         percent_text(o.goodput.effective_training_time_ratio) + " of the time trains.";
}

}  // namespace

std::vector<std::string> risks_of(const Report& r) {
  std::vector<std::string> risks = spoken({about_memory(r.best.plan), if_it_does(r), about_network(r),
                                           about_confidence(r.best.plan), about_interruptions(r)});
  risks.insert(risks.end(), r.warnings.begin(), r.warnings.end());
  return risks;
}

}  // namespace shardplan::api
