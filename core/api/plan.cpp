#include "api/plan.h"

#include <algorithm>

#include "base/math.h"
#include "base/text.h"
#include "base/units.h"
#include "estimate/confidence.h"
#include "estimate/fine_tuning.h"
#include "model/parameters.h"

namespace shardplan::api {
namespace {

using estimate::Context;
using spec::Recompute;
using spec::RecomputeMode;
using spec::Sharding;
using spec::Strategy;

struct Module {
  const char* name;
  bool Recompute::*member;
};
constexpr std::array<Module, 5> kModules = {{{"core_attn", &Recompute::core_attn},
                                             {"layernorm", &Recompute::layernorm},
                                             {"mlp", &Recompute::mlp},
                                             {"moe_act", &Recompute::moe_act},
                                             {"mla_up_proj", &Recompute::mla_up_proj}}};

std::optional<int> zero_stage_of(Sharding s) {
  switch (s) {
    case Sharding::kZero0: return 0;
    case Sharding::kZero1: return 1;
    case Sharding::kZero2: return 2;
    case Sharding::kZero3: return 3;
    default: return std::nullopt;
  }
}

// FLOPs that recomputation repeats, as a share of the model's own.
double recomputed_share(const Context& c, const Strategy& s) {
  const spec::Model& m = c.model();
  const double seq = c.training().seq_length, all = estimate::model_flops_per_token(c);
  const double head = 6.0 * m.vocab_size * m.hidden_size;
  const double attention_width = (model::query_head_dim(m) + model::value_head_dim(m)) / 2.0;
  const double attention = 6 * seq * m.num_attention_heads * attention_width * m.num_hidden_layers;
  const Recompute& r = s.recompute;
  double repeated = 0;
  if (r.mode == RecomputeMode::kFull) repeated = r.layer_share * (model::flops_per_token(m, seq) - head) / 3;
  if (r.mode == RecomputeMode::kSelective) {
    const model::LayerParameters p = model::layer_parameters(m, 1, 1, 1);
    if (r.core_attn) repeated += attention / 3;
    if (r.mlp) repeated += 2 * p.dense_mlp * model::all_layers(m).dense;
    if (r.mla_up_proj)
      for (const model::Linear& l : model::attention_linears(m, 1))
        if (l.is_up_projection) repeated += 2 * l.in * l.out * m.num_hidden_layers;
  }
  return repeated / all;
}

StageFields stage_fields(int stage, const estimate::StageMemory& m) {
  return {stage,
          m.layers,
          m.reserved / kGib,
          m.allocated / kGib,
          m.parameters / kGib,
          m.gradients / kGib,
          m.optimizer / kGib,
          m.activations / kGib,
          m.buffers / kGib,
          m.overhead / kGib,
          m.microbatches_in_flight};
}

MemoryFields memory_fields(const Context& c, const std::vector<estimate::StageMemory>& stages, double usable_bytes) {
  MemoryFields f;
  f.worst_stage = estimate::worst_stage(stages);
  f.peak_gib = stages[f.worst_stage].reserved / kGib;
  f.allocated_gib = stages[f.worst_stage].allocated / kGib;
  f.capacity_gib = c.problem.cluster.accelerator.memory_gib;
  f.usable_gib = usable_bytes / kGib;
  for (size_t i = 0; i < stages.size(); ++i) f.stages.push_back(stage_fields(static_cast<int>(i), stages[i]));
  return f;
}

TimeFields time_fields(const estimate::StepTime& t) {
  TimeFields f;
  f.step_time_s = t.step_time_s;
  f.forward_s = t.forward_s;
  f.backward_s = t.backward_s;
  f.recompute_s = t.recompute_s;
  f.head_s = t.head_s;
  f.tp = {t.tp_total_s, t.tp_s};
  f.cp = {t.cp_total_s, t.cp_s};
  f.ep = {t.ep_total_s, t.ep_s};
  f.pp = {t.pp_total_s, t.pp_s};
  f.dp = {t.dp_total_s, t.dp_s};
  f.bubble_s = t.bubble_s;
  f.wait_for_head_s = t.wait_for_head_s;
  f.offload_s = t.offload_s;
  f.host_s = t.host_s;
  f.optimizer_s = t.optimizer_s;
  f.other_s = t.other_s;
  f.stragglers_s = t.stragglers_s;
  return f;
}

Confidence confidence_of(const Context& c, const Strategy& s, double step_time_s, double reserved_bytes) {
  const spec::IntervalClass& i = c.problem.intervals;
  const estimate::Interval time = estimate::step_time_interval(c, s, step_time_s);
  const estimate::Interval memory = estimate::reserved_interval(c, reserved_bytes);
  Confidence f;
  f.step_time_s = {time.low, time.high};
  f.peak_gib = {memory.low / kGib, memory.high / kGib};
  f.level = i.level;
  f.basis = i.basis;
  f.median_error_pct = i.median_error_pct;
  f.runs = i.runs;
  f.oom_probability = estimate::oom_probability(c, reserved_bytes);
  return f;
}

Diagnostics read_recompute(const StrategyFields& f, const std::string& path, Recompute& out) {
  Diagnostics problems;
  for (const std::string& name : f.recompute_modules) {
    const auto it = std::find_if(kModules.begin(), kModules.end(), [&](const Module& m) { return name == m.name; });
    if (it == kModules.end())
      problems.push_back({path + "/recompute_modules", "No module is called '" + name + "'.",
                          "Known modules: " + join(recompute_module_names(), ", ") + "."});
    else out.*(it->member) = true;
  }
  out.mode = f.recompute.value_or(f.recompute_modules.empty() ? RecomputeMode::kNone : RecomputeMode::kSelective);
  if (out.mode != RecomputeMode::kSelective && !f.recompute_modules.empty())
    problems.push_back(
        {path + "/recompute_modules", "Modules belong to selective recomputation.", "Set recompute to selective."});
  if (out.mode == RecomputeMode::kSelective && f.recompute_modules.empty()) out.core_attn = out.layernorm = true;
  out.layer_share = f.recompute_layer_share.value_or(1.0);
  return problems;
}

Diagnostics read_sharding(const StrategyFields& f, const std::string& path, Strategy& s) {
  const int named = (f.zero_stage ? 1 : 0) + (f.fsdp ? 1 : 0) + (f.sharding ? 1 : 0);
  if (named > 1)
    return {{path + "/sharding", "zero_stage, fsdp and sharding say the same thing; give one of them.", ""}};
  if (f.sharding) s.sharding = *f.sharding;
  if (f.zero_stage) {
    constexpr std::array kStages = {Sharding::kZero0, Sharding::kZero1, Sharding::kZero2, Sharding::kZero3};
    s.sharding = kStages[static_cast<size_t>(*f.zero_stage)];
  }
  if (f.fsdp) {
    const int replicas = s.dp * s.cp;
    s.sharding = f.fsdp->shard_size > 0 && f.fsdp->shard_size < replicas ? Sharding::kHsdp : Sharding::kFsdp;
    s.shard_size = s.sharding == Sharding::kHsdp ? f.fsdp->shard_size : 0;
  }
  return {};
}

}  // namespace

std::vector<std::string> recompute_module_names() {
  std::vector<std::string> names;
  for (const Module& m : kModules) names.emplace_back(m.name);
  return names;
}

StrategyFields fields_of(const Context& c, const Strategy& s) {
  StrategyFields f;
  f.tp = s.tp;
  f.sp = s.sp;
  f.pp = s.pp;
  f.vpp = s.vpp;
  f.dp = s.dp;
  f.cp = s.cp;
  f.ep = s.ep;
  f.etp = s.etp;
  f.mbs = s.mbs;
  f.gbs = s.gbs;
  if (const int n = s.gbs / std::max(1, s.dp * s.mbs); n > 0) f.num_microbatches = n;  // an illegal plan may have none
  f.zero_stage = zero_stage_of(s.sharding);
  if (s.sharding == Sharding::kFsdp) f.fsdp = FsdpGroup{s.dp * s.cp};
  if (s.sharding == Sharding::kHsdp) f.fsdp = FsdpGroup{s.shard_size};
  f.schedule = s.schedule;
  f.recompute = s.recompute.mode;
  if (s.recompute.mode == RecomputeMode::kSelective)
    for (const Module& m : kModules)
      if (s.recompute.*m.member) f.recompute_modules.emplace_back(m.name);
  if (s.recompute.mode == RecomputeMode::kFull) f.recompute_layer_share = s.recompute.layer_share;
  f.precision = s.precision;
  if (s.cp > 1) f.cp_comm = s.cp_comm;
  if (s.offload_optimizer) f.offload_optimizer = true;
  if (s.offload_parameters) f.offload_parameters = true;
  if (s.offload_activations > 0) f.offload_activations = s.offload_activations;
  f.layers_per_stage = estimate::stages_of(c, s).layers;
  return f;
}

KnownDegrees known_degrees(const StrategyFields& f) {
  if (!f.dp) return {};
  return {f.tp.value_or(1) * f.pp.value_or(1) * f.cp.value_or(1) * *f.dp, *f.dp};
}

Result<Strategy> strategy_of(const Context& c, const StrategyFields& f, const std::string& path) {
  Diagnostics problems;
  Strategy s;
  s.tp = f.tp.value_or(1);
  s.pp = f.pp.value_or(1);
  s.cp = f.cp.value_or(1);
  s.ep = f.ep.value_or(1);
  s.etp = f.etp.value_or(1);
  s.mbs = f.mbs.value_or(1);
  s.sp = f.sp.value_or(s.tp > 1);
  s.gbs = c.training().gbs;
  if (f.gbs && *f.gbs != s.gbs)
    problems.push_back(
        {path + "/gbs",
         "The strategy's gbs " + std::to_string(*f.gbs) + " is not the question's " + std::to_string(s.gbs) + ".", ""});
  const int inner = s.tp * s.pp * s.cp, gpus = c.problem.cluster.gpus;
  if (f.dp) s.dp = *f.dp;
  else if (gpus % inner == 0) s.dp = gpus / inner;
  else
    problems.push_back(
        {path + "/dp",
         "tp x pp x cp = " + std::to_string(inner) + " does not divide " + std::to_string(gpus) + " GPUs.", ""});
  s.vpp = f.vpp.value_or(1);
  s.schedule = f.schedule.value_or(s.vpp > 1 ? spec::Schedule::kInterleaved : spec::Schedule::kOneForwardOneBackward);
  s.precision = f.precision.value_or(c.training().precision);
  s.cp_comm = f.cp_comm.value_or(spec::ContextParallel::kRing);
  s.offload_optimizer = f.offload_optimizer.value_or(false);
  s.offload_parameters = f.offload_parameters.value_or(false);
  s.offload_activations = f.offload_activations.value_or(0);
  s.layers_per_stage = f.layers_per_stage;
  // The default layout need not be written out.
  s.layers_per_stage.clear();
  if (f.layers_per_stage != estimate::stages_of(c, s).layers) s.layers_per_stage = f.layers_per_stage;
  const auto& shardings = c.stack().shardings;
  if (std::find(shardings.begin(), shardings.end(), s.sharding) == shardings.end() && !shardings.empty())
    s.sharding = shardings.front();
  for (Diagnostics more : {read_sharding(f, path, s), read_recompute(f, path, s.recompute)})
    problems.insert(problems.end(), more.begin(), more.end());
  if (f.num_microbatches && static_cast<int64_t>(*f.num_microbatches) * s.dp * s.mbs != s.gbs)
    problems.push_back({path + "/num_microbatches",
                        "num_microbatches x dp x mbs is not the global batch of " + std::to_string(s.gbs) + ".", ""});
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  return s;
}

std::string strategy_text(const Strategy& s) {
  std::vector<std::string> parts = {"TP " + std::to_string(s.tp), "PP " + std::to_string(s.pp)};
  const auto add = [&](const char* name, int degree) {
    if (degree > 1) parts.push_back(std::string(name) + " " + std::to_string(degree));
  };
  add("VPP", s.vpp);
  add("CP", s.cp);
  add("EP", s.ep);
  add("ETP", s.etp);
  parts.push_back("DP " + std::to_string(s.dp));
  parts.push_back("micro-batch " + std::to_string(s.mbs));
  return join(parts, ", ");
}

Plan make_plan(const Context& c, const Strategy& s, double usable_bytes) {
  Plan p;
  const auto stages = estimate::stage_memories(c, s);
  const estimate::StepTime t = estimate::step_time(c, s);
  p.summary = strategy_text(s);
  p.strategy = fields_of(c, s);
  p.gpus = spec::world_size(s);
  p.memory = memory_fields(c, stages, usable_bytes);
  const double reserved = stages[p.memory.worst_stage].reserved;
  p.fits = reserved <= usable_bytes;
  p.over_gib = std::max(0.0, reserved - usable_bytes) / kGib;
  p.time = time_fields(t);
  const double tokens = static_cast<double>(s.gbs) * c.training().seq_length;
  p.tokens_per_s = tokens / t.step_time_s;
  p.tokens_per_s_per_gpu = p.tokens_per_s / p.gpus;
  const double flops_per_s = estimate::model_flops_per_token(c) * p.tokens_per_s_per_gpu;
  p.tflops_per_gpu = flops_per_s / kTera;
  p.mfu = flops_per_s / hardware::peak_flops(c.problem.cluster.accelerator, s.precision);
  p.hfu = p.mfu * (1 + recomputed_share(c, s));
  const double usd_per_gpu_hour = c.problem.cluster.usd_per_gpu_hour;
  if (usd_per_gpu_hour > 0) {
    p.usd_per_hour = usd_per_gpu_hour * p.gpus;
    p.usd_per_million_tokens = *p.usd_per_hour / kSecondsPerHour / p.tokens_per_s * 1e6;
  }
  p.confidence = confidence_of(c, s, t.step_time_s, p.memory.peak_gib * kGib);
  return p;
}

}  // namespace shardplan::api
