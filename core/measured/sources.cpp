#include "measured/sources.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/decimal.h"
#include "base/text.h"
#include "base/units.h"
#include "model/parameters.h"

namespace shardplan::measured {
namespace {

using spec::CudaGraphs;
using spec::MeasuredRow;
using spec::Precision;
using spec::RecomputeMode;

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

// The first number behind a marker: number_after("container 25.09", "container ") = 25.09. 0 where there is none.
double number_after(const std::string& text, const char* marker) {
  const size_t at = text.find(marker);
  if (at == std::string::npos) return 0;
  const std::string_view behind = std::string_view(text).substr(at + std::string_view(marker).size());
  return leading_number(behind.substr(std::min(behind.find_first_not_of(' '), behind.size()))).value;
}

// The first "dd.dd" in the text: NVIDIA's container and release versions.
double version_in(const std::string& text) {
  for (size_t i = 0; i + 5 <= text.size(); ++i) {
    const auto digit = [&](size_t k) { return text[i + k] >= '0' && text[i + k] <= '9'; };
    if (digit(0) && digit(1) && text[i + 2] == '.' && digit(3) && digit(4))
      return leading_number(std::string_view(text).substr(i)).value;
  }
  return 0;
}

bool is_hopper(const Run& r) { return r.cluster.accelerator.generation == "hopper"; }
bool is_moe(const Run& r) { return model::is_moe(r.model); }

spec::Recompute modules(std::initializer_list<bool spec::Recompute::*> members) {
  spec::Recompute r;
  r.mode = RecomputeMode::kSelective;
  for (auto member : members) r.*member = true;
  return r;
}

void fully_recomputed(Run& r, double share) {
  r.strategy.recompute = {};
  if (share > 0) {
    r.strategy.recompute.mode = RecomputeMode::kFull;
    r.strategy.recompute.layer_share = share;
  }
}

std::string megatron_bridge_stack(double version) {
  if (version < 25.08) return "nemo-25.04";
  if (version < 26) return "megatron-bridge-25.09";
  return version < 26.06 ? "megatron-bridge" : "megatron-bridge-26.06";
}

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
  r.trains_constants = !r.training.lora && !has(r.row.other_flags, "SFT");
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
  r.trains_constants = !r.training.lora && !is_moe(r);
  return {};
}

Diagnostics nemo_docs(Run& r) {
  r.stack_id = "nemo-24.07";
  r.training.precision = Precision::kFp8;
  r.training.lora = r.row.other_flags == "LoRA";
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

// One B200 node, nothing overlapped, CP by all-to-all; the first layer of the cut DeepSeek models is dense.
Diagnostics simumax(Run& r) {
  r.stack_id = "megatron-core-plain";
  r.strategy.cp_comm = spec::ContextParallel::kAllToAll;
  if (is_moe(r)) r.model.first_k_dense_replace = 1;
  r.kind = is_moe(r) ? "SimuMax B200, MoE" : "SimuMax B200, dense";
  r.trains_constants = true;
  return {};
}

// MPT with ALiBi and Triton attention; PURE reduces gradients in two bytes, DEFAULT in four.
Diagnostics llm_foundry(Run& r) {
  r.stack_id = "llm-foundry";
  r.strategy.sharding = spec::Sharding::kFsdp;
  r.settings.fsdp_gradient_bytes = has(r.row.zero_or_fsdp, "PURE") ? 2 : 4;
  r.training.precision = has(r.row.precision, "fp8") ? Precision::kFp8 : Precision::kBf16;
  fully_recomputed(r, r.row.recompute == "full" ? 1 : 0);
  r.kind = "FSDP (llm-foundry)";
  r.trains_constants = true;
  return {};
}

// arXiv 2205.05198, table 5: full recompute ran without sequence parallelism, selective with it.
Diagnostics korthikanti(Run& r) {
  if (!has(r.row.source, "Table 5")) return {{"/source", "The figure's memory is computed, not measured.", ""}};
  const bool full = lower_case(r.row.recompute).rfind("full", 0) == 0;
  r.stack_id = "megatron-2021";
  r.strategy.sp = !full;
  r.strategy.sharding = spec::Sharding::kZero0;
  r.strategy.recompute = modules({&spec::Recompute::core_attn});
  if (full) fully_recomputed(r, 1);
  r.kind = "Megatron 2021-23";
  r.trains_constants = true;
  return {};
}

// BLOOM's tune-up: rows with a stated micro-batch only; memory by nvidia-smi; vocabulary 250,880.
Diagnostics bigscience(Run& r) {
  if (r.row.mbs <= 0) return {{"/mbs", "The row does not state mbs.", ""}};
  r.stack_id = "megatron-deepspeed-2022";
  r.model.vocab_size = 250880;
  r.strategy.sp = false;
  r.strategy.sharding = spec::Sharding::kZero1;
  fully_recomputed(r, 1);
  if (r.row.peak_mem_gb > 0) r.memory_bytes = r.row.peak_mem_gb * kGib;  // printed as GiB
  r.kind = "Megatron 2021-23";
  r.trains_constants = r.row.gpu == "A100-80GB" && r.row.heads > 0;
  return {};
}

// GPT, fp16, full recompute, plain data parallelism; four HDR200 adapters a node; vocabulary not stated.
Diagnostics vtrain(Run& r) {
  r.stack_id = "megatron-deepspeed-fp16";
  r.model.vocab_size = 51200;
  r.strategy.sp = false;
  r.strategy.sharding = spec::Sharding::kZero0;
  fully_recomputed(r, 1);
  if (r.cluster.gpus > 8) r.cluster.nic_gb_per_s = 12.5;
  r.kind = has(r.row.id, "multi") ? "vTrain, 64-512 GPUs" : "vTrain, one node";
  r.trains_constants = true;
  return {};
}

// Reserved memory behaves as the first stage's. The network's rate was measured inside each run: an all-reduce over all
// GPUs whose node shares its adapters between eight.
Diagnostics nanotron(Run& r) {
  r.stack_id = "nanotron";
  r.strategy.sharding = r.row.zero_or_fsdp == "ZeRO-1" ? spec::Sharding::kZero1 : spec::Sharding::kZero0;
  const MeasuredRow& row = r.row;
  const double bus_gb_per_s = row.ar_gbps > 0 ? row.ar_gbps : number_after(row.notes, "busbw ");
  const std::string regime = row.net_regime + row.notes;
  const bool one_node = has(regime, "single-node");
  if (bus_gb_per_s > 0 && !one_node) {
    r.cluster.nic_gb_per_s = bus_gb_per_s / 8;
    r.cluster.nic_is_measured = true;
  }
  r.model.tie_word_embeddings = has(r.row.other_flags, "tied_emb=True");
  const double reserved_gib =
      row.mem_reserved_gib > 0 ? row.mem_reserved_gib : number_after(row.notes, "max RESERVED ");
  r.memory_bytes = reserved_gib * kGib;
  r.memory_kind = reserved_gib > 0 ? MemoryKind::kReservedWorst : MemoryKind::kNone;
  const bool slow = has(regime, "slow-net");
  r.kind = slow ? "nanotron, slow network" : r.strategy.tp > 8 ? "nanotron, TP across nodes" : "nanotron";
  const bool usable = r.strategy.pp == 1 || has(r.row.notes, "after_pp_fix=True");
  if (!usable) r.kind = "nanotron, before the pipeline fix";
  r.trains_constants = usable && r.kind == "nanotron";
  return {};
}

// arXiv 2401.10241, table 4. Memory is the maximum over stages; interleaved has one layer per chunk.
Diagnostics zero_bubble(Run& r) {
  using spec::Schedule;
  r.stack_id = "megatron-2023";
  const std::string& flags = r.row.other_flags;
  r.model.gated_mlp = false;
  r.model.tie_word_embeddings = true;
  r.strategy.vpp = 1;
  r.strategy.schedule = Schedule::kOneForwardOneBackward;
  if (has(flags, "schedule=ZB-1p")) r.strategy.schedule = Schedule::kZeroBubbleH1;
  if (has(flags, "schedule=ZB-2p")) r.strategy.schedule = Schedule::kZeroBubbleH2;
  if (has(flags, "schedule=1F1B-I")) {
    r.strategy.schedule = Schedule::kInterleaved;
    r.strategy.vpp =
        std::max(1, static_cast<int>(std::lround(static_cast<double>(r.model.num_hidden_layers) / r.strategy.pp)));
  }
  r.strategy.sharding = spec::Sharding::kZero1;
  if (r.row.peak_mem_gb > 0) {
    r.memory_bytes = r.row.peak_mem_gb * kGib;
    r.memory_kind = MemoryKind::kAllocatedWorst;
  }
  r.kind = "Megatron 2021-23";
  r.trains_constants = true;
  return {};
}

// MoE Parallel Folding, arXiv 2504.14960: MFU counts attention as not causal on 989.5 TFLOP/s; micro-batch 1, and VPP 7
// or 5 as the layers divide.
Diagnostics folding(Run& r) {
  if (r.row.mfu <= 0) return {{"/mfu", "The row states no speed.", ""}};
  constexpr double kPeakFlops = 989.5e12;
  r.stack_id = "nemo-25.04";
  r.settings.tp_comm_overlap = false;
  r.strategy.mbs = 1;
  r.strategy.etp = r.row.etp > 0 ? static_cast<int>(r.row.etp) : r.strategy.tp;
  r.strategy.vpp = r.strategy.pp == 1 ? 1 : r.model.num_hidden_layers % 7 == 0 ? 7 : 5;
  r.strategy.sharding = r.row.zero_or_fsdp.rfind("FSDP", 0) == 0 ? spec::Sharding::kFsdp : spec::Sharding::kZero1;
  const double flops = model::flops_per_token(r.model, r.training.seq_length, false);
  r.step_time_s = flops * r.strategy.gbs * r.training.seq_length / (r.row.mfu / 100 * kPeakFlops * r.cluster.gpus);
  r.kind = "MoE Parallel Folding";
  r.trains_constants = true;
  return {};
}

// Result logs. Never fitted: a check on runs that no choice was made on.
Diagnostics mlperf(Run& r) {
  if (r.row.mbs <= 0 || r.row.tp <= 0) return {{"/tp", "The log does not state how the model was cut.", ""}};
  const std::string& flags = r.row.other_flags;
  r.stack_id = has(r.row.source, "v3.1") || has(r.row.source, "v4.0") ? "nemo-24.07" : "nemo-25.04";
  if (has(lower_case(flags), "mxfp8")) r.training.precision = Precision::kMxfp8;
  r.training.lora = has(r.row.model, "LoRA");
  r.settings.tp_comm_overlap = has(flags, "TP_COMM_OVERLAP=True") || has(flags, "TP_COMM_OVERLAP=1");
  if (r.row.vpp <= 0 && r.model.id == "gpt3-175b" && r.strategy.pp == 8) r.strategy.vpp = 6;
  if (has(r.row.recompute, "full")) {
    const double layers = number_after(r.row.recompute, "block ");
    fully_recomputed(r, layers > 0 ? layers / r.model.num_hidden_layers : 1);
  }
  if (has(flags, "FULL_CUDA_GRAPH=True")) r.settings.cuda_graphs = CudaGraphs::kFullIteration;
  else if (has(flags, "CUDA_GRAPH=True") || has(flags, "CUDA_GRAPH=1")) r.settings.cuda_graphs = CudaGraphs::kPartial;
  r.kind = r.training.lora ? "MLPerf, Llama 2 70B LoRA" : "MLPerf pre-training";
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

// Anything else: the stack by its name in the source, or an unknown one.
Diagnostics other(Run& r) {
  if (r.row.mbs <= 0) return {{"/mbs", "The row does not state mbs.", ""}};
  const std::string text = r.row.source + " " + r.row.other_flags + " " + r.row.zero_or_fsdp;
  if (!r.row.stack.empty()) r.stack_id = r.row.stack;
  else if (has(text, "Megatron-Bridge")) r.stack_id = "megatron-bridge";
  else if (has(text, "Megatron-LM") || has(text, "Primus")) r.stack_id = "megatron-core";
  else if (has(text, "torchtitan") || has(text, "FSDP2")) r.stack_id = "torchtitan";
  else if (has(text, "DeepSpeed")) r.stack_id = "deepspeed";
  else if (has(text, "nanotron")) r.stack_id = "nanotron";
  else r.stack_id = "unknown";
  if (has(r.row.optimizer, "CPU offload")) r.strategy.offload_optimizer = true;
  if (has(r.row.other_flags, "Liger")) r.settings.logit_memory_bytes = 0;  // logits exist a chunk at a time
  r.kind = "other";
  return {};
}

struct Source {
  const char* family;
  const char* in_source;  // further condition on the source's text; "" for none
  Diagnostics (*apply)(Run&);
};

constexpr std::array kSources = {
    Source{"mbridge", "", megatron_bridge},
    Source{"mbridge_cards", "", bridge_cards},
    Source{"dgxc", "", dgx_cloud},
    Source{"nemo_docs", "", nemo_docs},
    Source{"nemo_longseq", "", nemo_long_sequence},
    Source{"simumax", "", simumax},
    Source{"llmfoundry", "", llm_foundry},
    Source{"misc1", "Korthikanti", korthikanti},
    Source{"bigscience", "", bigscience},
    Source{"vtrain", "", vtrain},
    Source{"nanotron", "", nanotron},
    Source{"papers", "Zero Bubble", zero_bubble},
    Source{"papers", "Folding", folding},
    Source{"mlperf", "", mlperf},
    Source{"mcore_golden", "", megatron_golden},
};

// A row without a family is recognised by its source.
std::string family_of(const MeasuredRow& row) {
  if (!row.family.empty()) return row.family;
  if (has(row.source, "ultrascale")) return "nanotron";
  return "";
}

// Configurations compete where they do the same work on the same machines with the same software; published tables
// compare precisions and batches as well.
std::string group_of(const Run& r, const std::string& family) {
  const MeasuredRow& row = r.row;
  const bool is_table = family == "mbridge" || family == "dgxc" || family == "llmfoundry";
  std::string group = family;
  const auto add = [&group](const std::string& part) { group += "|" + part; };
  add(is_table ? row.source : "");
  add(row.model);
  add(number_text(r.model.num_hidden_layers));
  add(row.gpu);
  add(number_text(row.gpus));
  add(number_text(row.seq));
  if (!is_table) add(number_text(family == "simumax" ? row.gbs / r.strategy.dp : row.gbs));
  return group;
}

}  // namespace

std::string model_name(const MeasuredRow& row) {
  std::string name = row.model;
  for (const char* ending : {" cut to ", " LoRA", " SFT", " PROXY", " (", " w/"}) {
    const size_t at = name.find(ending);
    if (at != std::string::npos) name.resize(at);
  }
  return name;
}

Diagnostics apply_source(const catalog::Catalog& catalog, Run& run) {
  const std::string family = family_of(run.row);
  Diagnostics (*apply)(Run&) = other;
  for (const Source& source : kSources)
    if (family == source.family && has(run.row.source, source.in_source)) apply = source.apply;
  if (!run.row.stack.empty()) apply = other;
  Diagnostics problems = apply(run);
  if (!problems.empty()) return problems;
  if (const auto stack = catalog::find_stack(catalog, run.stack_id, "/stack"); !stack) return stack.error();
  if (run.strategy.schedule == spec::Schedule::kOneForwardOneBackward && run.strategy.vpp > 1)
    run.strategy.schedule = spec::Schedule::kInterleaved;
  run.group = group_of(run, family);
  run.family =
      family + "|" + run.model.id + "|" + run.row.gpu + "|" + std::to_string(static_cast<int>(run.training.precision));
  return {};
}

}  // namespace shardplan::measured
