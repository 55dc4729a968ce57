// A measured run as the planner sees it: a problem, a strategy, and what was measured.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "estimate/problem.h"
#include "spec/measured_run.h"

namespace shardplan::measured {

// Which rank a measured memory belongs to, and what it counts.
// kAllocatorWorst: reserved by the framework's allocator, without the device's context.
enum class MemoryKind { kNone, kAllocatedWorst, kAllocatedLast, kReservedWorst, kNvidiaSmi, kAllocatorWorst };

// Settings of a run that differ from its stack's preset.
struct StackSettings {
  std::optional<spec::CudaGraphs> cuda_graphs;
  std::optional<bool> tp_comm_overlap;
  std::optional<double> fsdp_gradient_bytes;
  std::optional<bool> recompute_stops_early;
  std::optional<bool> unfused_attention;
  std::optional<double> logit_memory_bytes;
  std::optional<bool> hidden_dropout;
  std::optional<bool> attention_dropout;
  std::optional<bool> weight_gradient_dummies;
  std::optional<bool> embedding_units;
};
spec::Stack with_settings(spec::Stack stack, const StackSettings& settings);

struct Run {
  spec::MeasuredRow row;
  spec::Model model;
  spec::Cluster cluster;
  spec::Training training;
  std::string stack_id;
  StackSettings settings;
  spec::Strategy strategy;

  double step_time_s = 0;  // 0: not measured, or not usable
  double memory_bytes = 0;
  MemoryKind memory_kind = MemoryKind::kNone;

  std::string family;  // siblings: rows that are held out together
  std::string group;   // runs that compete: same problem, machines and software
  std::string kind;    // class of the error tables
  bool trains_constants = false;
  std::vector<std::string> assumptions;
};

// The problem with the catalog's constants in it.
estimate::Problem problem_of(const catalog::Catalog& catalog, const Run& run);

// A run, or why the row does not state enough.
Result<Run> run_of(const catalog::Catalog& catalog, const spec::MeasuredRow& row);

}  // namespace shardplan::measured
