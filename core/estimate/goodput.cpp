#include "estimate/goodput.h"

#include <algorithm>
#include <cmath>

#include "base/math.h"

namespace shardplan::estimate {
namespace {

constexpr double kHoursPerDay = 24;

// e^x - 1 without the cancellation near 0.
double exp_minus_one(double x) { return std::abs(x) < 1e-4 ? x * (1 + x / 2 * (1 + x / 3)) : exp(x) - 1; }

bool represents(const spec::ReliabilityRecord& record, const std::string& generation) {
  return std::find(record.represents.begin(), record.represents.end(), generation) != record.represents.end();
}

}  // namespace

double gpu_hours_per_interruption(const spec::ReliabilityRecord& r) {
  if (r.interruptions > 0) return r.gpus * r.days * kHoursPerDay / r.interruptions;
  if (r.failures_per_1000_node_days > 0) return r.gpus_per_node * kHoursPerDay * 1000 / r.failures_per_1000_node_days;
  return 0;
}

PublishedRate published_rate(std::span<const spec::ReliabilityRecord> records, const std::string& generation) {
  PublishedRate out;
  const spec::ReliabilityRecord* otherwise = nullptr;
  for (const spec::ReliabilityRecord& r : records) {
    const double hours = gpu_hours_per_interruption(r);
    if (hours <= 0) continue;
    out.least_gpu_hours = out.least_gpu_hours > 0 ? std::min(out.least_gpu_hours, hours) : hours;
    out.most_gpu_hours = std::max(out.most_gpu_hours, hours);
    if (represents(r, generation)) out.record = &r;
    if (represents(r, "default")) otherwise = &r;
  }
  if (out.record == nullptr) out.record = otherwise;
  if (out.record != nullptr) out.gpu_hours = gpu_hours_per_interruption(*out.record);
  return out;
}

double young_interval_s(double stall_s, double mean_time_s) { return std::sqrt(2 * stall_s * mean_time_s); }

double daly_interval_s(double stall_s, double mean_time_s) {
  if (stall_s >= 2 * mean_time_s) return mean_time_s;
  const double share = stall_s / (2 * mean_time_s);
  return young_interval_s(stall_s, mean_time_s) * (1 + std::sqrt(share) / 3 + share / 9) - stall_s;
}

Goodput goodput(double mean_time_s, double interval_s, double stall_s, double restart_s) {
  Goodput g;
  const double stretch =
      mean_time_s * exp(restart_s / mean_time_s) * exp_minus_one((interval_s + stall_s) / mean_time_s) / interval_s;
  g.training = 1 / stretch;
  g.checkpoints = g.training * stall_s / interval_s;
  g.restarts = -exp_minus_one(-restart_s / mean_time_s);
  g.redone = std::max(0.0, 1 - g.training - g.checkpoints - g.restarts);
  return g;
}

int spares_needed(double expected, double probability) {
  constexpr int kMost = 100000;
  double term = exp(-expected), sum = term;
  int n = 0;
  while (sum < probability && n < kMost) {
    ++n;
    term *= expected / n;
    sum += term;
  }
  return n;
}

}  // namespace shardplan::estimate
