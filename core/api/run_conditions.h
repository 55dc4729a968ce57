// Under which conditions a long run goes on: how often it is interrupted, where its checkpoints go, how it starts
// again; and what share of its time then trains. api/long_run.h makes time and money of it.
#pragma once

#include "api/long_run.h"
#include "estimate/checkpoint.h"
#include "estimate/goodput.h"

namespace shardplan::api {

struct Conditions {
  double mean_time_s = 0;  // between interruptions
  double bytes = 0;        // of a checkpoint
  double interval_s = 0;   // 0: the one with the least loss
  bool asynchronous = false;
  estimate::Storage storage;
  double restart_s = 0;  // without reading the checkpoint
  int gpus = 0;
};

struct Interrupted {
  estimate::CheckpointTime time;
  double interval_s = 0;
  double restart_s = 0;
  estimate::Goodput goodput;
};
Interrupted evaluate(const Conditions& conditions);

// Of training time between two checkpoints, with the least loss; one checkpoint is written at a time.
double best_interval_s(const Conditions& conditions, const estimate::CheckpointTime& time);

double mean_time_s(double gpu_hours_per_interruption, int gpus);

// What the request states, else what is published, with an assumption for each; fills in the failures' fields but for
// their number.
Conditions conditions_of(const RunConditions& asked, const estimate::Problem& problem, double checkpoint_bytes,
                         double tokens_per_s, FailureFields& failures, std::vector<std::string>& assumptions);

// A count for people: 50677, not 5.07e+04.
std::string whole_text(double x);

}  // namespace shardplan::api
