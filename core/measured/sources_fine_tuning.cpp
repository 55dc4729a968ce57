#include <array>

#include "base/text.h"
#include "base/units.h"
#include "measured/source_rules.h"

namespace shardplan::measured::source {

using spec::AdapterTargets;
using spec::BaseWeights;
using spec::FineTuning;
using spec::Method;

namespace {

constexpr AdapterTargets kQueryAndValue = {.q = true, .v = true};
constexpr AdapterTargets kAllLinear = {true, true, true, true, true, true, true, false};
constexpr AdapterTargets kAllButOutput = {.q = true, .k = true, .v = true, .gate = true, .up = true, .down = true};
constexpr AdapterTargets kAllButKey = {.q = true, .v = true, .o = true, .gate = true, .up = true, .down = true};

// Method and base weights as the row words them.
FineTuning described(const Run& r, int rank, AdapterTargets targets, bool dropout) {
  const std::string method = lower_case(r.row.method), quant = lower_case(r.row.quant);
  FineTuning f;
  if (method.rfind("full", 0) == 0) return f;
  f.method = has(method, "dora") ? Method::kDora : Method::kLora;
  f.rank = rank;
  f.targets = targets;
  f.dropout = dropout;
  if (has(quant, "dq") || has(quant, "double")) f.base = BaseWeights::kNf4Double;
  else if (has(quant, "4")) f.base = BaseWeights::kNf4;
  else if (has(quant, "8")) f.base = BaseWeights::kInt8;
  else if (has(method, "qlora")) f.base = BaseWeights::kNf4Double;
  return f;
}

// One process per GPU on one machine; consumer cards meet over PCIe.
void one_node(Run& r) {
  r.cluster.gpus_per_node = r.cluster.gpus;
  r.cluster.scaleup_domain = r.cluster.gpus;
}

void take_memory(Run& r, MemoryKind kind) {
  r.memory_bytes = r.row.peak_mem_gb * kGiga;
  r.memory_kind = r.memory_bytes > 0 ? kind : MemoryKind::kNone;
}

std::string kind_of(const Run& r) {
  const FineTuning& f = r.training.fine_tuning;
  if (!spec::is_frozen(f)) return "fine-tuning, full";
  return f.base == BaseWeights::k16Bit ? "fine-tuning, LoRA" : "fine-tuning, QLoRA";
}

// torchtune's ladder adds one technique after the other; LoRA and QLoRA come without the optimizer's two.
constexpr std::array kLadder = {"Packed",     "Compile", "Chunked", "Checkpointing", "optimizer-in-backward",
                                "Offloading", "8-bit"};
bool has_reached(const std::string& flags, const char* technique) {
  size_t here = kLadder.size(), wanted = kLadder.size();
  for (size_t i = 0; i < kLadder.size(); ++i) {
    if (has(flags, kLadder[i])) here = i;
    if (std::string_view(technique) == kLadder[i]) wanted = i;
  }
  return here < kLadder.size() ? here >= wanted : wanted < 4 || wanted == 5;
}

}  // namespace

// The tables of October 2023: adapters of rank 8 with dropout on queries and values; several GPUs shard and recompute.
// Allocated memory.
Diagnostics litgpt(Run& r) {
  if (has(r.row.precision, "mixed"))
    return {{"/precision", "32-bit weights under autocast are not modelled for LitGPT.", ""}};
  one_node(r);
  r.stack_id = "litgpt";
  r.training.fine_tuning = described(r, 8, kQueryAndValue, true);
  if (r.training.fine_tuning.base != BaseWeights::k16Bit) r.training.optimizer = spec::Optimizer::kPagedAdamW;
  r.strategy.sharding = r.cluster.gpus > 1 ? spec::Sharding::kFsdp : spec::Sharding::kZero0;
  fully_recomputed(r, r.cluster.gpus > 1 ? 1 : 0);
  take_memory(r, MemoryKind::kAllocatedWorst);
  r.kind = kind_of(r);
  return {};
}

// The recipes of recipes/configs: everything in bf16, activations checkpointed, adapters on all linears but keys, of
// rank 8 for 8B, 16 for larger models and 64 for the 3B ladder. Peak active memory.
Diagnostics torchtune(Run& r) {
  one_node(r);
  const std::string& flags = r.row.other_flags;
  const bool ladder = r.row.seq == 4096, large = r.row.params_b > 20;
  r.training.fine_tuning = described(r, ladder ? 64 : large ? 16 : 8, kAllButKey, false);
  const bool full = !spec::is_frozen(r.training.fine_tuning);
  r.stack_id = !ladder || has_reached(flags, "Compile") ? "torchtune" : "torchtune-eager";
  if (ladder && !has_reached(flags, "Chunked")) r.settings.logit_memory_bytes = 12.5;
  fully_recomputed(r, !ladder || has_reached(flags, "Checkpointing") ? 1 : 0);
  if (ladder && has_reached(flags, "Offloading")) r.strategy.offload_activations = 1;
  r.training.optimizer_in_backward = full && (ladder ? has_reached(flags, "optimizer-in-backward") : !large);
  if (full && !ladder && !large) r.training.optimizer = spec::Optimizer::kPagedAdamW8Bit;
  if (full && ladder && has_reached(flags, "8-bit")) r.training.optimizer = spec::Optimizer::kAdamW8Bit;
  r.strategy.sharding = r.cluster.gpus > 1 ? spec::Sharding::kFsdp : spec::Sharding::kZero0;
  if (full && large) {  // 70B_full.yaml: fsdp_cpu_offload, custom_sharded_layers
    r.strategy.offload_parameters = true;
    r.settings.embedding_units = true;
  }
  take_memory(r, MemoryKind::kAllocatedWorst);
  r.kind = kind_of(r);
  return {};
}

// train.py: Transformers in bf16, adapters of rank 64 with dropout on all linears but the attention's output,
// activations checkpointed; what the allocator reserved.
Diagnostics fsdp_qlora(Run& r) {
  one_node(r);
  r.stack_id = "hf-bf16";
  r.training.fine_tuning = described(r, 64, kAllButOutput, true);
  if (r.training.fine_tuning.base == BaseWeights::kNf4) r.training.fine_tuning.base = BaseWeights::kNf4Double;
  r.strategy.sharding = r.row.zero_or_fsdp == "DDP" ? spec::Sharding::kZero0 : spec::Sharding::kFsdp;
  r.strategy.offload_parameters = has(r.row.optimizer + r.row.other_flags, "cpu_offload");
  fully_recomputed(r, 1);
  take_memory(r, MemoryKind::kAllocatorWorst);
  r.kind = kind_of(r);
  return {};
}

// Any other: Transformers with PEFT unless the source names a library, adapters on every linear layer, activations
// checkpointed unless the row says otherwise, memory as the device lost it.
Diagnostics fine_tuning(Run& r) {
  if (r.row.mbs <= 0) return {{"/mbs", "The row does not state mbs.", ""}};
  const std::string text = lower_case(r.row.source + " " + r.row.other_flags);
  if (has(text, "unsloth")) return {{"/source", "Unsloth's own kernels are not modelled.", ""}};
  one_node(r);
  r.stack_id = r.row.stack.empty() ? "hf-trl" : r.row.stack;
  const double rank = number_after(text, "r="), named = number_after(text, "rank ");
  r.training.fine_tuning = described(r, static_cast<int>(rank > 0 ? rank : named > 0 ? named : 16), kAllLinear, false);
  const std::string recompute = lower_case(r.row.recompute);
  fully_recomputed(r, recompute == "none" || recompute == "no" ? 0 : 1);
  if (r.row.zero_or_fsdp.empty() || has(r.row.zero_or_fsdp, "DDP")) r.strategy.sharding = spec::Sharding::kZero0;
  r.strategy.offload_parameters = has(text, "cpu offload") || has(text, "cpu_offload");
  if (r.memory_kind == MemoryKind::kNone) take_memory(r, MemoryKind::kReservedWorst);
  r.kind = kind_of(r);
  return {};
}

}  // namespace shardplan::measured::source
