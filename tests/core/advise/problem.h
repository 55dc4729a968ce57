// A problem that the tests of this folder start from.
#pragma once

#include <string>

#include "catalog/catalog.h"
#include "estimate/problem.h"
#include "json/presets.h"

namespace shardplan::advise {

inline estimate::Problem problem(const std::string& model = "llama-3.1-70b", int gpus = 64) {
  static const catalog::Catalog c = *json::read_catalog(json::built_in_presets());
  estimate::Problem p;
  p.model = *catalog::find_model(c, model, "")->model;
  p.cluster.accelerator = **catalog::find_accelerator(c, "h100", "");
  p.cluster.gpus = gpus;
  p.cluster.nic_gb_per_s = 50;
  p.training.seq_length = 8192;
  p.training.gbs = 128;
  p.stack = **catalog::find_stack(c, "megatron-core", "");
  p.generation = catalog::generation_of(c, p.cluster.accelerator);
  return p;
}

inline constexpr double kUsableBytes = 75.0 * (1 << 30);

// TP 4, PP 8, DP 2 on 64 GPUs.
inline spec::Strategy strategy() {
  spec::Strategy s;
  s.tp = 4;
  s.sp = true;
  s.pp = 8;
  s.dp = 2;
  s.gbs = 128;
  return s;
}

}  // namespace shardplan::advise
