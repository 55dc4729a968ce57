#include <algorithm>

#include "api/fine_tuning.h"
#include "api/rlhf_fields.h"
#include "api/rlhf_response.h"
#include "emit/trl.h"
#include "json/presets.h"

namespace shardplan::api {
namespace {

using advise::Reference;

constexpr double kMostEngineShare = 0.95;

const char* algorithm_name(advise::RlAlgorithm algorithm) {
  for (const json::EnumEntry& e : json::DescribeEnum<advise::RlAlgorithm>::entries())
    if (e.value == static_cast<int>(algorithm)) return e.name;
  return "";
}

emit::ReferenceCopy copy_of(Reference r) {
  switch (r) {
    case Reference::kWhole: return emit::ReferenceCopy::kWhole;
    case Reference::kQuantized: return emit::ReferenceCopy::kQuantized;
    case Reference::kOffloaded: return emit::ReferenceCopy::kOffloaded;
    case Reference::kShared: return emit::ReferenceCopy::kShared;
    case Reference::kNone: break;
  }
  return emit::ReferenceCopy::kNone;
}

// As Transformers' --optim calls it; empty: AdamW, its default, or one that it does not have.
const char* optim_name(spec::Optimizer o) {
  switch (o) {
    case spec::Optimizer::kAdamW8Bit: return "adamw_8bit";
    case spec::Optimizer::kPagedAdamW: return "paged_adamw_32bit";
    case spec::Optimizer::kPagedAdamW8Bit: return "paged_adamw_8bit";
    case spec::Optimizer::kLion8Bit: return "lion_8bit";
    case spec::Optimizer::kAdafactor: return "adafactor";
    default: return "";
  }
}

std::string hub_name(const spec::Model& m) { return m.hf_id.empty() ? m.name : m.hf_id; }

void take_adapters(const ResolvedRlhf& q, const spec::Model& model, const std::string& stack, emit::TrlJob& job) {
  std::vector<std::string> ignored;
  const auto found = catalog::find_stack(presets(), stack, "");
  if (!found) return;
  const auto f = fine_tuning_of(q.actor, model, **found, ignored);
  if (!f || !spec::is_frozen(*f)) return;
  job.lora_rank = f->rank;
  job.lora_targets = target_names(f->targets);
  job.dora = f->method == spec::Method::kDora;
  job.four_bits = f->base == spec::BaseWeights::kNf4 || f->base == spec::BaseWeights::kNf4Double;
}

void take_engines(const RlhfEstimate& e, emit::TrlJob& job) {
  job.colocated = e.placement.colocated;
  if (!e.rollout) return;
  const ServingMemoryFields& m = e.rollout->memory;
  job.engine_gpus = e.placement.rollout_gpus;
  job.engine_tp = e.rollout->strategy.tp;
  job.engine_memory_share =
      std::min(kMostEngineShare, (m.weights_gib + e.rollout_cache_gib + m.activations_gib) / m.capacity_gib);
}

}  // namespace

std::vector<emit::Artefact> rlhf_artefacts(const ResolvedRlhf& q, const spec::Cluster& cluster, const RlhfEstimate& e) {
  std::vector<std::string> ignored;
  const auto model = resolve_model(presets(), q.actor.model, ignored);
  if (!is_trl(e.placement.stack) || !model) return {};
  emit::Job job;
  job.strategy = e.strategy;
  job.gpus_per_node = std::min(cluster.gpus_per_node, e.placement.training_gpus);
  job.nodes = e.placement.training_gpus / job.gpus_per_node;
  // A pair is one example to the trainer and two sequences to the plan.
  const int sequences = q.traits.online ? 1 : q.traits.sequences;
  emit::TrlJob t;
  t.algorithm = algorithm_name(q.traits.algorithm);
  t.model = hub_name(*model);
  if (q.reward) t.reward = hub_name(*q.reward);
  t.per_device_batch = std::max(1, e.strategy.mbs / sequences);
  t.gradient_accumulation = job.gradient_accumulation();
  t.max_length = q.traits.online ? q.prompt_tokens + q.longest_response_tokens : q.actor.seq_length.value_or(0);
  t.response_tokens = q.longest_response_tokens;
  t.num_generations = std::max(1, q.sequences / std::max(1, q.prompts));
  t.epochs = q.epochs;
  t.minibatches = q.minibatches;
  t.reference = copy_of(q.reference);
  t.in_bf16 = e.placement.stack == "hf-bf16";
  if (q.actor.optimizer) t.optimizer = optim_name(*q.actor.optimizer);
  take_engines(e, t);
  take_adapters(q, *model, e.placement.stack, t);
  std::vector<emit::Artefact> out;
  if (auto server = emit::trl_server(t)) out.push_back(*std::move(server));
  if (auto trainer = emit::trl(job, t)) out.push_back(*std::move(trainer));
  return out;
}

}  // namespace shardplan::api
