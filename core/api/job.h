// What is to be started, as several operations take it: a stated plan with nodes and a script, the model being
// optional. `gpus` counts those of a node where `nodes` is given, as launchers have it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/nccl_fields.h"
#include "api/plan.h"
#include "emit/bundle.h"
#include "emit/job.h"

namespace shardplan::api {

inline constexpr const char* kFirstNodeAssumed = "The first node is called node-0.";

struct JobFields {
  ModelChoice model;
  Question question;  // its own model stays empty
  StrategyFields flat;
  std::optional<StrategyFields> strategy;
  bool tp_across_domains = false;
  std::optional<int> nodes;
  std::optional<int> grad_accum;
  std::string script = "train.py";
  std::vector<std::string> script_args;
  std::string name = "shardplan";
  std::string master_addr = "node-0";
  int master_port = 29500;
  std::optional<int> steps;
  std::optional<emit::Fabric> network_type;
  std::string nccl_version;
};

// Where the request says all that an estimate needs, `plan` has one.
struct ResolvedJob {
  std::unique_ptr<estimate::Context> context;  // `job` points into it
  emit::Job job;
  StrategyFields strategy;
  std::optional<Plan> plan;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

// `steps`: of the run, where the request says nothing of it.
Result<ResolvedJob> resolve(const JobFields& fields, int steps = 100);

// A word that a script or a batch directive may hold as it is.
bool is_plain_word(std::string_view text);

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::JobFields, "job");
SHARDPLAN_DESCRIBE_ENUM(emit::Framework, "framework");
SHARDPLAN_DESCRIBE(emit::File, "file");
SHARDPLAN_DESCRIBE(emit::Artefact, "artefact");

}  // namespace shardplan::json
