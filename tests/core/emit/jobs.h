// Jobs of a few GPUs, with a model and without.
#pragma once

#include "api/job.h"

namespace shardplan::emit {

inline Job job_of(spec::Strategy strategy, int nodes = 1, int gpus_per_node = 8) {
  Job job;
  job.strategy = std::move(strategy);
  job.nodes = nodes;
  job.gpus_per_node = gpus_per_node;
  return job;
}

inline spec::Strategy strategy(int tp, int pp, int dp, spec::Sharding sharding = spec::Sharding::kZero1) {
  spec::Strategy s;
  s.tp = tp;
  s.sp = tp > 1;
  s.pp = pp;
  s.dp = dp;
  s.gbs = dp * 4;
  s.sharding = sharding;
  return s;
}

inline api::ResolvedJob resolved_job(const std::string& model, int gpus, spec::Strategy s) {
  api::JobFields fields;
  fields.model.name = model;
  fields.question.gpu = "h100";
  fields.question.gpus = gpus;
  fields.question.seq_length = 4096;
  fields.question.gbs = s.gbs;
  fields.flat.tp = s.tp;
  fields.flat.pp = s.pp;
  fields.flat.dp = s.dp;
  fields.flat.ep = s.ep;
  fields.flat.recompute = s.recompute.mode;
  auto job = api::resolve(fields);
  if (!job) throw std::runtime_error(job.error().front().message);
  return *std::move(job);
}

}  // namespace shardplan::emit
