#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/units.h"
#include "measured/source_rules.h"
#include "model/parameters.h"

namespace shardplan::measured::source {

using spec::MeasuredRow;
using spec::Precision;

// One B200 node, nothing overlapped, CP by all-to-all; the first layer of the cut DeepSeek models is dense.
Diagnostics simumax(Run& r) {
  r.stack_id = "megatron-core-plain";
  r.strategy.cp_comm = spec::ContextParallel::kAllToAll;
  if (is_moe(r)) r.model.first_k_dense_replace = 1;
  r.kind = is_moe(r) ? "SimuMax B200, MoE" : "SimuMax B200, dense";
  r.trains_constants = true;
  return {};
}

// MPT with ALiBi and Triton attention; PURE reduces gradients in two bytes, DEFAULT in four. The runs with PURE are the
// older ones, before PyTorch 2.1 let recomputation stop early.
Diagnostics llm_foundry(Run& r) {
  r.stack_id = "llm-foundry";
  r.strategy.sharding = spec::Sharding::kFsdp;
  const bool pure = has(r.row.zero_or_fsdp, "PURE");
  r.settings.fsdp_gradient_bytes = pure ? 2 : 4;
  r.settings.recompute_stops_early = !pure;
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
// GPUs whose node shares its adapters between eight. So was the rate inside a node, and it tells two kinds of nodes
// apart: on those that reach 450 GB/s and more launching takes what it should, on those of 410 to 435 GB/s every
// tensor-parallel collective waits a millisecond for the slowest host. Some nodes had lost NVLink: 45 GB/s.
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
  const double in_node_gb_per_s = number_after(row.notes, "GPUs, ");
  constexpr double kBetweenBothKinds = 440, kWithoutNvlink = 100;
  if (in_node_gb_per_s > 0 && in_node_gb_per_s < kBetweenBothKinds) r.stack_id = "nanotron-slow-hosts";
  const bool slow = has(regime, "slow-net") || (in_node_gb_per_s > 0 && in_node_gb_per_s < kWithoutNvlink);
  r.kind = slow ? "nanotron, slow network" : r.strategy.tp > 8 ? "nanotron, TP across nodes" : "nanotron";
  const bool usable = r.strategy.pp == 1 || has(r.row.notes, "after_pp_fix=True");
  if (!usable) r.kind = "nanotron, before the pipeline fix";
  r.trains_constants = usable && r.kind == "nanotron";
  return {};
}

// arXiv 2401.10241, table 4. Memory is the maximum over stages; interleaved has one layer per chunk. The vocabulary is
// not stated: the printed sizes (14.6 and 28.3 billion) follow with 32,000 entries, not with 51,200.
Diagnostics zero_bubble(Run& r) {
  using spec::Schedule;
  r.stack_id = "megatron-2023";
  const std::string& flags = r.row.other_flags;
  r.model.gated_mlp = false;
  r.model.tie_word_embeddings = true;
  r.model.vocab_size = 32000;
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

}  // namespace shardplan::measured::source
