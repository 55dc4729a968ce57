#include <algorithm>
#include <array>
#include <cmath>

#include "base/decimal.h"
#include "base/text.h"
#include "base/units.h"
#include "measured/source_rules.h"
#include "model/parameters.h"

namespace shardplan::measured::source {

using spec::CudaGraphs;
using spec::Precision;

namespace {

// The first "dd.dd" in the text: NVIDIA's container and release versions.
double version_in(const std::string& text) {
  for (size_t i = 0; i + 5 <= text.size(); ++i) {
    const auto digit = [&](size_t k) { return text[i + k] >= '0' && text[i + k] <= '9'; };
    if (digit(0) && digit(1) && text[i + 2] == '.' && digit(3) && digit(4))
      return leading_number(std::string_view(text).substr(i)).value;
  }
  return 0;
}

std::string megatron_bridge_stack(double version) {
  if (version < 25.08) return "nemo-25.04";
  if (version < 26) return "megatron-bridge-25.09";
  return version < 26.06 ? "megatron-bridge" : "megatron-bridge-26.06";
}

}  // namespace

// NVIDIA's performance tables. Empty VPP of Llama-3-70B at PP 4 is 5; recompute comes from the recipe; experts are
// balanced by force; MTP is trained where the FLOPs per token say so.
Diagnostics megatron_bridge(Run& r) {
  const double version = version_in(r.row.source);
  const bool moe = is_moe(r), hopper = is_hopper(r);
  const std::string& model = r.model.id;
  r.stack_id = megatron_bridge_stack(version);
  r.settings.cuda_graphs = CudaGraphs::kNone;
  r.strategy.sharding = has(r.row.zero_or_fsdp, "Megatron-FSDP") ? spec::Sharding::kFsdp : spec::Sharding::kZero1;
  r.strategy.recompute = {};
  if (model == "llama-3-70b" && r.strategy.pp == 4 && r.strategy.vpp == 1) r.strategy.vpp = 5;
  if (moe) {
    const bool whole = r.training.precision == Precision::kMxfp8 && version >= 26.04 &&
                       r.cluster.accelerator.id != "b200-sxm-180" && !hopper;
    if (whole) r.settings.cuda_graphs = CudaGraphs::kFullIteration;
    else if (!hopper && version >= 26.02) r.settings.cuda_graphs = CudaGraphs::kPartial;
    if (model::is_mla(r.model)) {
      const double flops_per_token = r.row.tflops_per_gpu * kTera / r.row.tokens_per_s_per_gpu;
      r.training.mtp_layers = model == "deepseek-v3" && flops_per_token > 255e9 ? 1 : 0;
      if (hopper) r.strategy.recompute = modules({&spec::Recompute::mla_up_proj, &spec::Recompute::mlp});
      else if (r.cluster.accelerator.id != "gb300-288") r.strategy.recompute = modules({&spec::Recompute::mla_up_proj});
    }
    const bool ultra = r.cluster.accelerator.id == "gb300-288" || r.cluster.accelerator.id == "b300-sxm-288";
    if ((model == "gpt-oss-120b" && !ultra) || (model == "qwen3-235b-a22b" && hopper))
      r.strategy.recompute = modules({&spec::Recompute::layernorm, &spec::Recompute::moe_act});
  } else if (model == "llama-3-8b") {
    if (!hopper) r.settings.cuda_graphs = CudaGraphs::kPartial;
    else if (r.training.precision != Precision::kBf16 && version >= 25.11) fully_recomputed(r, 5.0 / 32);
  }
  r.kind = moe ? "MoE, Megatron stack" : "dense, Megatron stack";
  r.trains_constants = !spec::is_frozen(r.training.fine_tuning) && !has(r.row.other_flags, "SFT");
  return {};
}

// Model verification cards: pre-training items only.
Diagnostics bridge_cards(Run& r) {
  if (!has(r.row.other_flags, "pretrain") && !has(r.row.other_flags, "checkpoint_resume"))
    return {{"/other_flags", "Not a pre-training item of the card.", ""}};
  if (r.row.tp <= 0 || r.row.pp <= 0 || r.row.mbs <= 0 || r.row.precision.empty())
    return {{"/tp", "The card does not state how the model was cut, or its precision.", ""}};
  r.stack_id = "megatron-bridge-26.06";
  const bool tuned =
      r.training.precision == Precision::kMxfp8 && !is_hopper(r) && has(r.row.other_flags, "performance");
  r.settings.cuda_graphs = is_moe(r) && tuned ? CudaGraphs::kFullIteration : CudaGraphs::kNone;
  r.strategy.recompute = {};
  if (r.model.id == "deepseek-v3") {
    r.training.mtp_layers = 1;
    r.strategy.recompute = is_hopper(r) ? modules({&spec::Recompute::mla_up_proj, &spec::Recompute::mlp})
                                        : modules({&spec::Recompute::mla_up_proj});
  }
  r.kind = is_moe(r) ? "MoE, Megatron stack" : "dense, Megatron stack";
  r.trains_constants = true;
  return {};
}

// DGX Cloud recipes; 405B proxies name their layers. Nemotron-4-340B of v25.04 lacks its VPP, which is 12.
Diagnostics dgx_cloud(Run& r) {
  r.stack_id = megatron_bridge_stack(version_in(r.row.source));
  const double layers = number_after(r.row.model, "(");
  if (layers > 0) r.model.num_hidden_layers = static_cast<int>(layers);
  if (r.model.id == "nemotron-4-340b" && r.strategy.pp == 8) r.strategy.vpp = 12;
  r.kind = is_moe(r) ? "MoE, Megatron stack" : "dense, Megatron stack";
  r.trains_constants = !spec::is_frozen(r.training.fine_tuning) && !is_moe(r);
  return {};
}

Diagnostics nemo_docs(Run& r) {
  r.stack_id = "nemo-24.07";
  r.training.precision = Precision::kFp8;
  r.training.fine_tuning.method = r.row.other_flags == "LoRA" ? spec::Method::kLora : spec::Method::kFull;
  r.kind = "dense, Megatron stack";
  r.trains_constants = r.row.other_flags == "pretrain";
  return {};
}

// Only TFLOP/s are published, attention counted as not causal; micro-batch 1; the DP column may not multiply to the
// GPUs.
Diagnostics nemo_long_sequence(Run& r) {
  if (r.row.other_flags != "with CP") return {{"/other_flags", "The row does not state how it was cut.", ""}};
  r.stack_id = has(r.row.source, "NeMo24") ? "nemo-24.07" : "nemo-25.04";
  r.training.precision = Precision::kFp8;
  r.strategy.mbs = 1;
  const double flops = model::flops_per_token(r.model, r.training.seq_length, false);
  r.step_time_s = flops * r.strategy.gbs * r.training.seq_length / (r.cluster.gpus * r.row.tflops_per_gpu * kTera);
  r.kind = "dense, Megatron stack";
  r.trains_constants = true;
  return {};
}

// Result logs. Never fitted: a check on runs that no choice was made on.
Diagnostics mlperf(Run& r) {
  if (r.row.mbs <= 0 || r.row.tp <= 0) return {{"/tp", "The log does not state how the model was cut.", ""}};
  const std::string& flags = r.row.other_flags;
  r.stack_id = has(r.row.source, "v3.1") || has(r.row.source, "v4.0") ? "nemo-24.07" : "nemo-25.04";
  if (has(lower_case(flags), "mxfp8")) r.training.precision = Precision::kMxfp8;
  r.training.fine_tuning.method = has(r.row.model, "LoRA") ? spec::Method::kLora : spec::Method::kFull;
  r.settings.tp_comm_overlap = has(flags, "TP_COMM_OVERLAP=True") || has(flags, "TP_COMM_OVERLAP=1");
  if (r.row.vpp <= 0 && r.model.id == "gpt3-175b" && r.strategy.pp == 8) r.strategy.vpp = 6;
  if (has(r.row.recompute, "full")) {
    const double layers = number_after(r.row.recompute, "block ");
    fully_recomputed(r, layers > 0 ? layers / r.model.num_hidden_layers : 1);
  }
  if (has(flags, "FULL_CUDA_GRAPH=True")) r.settings.cuda_graphs = CudaGraphs::kFullIteration;
  else if (has(flags, "CUDA_GRAPH=True") || has(flags, "CUDA_GRAPH=1")) r.settings.cuda_graphs = CudaGraphs::kPartial;
  r.kind = spec::is_frozen(r.training.fine_tuning) ? "MLPerf, Llama 2 70B LoRA" : "MLPerf pre-training";
  return {};
}

// Megatron-LM's functional tests: tiny GPT models; allocated memory of the last rank. Step times are launch-bound.
Diagnostics megatron_golden(Run& r) {
  const std::string& flags = r.row.other_flags;
  constexpr std::array kUnmodelled = {"mamba", "hybrid", "multimodal",      "mla",    "dsa", "fp8",  "nvfp4",
                                      "fsdp",  "cpu",    "offload",         "lora",   "mup", "muon", "tunable",
                                      "fim",   "retro",  "precision_aware", "distill"};
  if (r.row.model.rfind("gpt/", 0) != 0 || r.row.experts > 0 || !has(flags, "transformer_engine"))
    return {{"/model", "Not a dense GPT test on TransformerEngine.", ""}};
  for (const char* word : kUnmodelled)
    if (has(r.row.model, word))
      return {{"/model", std::string("The test exercises ") + word + ", which is not modelled.", ""}};
  r.stack_id = "megatron-core";
  const double padded = 128 * r.strategy.tp, vocab = r.row.vocab > 0 ? r.row.vocab : 50257;
  r.model.vocab_size = static_cast<int>(std::ceil(vocab / padded) * padded);
  r.model.gated_mlp = has(flags, "swiglu");
  r.model.tie_word_embeddings = !has(flags, "untie-emb");
  r.strategy.sp = has(flags, "sequence-parallel") && r.strategy.tp > 1;
  r.strategy.sharding = has(r.row.zero_or_fsdp, "dist") ? spec::Sharding::kZero1 : spec::Sharding::kZero0;
  r.strategy.dp = std::max(1, r.strategy.dp);
  fully_recomputed(r, has(r.row.recompute, "full") ? 1 : 0);
  r.settings.unfused_attention =
      has(flags, "unfused") || has(r.row.notes, "golden=lts");  // the older container falls back
  r.settings.logit_memory_bytes = has(flags, "cross-entropy-loss-fusion") ? 3 : 6;
  r.settings.hidden_dropout = !has(flags, "hidden-dropout=0.0");
  r.settings.attention_dropout = !has(flags, "attention-dropout=0.0");
  r.settings.weight_gradient_dummies = false;
  r.step_time_s = 0;
  r.kind = "Megatron-LM functional tests";
  return {};
}

// Megatron-LM pull request 482: what torch reported on one node of eight H800, in GiB. The sequence is not stated; with
// more than 2,048 tokens the first run would not have fitted.
Diagnostics megatron_threads(Run& r) {
  r.stack_id = "megatron-2023-flash";
  r.memory_bytes = r.row.peak_mem_gb * kGib;
  r.kind = "Megatron-LM threads";
  return {};
}

}  // namespace shardplan::measured::source
