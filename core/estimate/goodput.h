// Share of a long run's time that trains, beside checkpoints, work that failures undo, and restarts. Failures are
// independent and as likely at any time: the time between them is exponential with mean M. Notation of the formulas:
// d the stall of a checkpoint, t the training time between two of them, R a restart, all in seconds. Step times are
// estimate/step.h's business, the bytes of a checkpoint estimate/checkpoint.h's.
#pragma once

#include <span>

#include "spec/operations.h"

namespace shardplan::estimate {

// GPU-hours of a record between two interruptions; 0 where it does not say.
double gpu_hours_per_interruption(const spec::ReliabilityRecord& record);

// What is published for one GPU generation, and the range over everything published.
struct PublishedRate {
  const spec::ReliabilityRecord* record = nullptr;  // null: nothing is known
  double gpu_hours = 0;
  double least_gpu_hours = 0, most_gpu_hours = 0;
};
PublishedRate published_rate(std::span<const spec::ReliabilityRecord> records, const std::string& generation);

// Interval between checkpoints with the least loss.
//   Young 1974, doi 10.1145/361147.361115          sqrt(2 d M)
//   Daly 2006, doi 10.1016/j.future.2004.11.016    sqrt(2 d M) (1 + sqrt(d / 2M) / 3 + (d / 2M) / 9) - d, M if d >= 2M
double young_interval_s(double stall_s, double mean_time_s);
double daly_interval_s(double stall_s, double mean_time_s);

struct Goodput {
  // Shares of the whole time; they sum to 1.
  double training = 1;  // effective training time ratio
  double checkpoints = 0;
  double redone = 0;  // trained since the last checkpoint and lost
  double restarts = 0;
};

// Daly 2006, equation 13: T seconds of training take M e^(R/M) (e^((t+d)/M) - 1) T/t. Of that a restart takes
// 1 - e^(-R/M), since a failure may end it, too.
Goodput goodput(double mean_time_s, double interval_s, double stall_s, double restart_s);

// Smallest number of spares that is enough with this probability, when `expected` of them are away at a time (Poisson).
int spares_needed(double expected, double probability);

}  // namespace shardplan::estimate
