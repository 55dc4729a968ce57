#include "advise/switches.h"

#include <algorithm>
#include <array>

#include "base/integers.h"
#include "search/one_mesh.h"

namespace shardplan::advise {
namespace {

using spec::Precision;
using spec::Schedule;
using spec::Sharding;
using spec::Strategy;

constexpr std::array<const char*, kTechniques> kNames = {
    "degrees",           "precision",  "optimizer",   "recompute", "micro_batch",       "pipeline",
    "sequence_parallel", "tp_overlap", "cuda_graphs", "sharding",  "optimizer_offload", "activation_offload"};

// Degrees that a new mesh makes impossible elsewhere.
void settle(Strategy& s) {
  if (s.tp == 1) s.sp = false;
  if (s.pp == 1) {
    s.vpp = 1;
    s.schedule = Schedule::kOneForwardOneBackward;
  }
}

void copy_degrees(Strategy& to, const Strategy& from) {
  const bool gained_tp = to.tp == 1 && from.tp > 1;
  to.tp = from.tp;
  to.pp = from.pp;
  to.dp = from.dp;
  to.cp = from.cp;
  to.ep = from.ep;
  to.etp = from.etp;
  to.cp_comm = from.cp_comm;
  to.layers_per_stage = from.layers_per_stage;
  if (gained_tp) to.sp = from.sp;
  settle(to);
}

class Alternatives {
 public:
  Alternatives(const estimate::Problem& problem, const Offer& offer, const Switches& at)
      : problem_(problem), offer_(offer), at_(at) {}

  std::vector<Switches> of(Technique technique) {
    const Strategy& s = at_.strategy;
    switch (technique) {
      case Technique::kDegrees: break;
      case Technique::kPrecision: precisions(); break;
      case Technique::kOptimizer:
        for (spec::Optimizer o : offer_.optimizers) add([&](Switches& x) { x.optimizer = o; });
        break;
      case Technique::kRecompute:
        for (const spec::Recompute& r : space().recomputes()) add([&](Switches& x) { x.strategy.recompute = r; });
        break;
      case Technique::kMicroBatch: micro_batches(); break;
      case Technique::kPipeline:
        for (const search::Block& b : space().blocks())
          for (const search::PipelineChoice& p : b.pipelines)
            add([&](Switches& x) {
              x.strategy.schedule = p.schedule;
              x.strategy.vpp = p.vpp;
            });
        break;
      case Technique::kSequenceParallel:
        if (s.tp > 1) add([](Switches& x) { x.strategy.sp = !x.strategy.sp; });
        break;
      case Technique::kTpOverlap:
        if (has_tp_overlap()) add([](Switches& x) { x.tp_overlap = !x.tp_overlap; });
        break;
      case Technique::kCudaGraphs:
        for (auto g : {spec::CudaGraphs::kNone, spec::CudaGraphs::kPartial, spec::CudaGraphs::kFullIteration})
          add([&](Switches& x) { x.cuda_graphs = g; });
        break;
      case Technique::kSharding:
        for (const search::Block& b : space().blocks())
          for (const search::ShardingChoice& choice : b.shardings)
            add([&](Switches& x) {
              x.strategy.sharding = choice.sharding;
              x.strategy.shard_size = choice.shard_size;
            });
        break;
      case Technique::kOptimizerOffload: add([](Switches& x) { x.strategy.offload_optimizer ^= true; }); break;
      case Technique::kActivationOffload:
        for (double share : {0.0, 0.25, 0.5, 0.75, 1.0})
          add([&](Switches& x) { x.strategy.offload_activations = share; });
        break;
    }
    return std::move(out_);
  }

 private:
  const estimate::Problem& problem_;
  const Offer& offer_;
  const Switches& at_;
  std::vector<Switches> out_;

  template <class F>
  void add(F&& change) {
    Switches other = at_;
    change(other);
    if (!(other == at_) && std::find(out_.begin(), out_.end(), other) == out_.end()) out_.push_back(std::move(other));
  }

  std::optional<search::Space> space_;  // of this mesh, with what a rule forbids; laid out when it is first asked for

  const search::Space& space() {
    if (!space_) space_.emplace(estimate::Context(switched(problem_, at_)), search::one_mesh(at_.strategy));
    return *space_;
  }

  bool has_tp_overlap() const {
    const spec::Stack& stack = problem_.stack;
    return at_.strategy.tp > 1 && stack.tp_overlap + stack.tp_overlap_moe + stack.tp_overlap_nvfp4 > 0;
  }

  // 16 bits as they stand, and the narrow types that the accelerator multiplies.
  void precisions() {
    constexpr std::array kNarrow = {Precision::kBf16, Precision::kFp8, Precision::kFp8Blockwise, Precision::kMxfp8,
                                    Precision::kNvfp4};
    const spec::Accelerator& a = problem_.cluster.accelerator;
    for (Precision p : kNarrow) {
      const bool has_units = hardware::supports(a, p) && (p != Precision::kMxfp8 || a.peak_dense_tflops.fp4 > 0);
      if (has_units) add([&](Switches& x) { x.strategy.precision = p; });
    }
  }

  void micro_batches() {
    const Strategy& s = at_.strategy;
    if (s.gbs % s.dp != 0) return;
    for (int64_t mbs : divisors(s.gbs / s.dp)) add([&](Switches& x) { x.strategy.mbs = static_cast<int>(mbs); });
  }
};

constexpr Effort kFlag = {1, "A flag: the same arithmetic.", false};

Effort sharding_effort(Sharding sharding) {
  switch (sharding) {
    case Sharding::kZero0:
    case Sharding::kZero1:
    case Sharding::kZero2: return {1, "A flag: the same arithmetic, states sharded.", false};
    default: return {2, "Other wrapping and checkpoint format: save, load and resume once before the long run.", false};
  }
}

Effort pipeline_effort(Schedule schedule) {
  switch (schedule) {
    case Schedule::kGpipe:
    case Schedule::kOneForwardOneBackward:
    case Schedule::kInterleaved: return kFlag;
    default: return {2, "Splits the backward pass: check the gradients of a few steps against 1F1B.", false};
  }
}

Effort precision_effort(Precision p) {
  if (p == Precision::kBf16 || p == Precision::kFp16 || p == Precision::kFp32)
    return {2, "Another 16-bit or 32-bit type: check the loss curve.", true};
  const int rank = p == Precision::kNvfp4 ? 2 : p == Precision::kFp8 ? 1 : 0;  // finer scales first
  return {3, "Products of narrow types: compare the loss with 16 bits over some thousand steps.", true, rank};
}

Effort optimizer_effort(spec::Optimizer o) {
  using enum spec::Optimizer;
  switch (o) {
    case kAdamW: return {1, "What most recipes are tuned for.", false};
    case kPagedAdamW: return {2, "The same arithmetic; moments wait on the host: measure one step.", false};
    case kAdamWBf16: return {3, "Moments rounded to 16 bits: compare the loss curve.", true, 1};
    case kAdamW8Bit:
    case kPagedAdamW8Bit: return {3, "Moments quantised to 8 bits: compare the loss curve.", true, 2};
    case kAdamW4Bit: return {3, "Moments quantised to 4 bits: compare the loss curve.", true, 3};
    default: return {3, "Another update rule: learning rate and weight decay have to be tuned anew.", true, 4};
  }
}

}  // namespace

// cppcheck-suppress CastIntegerToAddressAtReturn ; an array of names
const char* name_of(Technique technique) { return kNames[static_cast<size_t>(technique)]; }

Switches switches_of(const estimate::Problem& p, const Strategy& s) {
  return {s, p.training.optimizer, p.stack.cuda_graphs, true};
}

estimate::Problem switched(estimate::Problem p, const Switches& x) {
  p.training.optimizer = x.optimizer;
  p.stack.cuda_graphs = x.cuda_graphs;
  if (!x.tp_overlap) p.stack.tp_overlap = p.stack.tp_overlap_moe = p.stack.tp_overlap_nvfp4 = 0;
  return p;
}

void copy(Technique technique, Switches& to, const Switches& from) {
  Strategy& s = to.strategy;
  const Strategy& f = from.strategy;
  switch (technique) {
    case Technique::kDegrees: copy_degrees(s, f); break;
    case Technique::kPrecision: s.precision = f.precision; break;
    case Technique::kOptimizer: to.optimizer = from.optimizer; break;
    case Technique::kRecompute: s.recompute = f.recompute; break;
    case Technique::kMicroBatch: s.mbs = f.mbs; break;
    case Technique::kPipeline:
      s.schedule = f.schedule;
      s.vpp = f.vpp;
      break;
    case Technique::kSequenceParallel: s.sp = f.sp; break;
    case Technique::kTpOverlap: to.tp_overlap = from.tp_overlap; break;
    case Technique::kCudaGraphs: to.cuda_graphs = from.cuda_graphs; break;
    case Technique::kSharding:
      s.sharding = f.sharding;
      s.shard_size = f.shard_size;
      break;
    case Technique::kOptimizerOffload: s.offload_optimizer = f.offload_optimizer; break;
    case Technique::kActivationOffload: s.offload_activations = f.offload_activations; break;
  }
  settle(s);
}

bool same(Technique technique, const Switches& a, const Switches& b) {
  Switches mixed = a;
  copy(technique, mixed, b);
  return mixed == a;
}

Offer usual_offer() {
  using enum spec::Optimizer;
  return {{kAdamW, kAdamWBf16, kAdamW8Bit, kLion, kMuon, kAdafactor, kSgdMomentum}};
}

std::vector<Switches> alternatives(const estimate::Problem& problem, const Offer& offer, Technique technique,
                                   const Switches& at) {
  return Alternatives(problem, offer, at).of(technique);
}

Effort effort_of(Technique technique, const Switches& value) {
  switch (technique) {
    case Technique::kPrecision: return precision_effort(value.strategy.precision);
    case Technique::kOptimizer: return optimizer_effort(value.optimizer);
    case Technique::kPipeline: return pipeline_effort(value.strategy.schedule);
    case Technique::kSharding: return sharding_effort(value.strategy.sharding);
    case Technique::kRecompute: return {1, "A flag: the same numbers, computed twice.", false};
    case Technique::kMicroBatch: return {1, "A flag: the global batch stays.", false};
    case Technique::kCudaGraphs:
      return {2, "Fixed shapes and its own memory pool, which is not modelled: measure one step.", false};
    case Technique::kOptimizerOffload:
      return {2, "Needs host memory for the states and processors that keep up: measure one step.", false};
    case Technique::kActivationOffload:
      return {2, "Needs pinned host memory, and the link to itself: measure one step.", false};
    case Technique::kDegrees:
    case Technique::kSequenceParallel:
    case Technique::kTpOverlap: return kFlag;
  }
  return kFlag;
}

}  // namespace shardplan::advise
