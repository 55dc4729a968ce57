#include "api/run_conditions.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/units.h"
#include "estimate/data_parallel.h"
#include "json/operations_presets.h"

namespace shardplan::api {
namespace {

constexpr double kHoursPerDay = 24;

void take_failures(const RunConditions& asked, const estimate::Problem& problem, FailureFields& f,
                   std::vector<std::string>& assumptions) {
  if (asked.gpu_hours_per_interruption) {
    f.gpu_hours_per_interruption = *asked.gpu_hours_per_interruption;
    f.source = "the request";
  } else {
    const auto rate =
        estimate::published_rate(json::operations_records().reliability, problem.cluster.accelerator.generation);
    f.gpu_hours_per_interruption = rate.gpu_hours;
    f.published_gpu_hours = {rate.least_gpu_hours, rate.most_gpu_hours};
    if (rate.record->hardware_share > 0) f.hardware_share = rate.record->hardware_share;
    f.source = rate.record->citation;
    assumptions.push_back("Interruptions: one in " + whole_text(rate.gpu_hours) + " GPU-hours, as in " +
                          rate.record->name + " (" + f.source + "); published runs lie between " +
                          whole_text(rate.least_gpu_hours) + " and " + whole_text(rate.most_gpu_hours) + ".");
  }
  f.mean_time_h = f.gpu_hours_per_interruption / problem.cluster.gpus;
  f.per_day = kHoursPerDay / f.mean_time_h;
}

estimate::Storage storage_of(const RunConditions& asked, const estimate::Problem& problem,
                             std::vector<std::string>& assumptions) {
  estimate::Storage out;
  out.host_copy_bytes_per_s = estimate::host_link_bytes_per_s(problem);
  double write = asked.storage_gb_per_s.value_or(0);
  for (const spec::StorageRecord& r : json::operations_records().storage) {
    out.block_s = std::max(out.block_s, r.block_s);
    if (asked.async_checkpoints && r.block_s > 0)
      assumptions.push_back("An asynchronous checkpoint stops training for " + number_text(r.block_s) + " s (" +
                            r.citation + ") and the copy to the host.");
    if (asked.storage_gb_per_s || r.write_gb_per_s <= 0) continue;
    write = r.write_gb_per_s / r.gpus * problem.cluster.gpus;
    assumptions.push_back("Storage: " + number_text(write, 4) + " GB/s for the job, " +
                          whole_text(1000 * r.write_gb_per_s / r.gpus) + " MB/s per GPU as " + r.name + " (" +
                          r.citation + ").");
  }
  out.write_bytes_per_s = write * kGiga;
  out.read_bytes_per_s = asked.storage_read_gb_per_s.value_or(write) * kGiga;
  if (!asked.storage_read_gb_per_s) assumptions.push_back("Checkpoints are read as fast as they are written.");
  return out;
}

double restart_of(const RunConditions& asked, std::vector<std::string>& assumptions) {
  if (asked.restart_s) return *asked.restart_s;
  for (const spec::ReliabilityRecord& r : json::operations_records().reliability) {
    if (r.recovery_s <= 0 || r.elastic_recovery_s > 0) continue;
    assumptions.push_back("Restart: " + whole_text(r.recovery_s) + " s to find a failure and start again (" +
                          r.citation + "), and reading the checkpoint.");
    return r.recovery_s;
  }
  return 0;
}

}  // namespace

double best_interval_s(const Conditions& c, const estimate::CheckpointTime& time) {
  const double daly = estimate::daly_interval_s(time.stall_s, c.mean_time_s);
  return std::max(daly, c.asynchronous ? time.write_s : 1.0);
}

Interrupted evaluate(const Conditions& c) {
  Interrupted e;
  e.time = estimate::checkpoint_time(c.bytes, c.storage, c.gpus, c.asynchronous);
  e.interval_s = c.interval_s > 0 ? c.interval_s : best_interval_s(c, e.time);
  e.restart_s = c.restart_s + e.time.read_s + e.time.delay_s;
  e.goodput = estimate::goodput(c.mean_time_s, e.interval_s, e.time.stall_s, e.restart_s);
  return e;
}

double mean_time_s(double gpu_hours_per_interruption, int gpus) {
  return gpu_hours_per_interruption / gpus * kSecondsPerHour;
}

Conditions conditions_of(const RunConditions& asked, const estimate::Problem& problem, double checkpoint_bytes,
                         double tokens_per_s, FailureFields& failures, std::vector<std::string>& assumptions) {
  Conditions c;
  take_failures(asked, problem, failures, assumptions);
  c.gpus = problem.cluster.gpus;
  c.mean_time_s = mean_time_s(failures.gpu_hours_per_interruption, c.gpus);
  c.bytes = checkpoint_bytes;
  c.asynchronous = asked.async_checkpoints;
  if (asked.checkpoint_interval) c.interval_s = *asked.checkpoint_interval / tokens_per_s;
  else assumptions.push_back("Checkpoints: as often as loses least time (Daly 2006).");
  c.storage = storage_of(asked, problem, assumptions);
  c.restart_s = restart_of(asked, assumptions);
  return c;
}

std::string whole_text(double x) { return number_text(std::round(x), 12); }

}  // namespace shardplan::api
