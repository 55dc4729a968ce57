#include "search/space.h"

#include <algorithm>
#include <utility>

#include "base/integers.h"
#include "estimate/stages.h"
#include "model/parameters.h"

namespace shardplan::search {
namespace {

using estimate::Context;
using spec::Recompute;
using spec::RecomputeMode;
using spec::Schedule;
using spec::Sharding;
using spec::Strategy;

template <class T>
bool allowed(const std::vector<T>& wanted, T value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

// Each value once, where it stands first.
template <class T>
void drop_repeated(std::vector<T>& list) {
  auto end = list.begin();
  for (const T& value : list)
    if (std::find(list.begin(), end, value) == end) *end++ = value;
  list.erase(end, list.end());
}

Recompute selective(std::initializer_list<bool Recompute::*> modules) {
  Recompute r;
  r.mode = RecomputeMode::kSelective;
  for (auto module : modules) r.*module = true;
  return r;
}

// From the cheapest to the dearest, by what the model and its attention have.
std::vector<Recompute> recompute_choices(const Context& c, const std::vector<RecomputeMode>& wanted) {
  const spec::Model& m = c.model();
  const bool moe = model::is_moe(m), mla = model::is_mla(m), dense = model::all_layers(m).dense > 0;
  std::vector<Recompute> all = {Recompute{}};
  if (c.stack().selective_recompute) {
    if (c.stack().unfused_attention) all.push_back(selective({&Recompute::core_attn}));
    all.push_back(selective({&Recompute::layernorm}));
    if (moe) all.push_back(selective({&Recompute::moe_act}));
    if (moe) all.push_back(selective({&Recompute::layernorm, &Recompute::moe_act}));
    if (mla) all.push_back(selective({&Recompute::mla_up_proj}));
    if (mla && moe) all.push_back(selective({&Recompute::mla_up_proj, &Recompute::layernorm, &Recompute::moe_act}));
    if (dense && !moe) all.push_back(selective({&Recompute::mlp}));
    if (dense && !moe) all.push_back(selective({&Recompute::layernorm, &Recompute::mlp}));
    if (dense && moe)
      all.push_back(selective({&Recompute::mla_up_proj, &Recompute::layernorm, &Recompute::moe_act, &Recompute::mlp}));
  }
  for (double share : {0.25, 0.5, 0.75, 1.0}) {
    Recompute r;
    r.mode = RecomputeMode::kFull;
    r.layer_share = share;
    all.push_back(r);
  }
  std::erase_if(all, [&](const Recompute& r) { return !allowed(wanted, r.mode); });
  return all;
}

// Virtual stages that the layers divide into.
std::vector<PipelineChoice> pipeline_choices(const Context& c, int pp, const Limits& limits) {
  std::vector<PipelineChoice> out;
  if (pp == 1) {
    if (allowed(limits.vpp, 1)) out.push_back({Schedule::kOneForwardOneBackward, 1});
    return out;
  }
  const int layers = c.model().num_hidden_layers;
  for (Schedule schedule : c.stack().schedules) {
    if (!allowed(limits.schedule, schedule)) continue;
    if (schedule != Schedule::kInterleaved) {
      if (allowed(limits.vpp, 1)) out.push_back({schedule, 1});
      continue;
    }
    for (int v = 2; v * pp <= layers + 2; ++v)
      if (allowed(limits.vpp, v) && !estimate::default_stages(layers, pp, v).empty()) out.push_back({schedule, v});
  }
  return out;
}

// Groups that fill a scale-up domain, or whole domains.
std::vector<int> shard_sizes(const Context& c, const Strategy& mesh, const Limits& limits) {
  const int64_t replicas = static_cast<int64_t>(mesh.dp) * mesh.cp;
  std::vector<int> out;
  for (int64_t size : divisors(replicas)) {
    const int64_t extent = size * mesh.tp;
    const bool whole = extent % c.links.domain == 0 || c.links.domain % extent == 0;
    if (size > 1 && size < replicas && whole && allowed(limits.shard_size, static_cast<int>(size)))
      out.push_back(static_cast<int>(size));
  }
  return out;
}

std::vector<ShardingChoice> sharding_choices(const Context& c, const Strategy& mesh, const Limits& limits) {
  std::vector<ShardingChoice> out;
  const bool has_replicas = static_cast<int64_t>(mesh.dp) * mesh.cp > 1;
  for (Sharding sharding : c.stack().shardings) {
    if (!allowed(limits.sharding, sharding)) continue;
    if (sharding == Sharding::kHsdp) {
      for (int size : shard_sizes(c, mesh, limits)) out.push_back({sharding, size, false});
    } else if (has_replicas || out.empty()) {
      out.push_back({sharding, 0, false});
    }
  }
  if (limits.optimizer_offload) {
    const size_t n = out.size();
    for (size_t i = 0; i < n; ++i) out.push_back({out[i].sharding, out[i].shard_size, true});
  }
  return out;
}

std::vector<int> microbatch_choices(int gbs, int dp, const Limits& limits) {
  std::vector<int> out;
  if (gbs % dp != 0) return {1};  // counted as one illegal choice
  for (int64_t mbs : divisors(gbs / dp))
    if (allowed(limits.mbs, static_cast<int>(mbs))) out.push_back(static_cast<int>(mbs));
  return out;
}

std::vector<int> expert_degrees(const Context& c, const Limits& limits) {
  if (!model::is_moe(c.model())) return {1};
  std::vector<int> out;
  for (int64_t ep : divisors(c.model().num_experts))
    if (allowed(limits.ep, static_cast<int>(ep)) && (ep == 1 || c.stack().expert_parallel))
      out.push_back(static_cast<int>(ep));
  return out;
}

std::vector<int> expert_tensor_degrees(const Context& c, int tp, const Limits& limits) {
  if (!model::is_moe(c.model())) return {1};
  std::vector<int> out;
  for (int64_t etp : divisors(tp))
    if (allowed(limits.etp, static_cast<int>(etp)) && (etp == 1 || c.stack().expert_tensor_parallel))
      out.push_back(static_cast<int>(etp));
  return out;
}

// Calls back with every combination of degrees that multiplies to `gpus`.
template <class F>
void for_each_mesh(const Context& c, const Limits& limits, int gpus, F&& f) {
  const std::vector<int> eps = expert_degrees(c, limits);
  Strategy s;
  s.gbs = c.training().gbs;
  const auto fits = [](int64_t degree, int64_t most) { return degree <= most; };
  for (int64_t tp : divisors(gpus)) {
    if (!allowed(limits.tp, static_cast<int>(tp)) || !fits(tp, c.model().num_attention_heads)) continue;
    if (tp > 1 && !c.stack().tensor_parallel) continue;
    for (int64_t cp : divisors(gpus / tp)) {
      const bool long_enough = cp == 1 || cp * 128 <= c.training().seq_length;
      if (!allowed(limits.cp, static_cast<int>(cp)) || !long_enough || (cp > 1 && !c.stack().context_parallel))
        continue;
      for (int64_t pp : divisors(gpus / tp / cp)) {
        if (!allowed(limits.pp, static_cast<int>(pp)) || !fits(pp, c.model().num_hidden_layers + 2)) continue;
        if (pp > 1 && !c.stack().pipeline_parallel) continue;
        const int64_t dp = gpus / tp / cp / pp;
        if (!allowed(limits.dp, static_cast<int>(dp))) continue;
        s.tp = static_cast<int>(tp);
        s.cp = static_cast<int>(cp);
        s.pp = static_cast<int>(pp);
        s.dp = static_cast<int>(dp);
        for (int etp : expert_tensor_degrees(c, s.tp, limits)) {
          for (int ep : eps) {
            s.ep = ep;
            s.etp = etp;
            f(s);
          }
        }
      }
    }
  }
}

}  // namespace

Space::Space(const Context& c, Limits limits) {
  precisions_ = limits.precision.empty() ? std::vector<spec::Precision>{c.training().precision} : limits.precision;
  recomputes_ = recompute_choices(c, limits.recompute);
  if (limits.gpus.empty()) limits.gpus = {c.problem.cluster.gpus};
  drop_repeated(precisions_);
  drop_repeated(limits.gpus);
  for (int gpus : limits.gpus) {
    for_each_mesh(c, limits, gpus, [&](const Strategy& mesh) {
      Block b;
      b.mesh = mesh;
      b.first = size_;
      b.rejected = mesh_violation(c, mesh, limits.tp_across_domains);
      for (bool sp : {true, false})
        if ((mesh.tp > 1 || !sp) && (!limits.sp || *limits.sp == sp || mesh.tp == 1)) b.sps.push_back(sp);
      b.cp_comms = {spec::ContextParallel::kRing};
      if (mesh.cp > 1) {
        b.cp_comms = {spec::ContextParallel::kRing, spec::ContextParallel::kAllGather,
                      spec::ContextParallel::kAllToAll};
        std::erase_if(b.cp_comms, [&](spec::ContextParallel p) { return !allowed(limits.cp_comm, p); });
      }
      b.mbs = microbatch_choices(mesh.gbs, mesh.dp, limits);
      if (mesh.gbs % mesh.dp != 0 && !b.rejected) b.rejected = Rejection::kBatch;
      b.pipelines = pipeline_choices(c, mesh.pp, limits);
      b.shardings = sharding_choices(c, mesh, limits);
      b.size = precisions_.size() * b.sps.size() * b.cp_comms.size() * b.mbs.size() * recomputes_.size() *
               b.pipelines.size() * b.shardings.size();
      size_ += b.size;
      if (b.size > 0) blocks_.push_back(std::move(b));
    });
  }
}

size_t Space::block_of(uint64_t index) const {
  const auto after =
      std::upper_bound(blocks_.begin(), blocks_.end(), index, [](uint64_t i, const Block& b) { return i < b.first; });
  return static_cast<size_t>(after - blocks_.begin()) - 1;
}

Strategy Space::at(uint64_t index) const {
  const Block& b = blocks_[block_of(index)];
  uint64_t rest = index - b.first;
  const auto next = [&rest](size_t radix) {
    const uint64_t digit = rest % radix;
    rest /= radix;
    return static_cast<size_t>(digit);
  };
  Strategy s = b.mesh;
  const ShardingChoice& sharding = b.shardings[next(b.shardings.size())];
  const PipelineChoice& pipeline = b.pipelines[next(b.pipelines.size())];
  s.sharding = sharding.sharding;
  s.shard_size = sharding.shard_size;
  s.offload_optimizer = sharding.offload_optimizer;
  s.schedule = pipeline.schedule;
  s.vpp = pipeline.vpp;
  s.recompute = recomputes_[next(recomputes_.size())];
  s.mbs = b.mbs[next(b.mbs.size())];
  s.cp_comm = b.cp_comms[next(b.cp_comms.size())];
  s.sp = b.sps[next(b.sps.size())];
  s.precision = precisions_[next(precisions_.size())];
  return s;
}

}  // namespace shardplan::search
