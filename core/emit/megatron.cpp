// Megatron-LM: pretrain_gpt.py with the whole plan. emit/megatron_model.cpp has the model's shape, emit/megatron_layout
// the pipeline's.
#include "base/text.h"
#include "emit/frameworks.h"
#include "emit/megatron_parts.h"
#include "model/parameters.h"

#include <cmath>
namespace shardplan::emit {
namespace {

using spec::Optimizer;
using spec::Precision;
using spec::RecomputeMode;
using spec::Schedule;
using spec::Sharding;
using spec::Strategy;

const char* cp_comm_type(spec::ContextParallel c) {
  switch (c) {
    case spec::ContextParallel::kRing: return "p2p";
    case spec::ContextParallel::kAllGather: return "all_gather";
    case spec::ContextParallel::kAllToAll: return "a2a";
  }
  return "p2p";
}

bool shards_parameters(Sharding s) { return zero_stage(s) >= 2; }

void degrees(const Job& job, Arguments& a) {
  const Strategy& s = job.strategy;
  a.option("--tensor-model-parallel-size", s.tp);
  if (s.sp) a.flag("--sequence-parallel");
  a.option("--pipeline-model-parallel-size", s.pp);
  megatron_layout(job, a);
  a.option("--context-parallel-size", s.cp);
  if (s.cp > 1) a.option("--cp-comm-type", cp_comm_type(s.cp_comm));
  if (s.ep > 1 || s.etp > 1 || (job.context != nullptr && model::is_moe(job.context->model()))) {
    a.option("--expert-model-parallel-size", s.ep).option("--expert-tensor-parallel-size", s.etp);
  }
  a.option("--micro-batch-size", s.mbs).option("--global-batch-size", s.gbs);
}

// What data-parallel ranks share, and what of it hides behind compute.
void sharding(const Job& job, Arguments& a) {
  const Strategy& s = job.strategy;
  const bool overlaps = job.context == nullptr || job.context->stack().dp_overlap > 0;
  if (s.sharding != Sharding::kZero0) a.flag("--use-distributed-optimizer");
  if (overlaps && s.dp * s.cp > 1) {
    a.flag("--overlap-grad-reduce");
    if (s.sharding != Sharding::kZero0) a.flag("--overlap-param-gather");
  }
  if (!shards_parameters(s.sharding)) return;
  a.flag("--use-megatron-fsdp");
  a.option("--data-parallel-sharding-strategy", s.sharding == Sharding::kZero2 ? "optim_grads" : "optim_grads_params");
  if (s.sharding == Sharding::kHsdp) a.option("--num-distributed-optimizer-instances", s.dp * s.cp / s.shard_size);
  a.option("--ckpt-format", "fsdp_dtensor");
}

void recompute(const Job& job, Arguments& a) {
  const spec::Recompute& r = job.strategy.recompute;
  if (r.mode == RecomputeMode::kSelective) {
    std::vector<std::string> modules;
    if (r.core_attn) modules.emplace_back("core_attn");
    if (r.layernorm) modules.emplace_back("layernorm");
    if (r.mlp) modules.emplace_back("mlp");
    if (r.moe_act) modules.emplace_back("moe_act");
    if (r.mla_up_proj) modules.emplace_back("mla_up_proj");
    a.option("--recompute-granularity", "selective").option("--recompute-modules", modules);
  }
  if (r.mode == RecomputeMode::kFull) {
    a.option("--recompute-granularity", "full");
    const int layers = recomputed_layers(job);
    if (layers == 0) a.option("--recompute-method", "uniform").option("--recompute-num-layers", 1);
    else a.option("--recompute-method", "block").option("--recompute-num-layers", layers);
  }
}

void precision(const Job& job, Arguments& a) {
  const Precision p = job.strategy.precision;
  if (p == Precision::kFp16) a.flag("--fp16");
  else if (p != Precision::kFp32) a.flag("--bf16");
  switch (p) {
    case Precision::kFp8: a.option("--fp8-format", "hybrid").option("--fp8-recipe", "tensorwise"); break;
    case Precision::kFp8Blockwise: a.option("--fp8-format", "e4m3").option("--fp8-recipe", "blockwise"); break;
    case Precision::kMxfp8: a.option("--fp8-format", "e4m3").option("--fp8-recipe", "mxfp8"); break;
    case Precision::kNvfp4: a.option("--fp4-format", "e2m1").option("--fp4-recipe", "nvfp4"); break;
    default: break;
  }
  if (job.context == nullptr) return;
  const spec::Stack& stack = job.context->stack();
  const bool narrow = p == Precision::kFp8 || p == Precision::kFp8Blockwise;
  if (narrow && stack.parameter_bytes_fp8 < 2 && job.strategy.sharding != Sharding::kZero0)
    a.flag("--fp8-param-gather");
  const int asked = job.context->training().gradient_bytes;
  if ((asked > 0 ? asked : stack.memory.gradient_bytes) < 4 && p != Precision::kFp32) a.flag("--grad-reduce-in-bf16");
}

void optimizer(const Job& job, Arguments& a) {
  const Optimizer o = job.context != nullptr ? job.context->training().optimizer : Optimizer::kAdamW;
  const bool host = job.strategy.offload_optimizer;
  switch (o) {
    case Optimizer::kSgdMomentum: a.option("--optimizer", "sgd"); break;
    case Optimizer::kLion: a.option("--optimizer", "lion"); break;
    case Optimizer::kMuon: a.option("--optimizer", "muon"); break;
    default: a.option("--optimizer", "adam"); break;
  }
  const char* moments = o == Optimizer::kAdamWBf16 ? "bf16" : o == Optimizer::kAdamW8Bit ? "fp8" : nullptr;
  if (moments != nullptr || host) a.flag("--use-precision-aware-optimizer");
  if (moments != nullptr) a.option("--exp-avg-dtype", moments).option("--exp-avg-sq-dtype", moments);
  if (host) a.flag("--optimizer-cpu-offload").flag("--overlap-cpu-optimizer-d2h-h2d");
}

void host_and_graphs(const Job& job, Arguments& a) {
  if (job.strategy.offload_activations > 0 && job.context != nullptr) {
    const double layers = job.strategy.offload_activations * job.context->model().num_hidden_layers;
    a.option("--cpu-offloading-num-layers", static_cast<int>(std::floor(layers + 0.5)));
  }
  if (job.context == nullptr) return;
  const spec::Stack& stack = job.context->stack();
  const bool moe = model::is_moe(job.context->model());
  if ((moe ? stack.tp_overlap_moe : stack.tp_overlap) > 0 && job.strategy.sp) a.flag("--tp-comm-overlap");
  if (stack.cuda_graphs == spec::CudaGraphs::kPartial)
    a.option("--cuda-graph-impl", "transformer_engine").flag("--te-rng-tracker");
  if (stack.cuda_graphs == spec::CudaGraphs::kFullIteration)
    a.option("--cuda-graph-impl", "full_iteration")
        .flag("--te-rng-tracker")
        .flag("--no-check-for-nan-in-loss-and-grad");
}

// Placeholders: a plan says nothing of them.
void run(const Job& job, Arguments& a) {
  a.option("--train-iters", job.steps)
      .option("--lr", "3e-4")
      .option("--min-lr", "3e-5")
      .option("--lr-decay-style", "cosine");
  a.option("--lr-warmup-fraction", "0.01").option("--weight-decay", "0.1").option("--clip-grad", "1.0");
  a.flag("--mock-data").option("--log-interval", 1).flag("--log-throughput");
  a.option("--eval-iters", 0);
}

void schedule_problems(const Job& job, Artefact& a) {
  switch (job.strategy.schedule) {
    case Schedule::kOneForwardOneBackward:
    case Schedule::kInterleaved: return;
    default:
      a.problems.push_back(
          "Megatron-LM runs 1f1b and interleaved 1f1b; this schedule is not among its options, the command runs 1f1b.");
  }
}

void problems(const Job& job, Artefact& a) {
  const Strategy& s = job.strategy;
  const auto problem = [&](std::string text) { a.problems.push_back(std::move(text)); };
  schedule_problems(job, a);
  if (shards_parameters(s.sharding) && s.pp > 1)
    problem(std::string(sharding_text(s.sharding)) +
            " is Megatron-FSDP's, which gathers parameters anew for every micro-batch of the "
            "pipeline, and " +
            std::to_string(s.pp) +
            " stages with it are not planned for here. Use zero1 (--use-distributed-optimizer) with pp, or pp 1.");
  if (s.vpp > 1 && s.pp == 2)
    a.notes.push_back("With pp 2 the interleaved schedule needs overlapped stage traffic, the default.");
  if (s.offload_activations > 0 && s.pp > 1) problem("--cpu-offloading-num-layers does not work with a pipeline.");
  if (s.offload_activations > 0 && s.recompute.mode != RecomputeMode::kNone)
    problem("--cpu-offloading-num-layers does not work with recomputation.");
  if (s.tp > 1 && !s.sp && job.context != nullptr && model::is_moe(job.context->model()))
    problem("Megatron-LM trains experts under tensor parallelism only with --sequence-parallel.");
  if (job.context != nullptr && job.context->training().optimizer == Optimizer::kAdafactor)
    problem("Megatron-LM has no Adafactor; the command has adam.");
  if (s.recompute.mode == RecomputeMode::kFull && s.recompute.layer_share < 1) {
    const double said = recomputed_share(job);
    if (said != s.recompute.layer_share)
      a.notes.push_back("Whole layers only: the command recomputes " + std::to_string(recomputed_layers(job)) +
                        " of each stage's chunk.");
  }
}

}  // namespace

std::vector<Variable> megatron_environment(const Job& job) {
  const Strategy& s = job.strategy;
  const bool blackwell = job.context != nullptr && job.context->problem.generation.id == "blackwell";
  if ((s.tp > 1 || s.cp > 1) && !shards_parameters(s.sharding) && !blackwell)
    return {{"CUDA_DEVICE_MAX_CONNECTIONS", "1",
             "Kernels start in the order of their launch, so that tensor- and context-parallel traffic overlaps; "
             "Megatron-LM stops "
             "without it before Blackwell."}};
  return {};
}

Arguments megatron_arguments(const Job& job) {
  Arguments a;
  megatron_model(job, a);
  degrees(job, a);
  sharding(job, a);
  recompute(job, a);
  precision(job, a);
  optimizer(job, a);
  host_and_graphs(job, a);
  run(job, a);
  return a;
}

Artefact megatron(const Job& job) {
  Artefact a;
  a.framework = "megatron";
  a.version = "Megatron-LM, Megatron-Core 0.20";
  a.environment = megatron_environment(job);
  a.environment.insert(a.environment.end(), job.nccl.begin(), job.nccl.end());
  Arguments script;
  start_by_torchrun(job, script.word("pretrain_gpt.py").append(megatron_arguments(job)), a);
  a.files.push_back({"megatron_args.txt", "text", join(megatron_arguments(job).parts(), "\n") + "\n"});
  problems(job, a);
  if (job.context == nullptr)
    a.notes.push_back(
        "No model is named: add its shape (--num-layers, --hidden-size, ...), or name one in the request.");
  else
    a.notes.push_back(
        "The rope base and other constants that change no shape are Megatron-LM's defaults; take them from the model's "
        "config.json.");
  a.notes.push_back(
      "--mock-data and NullTokenizer run without data; replace them by --data-path and the model's tokenizer. The "
      "learning rate is a placeholder.");
  return a;
}

}  // namespace shardplan::emit
