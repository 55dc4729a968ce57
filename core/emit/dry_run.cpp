#include "emit/dry_run.h"

#include <cmath>
#include "emit/frameworks.h"
#include "estimate/fine_tuning.h"
#include "estimate/layer.h"
#include "estimate/memory.h"
#include "model/parameters.h"

namespace shardplan::emit {
namespace {

using estimate::Context;
using spec::Precision;

int64_t whole(double x) { return static_cast<int64_t>(std::floor(x + 0.5)); }

RankMemory rank_memory(const estimate::StageMemory& m) {
  return {whole(m.parameters),  whole(m.gradients), whole(m.optimizer),
          whole(m.activations), whole(m.buffers),   whole(m.overhead)};
}

class Products {
 public:
  Products(const Job& job, const estimate::StageShape& stage)
      : c_(*job.context), s_(job.strategy), m_(c_.model()), stage_(stage) {
    tokens_ = estimate::microbatch_tokens(c_, estimate::layer_shape(s_));
    type_ = hardware::gemm_precision(c_.problem.cluster.accelerator, s_.precision);
    steps_ = job.gradient_accumulation();
  }

  std::vector<Gemm> run() {
    const int layers = stage_.dense_layers + stage_.moe_layers;
    linears("attention", model::attention_linears(m_, s_.tp), layers, s_.recompute.mla_up_proj);
    if (stage_.dense_layers > 0)
      linears("mlp", model::mlp_linears(m_, m_.intermediate_size, s_.tp), stage_.dense_layers, s_.recompute.mlp);
    if (stage_.moe_layers > 0) {
      if (m_.shared_expert_intermediate_size > 0)
        linears("shared_expert", model::mlp_linears(m_, m_.shared_expert_intermediate_size, s_.tp), stage_.moe_layers,
                false);
      experts();
    }
    if (stage_.last) head();
    return std::move(out_);
  }

 private:
  const Context& c_;
  const spec::Strategy& s_;
  const spec::Model& m_;
  const estimate::StageShape& stage_;
  double tokens_ = 0;
  Precision type_ = Precision::kBf16;
  int steps_ = 1;
  std::vector<Gemm> out_;

  // How often the forward product runs: once more where it is recomputed.
  double forward_runs(bool is_recomputed) const {
    const spec::Recompute& r = s_.recompute;
    if (r.mode == spec::RecomputeMode::kFull) return 1 + r.layer_share;
    return r.mode == spec::RecomputeMode::kSelective && is_recomputed ? 2 : 1;
  }

  void add(const char* layer, const char* pass, double m, double n, double k, int groups, Precision type, double count,
           double expected_s) {
    out_.push_back({layer, pass, whole(m), whole(n), whole(k), groups, type, whole(count * steps_), expected_s});
  }

  void linears(const char* layer, const std::vector<model::Linear>& list, int layers, bool is_recomputed) {
    const auto& k = c_.kernels;
    for (const model::Linear& l : list) {
      const bool again = is_recomputed && (std::string(layer) != "attention" || l.is_up_projection);
      add(layer, "forward", tokens_, l.out, l.in, 1, type_, layers * forward_runs(again),
          k.gemm_s(type_, tokens_, l.out, l.in));
      add(layer, "data_gradient", tokens_, l.in, l.out, 1, type_, layers, k.gemm_s(type_, tokens_, l.in, l.out));
      if (!estimate::is_frozen(c_))
        add(layer, "weight_gradient", l.in, l.out, tokens_, 1, type_, layers, k.gemm_s(type_, l.in, l.out, tokens_));
    }
  }

  void experts() {
    const auto& k = c_.kernels;
    const double rows = tokens_ / s_.tp * m_.num_experts_per_tok * s_.etp * c_.training().expert_imbalance;
    const int local = std::max(m_.num_experts / s_.ep, 1);
    for (const model::Linear& l : model::mlp_linears(m_, m_.moe_intermediate_size, s_.etp)) {
      add("experts", "forward", rows / local, l.out, l.in, local, type_, stage_.moe_layers * forward_runs(false),
          k.grouped_gemm_s(type_, rows, l.out, l.in, local));
      add("experts", "data_gradient", rows / local, l.in, l.out, local, type_, stage_.moe_layers,
          k.grouped_gemm_s(type_, rows, l.in, l.out, local));
      if (!estimate::is_frozen(c_))
        add("experts", "weight_gradient", l.in, l.out, rows / local, local, type_, stage_.moe_layers,
            k.grouped_weight_gradient_s(type_, rows, l.out, l.in, local));
    }
  }

  void head() {
    const auto& k = c_.kernels;
    const double vocab = static_cast<double>(m_.vocab_size) / s_.tp, h = m_.hidden_size;
    const Precision type = type_ == Precision::kFp16 || type_ == Precision::kFp32 ? type_ : Precision::kBf16;
    const int heads = 1 + c_.training().mtp_layers;
    add("head", "forward", tokens_, vocab, h, 1, type, heads, k.head_gemm_s(tokens_, vocab, h));
    add("head", "data_gradient", tokens_, h, vocab, 1, type, heads, k.head_gemm_s(tokens_, h, vocab));
    if (!estimate::is_frozen(c_))
      add("head", "weight_gradient", h, vocab, tokens_, 1, type, heads, k.head_gemm_s(h, vocab, tokens_));
  }
};

}  // namespace

DryRun dry_run(const Job& job) {
  const auto memories = estimate::stage_memories(*job.context, job.strategy);
  DryRun r;
  r.stage = estimate::worst_stage(memories);
  r.memory = rank_memory(memories[static_cast<size_t>(r.stage)]);
  r.gemms = Products(job, estimate::stage_shapes(*job.context, job.strategy)[static_cast<size_t>(r.stage)]).run();
  return r;
}

std::vector<std::string> dry_run_steps(const Job& job) {
  const std::string gpus = std::to_string(job.gpus());
  return {
      "One GPU: save 'document' as plan.json and run 'python dry_run.py plan.json'. It allocates what the worst rank "
      "holds, "
      "times its matrix products and compares both with the estimate.",
      "One GPU, Megatron-LM: RANK=0 LOCAL_RANK=0 WORLD_SIZE=" + gpus +
          " MASTER_ADDR=localhost MASTER_PORT=" + std::to_string(job.master_port) +
          " xargs -a megatron_args.txt python pretrain_gpt.py --fake-process-group, with the arguments that 'export' "
          "gives: the "
          "real model's memory, without the other ranks.",
      "All GPUs: the real launcher for " + std::to_string(job.steps) +
          " steps, as the operation 'launch' gives it. Leave out the first three "
          "steps; the median of the rest should lie inside step_time_s's interval, the reserved memory inside "
          "peak_gib's.",
      "Outside of it: 'calibrate' with these runs, or 'troubleshoot' with the log.",
  };
}

}  // namespace shardplan::emit
