#include "json/spec_fields.h"

namespace shardplan::json {
namespace {

template <class E>
constexpr int as_int(E e) {
  return static_cast<int>(e);
}

}  // namespace

#define SHARDPLAN_ENTRIES(E, ...)                         \
  std::span<const EnumEntry> DescribeEnum<E>::entries() { \
    using enum E;                                         \
    static constexpr EnumEntry table[] = {__VA_ARGS__};   \
    return table;                                         \
  }

SHARDPLAN_ENTRIES(spec::Norm, {as_int(kRmsNorm), "rmsnorm"}, {as_int(kLayerNorm), "layernorm"},
                  {as_int(kLayerNormNoBias), "layernorm_nobias"})
SHARDPLAN_ENTRIES(spec::Position, {as_int(kRope), "rope"}, {as_int(kLearned), "learned"}, {as_int(kAlibi), "alibi"},
                  {as_int(kNone), "none"})
SHARDPLAN_ENTRIES(spec::QkNorm, {as_int(kNone), "none"}, {as_int(kPerHead), "head"}, {as_int(kFull), "full"})
SHARDPLAN_ENTRIES(spec::AttentionBias, {as_int(kNone), "none"}, {as_int(kQkv), "qkv"}, {as_int(kAll), "all"})
SHARDPLAN_ENTRIES(spec::Mixer, {as_int(kAttention), "attention"}, {as_int(kMambaHybrid), "mamba-hybrid"},
                  {as_int(kLightningHybrid), "lightning-hybrid"}, {as_int(kSparseIndexed), "sparse-indexed"},
                  {as_int(kDeltaHybrid), "delta-hybrid"})
SHARDPLAN_ENTRIES(spec::Precision, {as_int(kBf16), "bf16"}, {as_int(kBf16), "bfloat16", "", true},
                  {as_int(kFp16), "fp16"}, {as_int(kFp16), "float16", "", true}, {as_int(kFp32), "fp32"},
                  {as_int(kFp32), "float32", "", true}, {as_int(kFp8), "fp8", "per-tensor scaling"},
                  {as_int(kFp8), "fp8_tensorwise", "", true}, {as_int(kFp8), "fp8_current_scaling", "", true},
                  {as_int(kFp8Blockwise), "fp8_blockwise", "128-wide blocks, Hopper"},
                  {as_int(kMxfp8), "mxfp8", "32-wide blocks, Blackwell"},
                  {as_int(kNvfp4), "nvfp4", "16-wide blocks of 4 bits, Blackwell"})
// Aliases are the names of Hugging Face's TrainingArguments.optim.
SHARDPLAN_ENTRIES(
    spec::Optimizer, {as_int(kAdamW), "adamw"}, {as_int(kAdamW), "adam", "", true},
    {as_int(kAdamW), "adamw_torch", "", true}, {as_int(kAdamW), "adamw_torch_fused", "", true},
    {as_int(kAdamW), "adamw_hf", "", true}, {as_int(kAdamW), "fused_adam", "", true},
    {as_int(kAdamWBf16), "adamw_bf16", "moments in bf16"}, {as_int(kAdamW8Bit), "adamw_8bit", "moments in 8 bits"},
    {as_int(kAdamW8Bit), "adamw_bnb_8bit", "", true}, {as_int(kAdamW8Bit), "adamw_torch_8bit", "", true},
    {as_int(kAdamW8Bit), "adam8bit", "", true}, {as_int(kLion), "lion"}, {as_int(kLion), "lion_32bit", "", true},
    {as_int(kSgdMomentum), "sgd_momentum"}, {as_int(kAdafactor), "adafactor"},
    {as_int(kMuon), "muon", "one moment for matrices"}, {as_int(kAdamW4Bit), "adamw_4bit", "moments in 4 bits"},
    {as_int(kAdamW4Bit), "adamw_torch_4bit", "", true},
    {as_int(kPagedAdamW), "paged_adamw", "moments that the driver may move to the host"},
    {as_int(kPagedAdamW), "paged_adamw_32bit", "", true}, {as_int(kPagedAdamW8Bit), "paged_adamw_8bit"},
    {as_int(kLion8Bit), "lion_8bit"}, {as_int(kPagedLion), "paged_lion"},
    {as_int(kPagedLion), "paged_lion_32bit", "", true}, {as_int(kPagedLion8Bit), "paged_lion_8bit"},
    {as_int(kSgd), "sgd"}, {as_int(kCame), "came"}, {as_int(kAdamMini), "adam_mini"},
    {as_int(kGalore), "galore", "rank a quarter of the width"}, {as_int(kGalore), "galore_adamw", "", true},
    {as_int(kGalore8Bit), "galore_8bit"}, {as_int(kGalore8Bit), "galore_adamw_8bit", "", true},
    {as_int(kApollo), "apollo", "rank a quarter of the width"}, {as_int(kApollo), "apollo_adamw", "", true},
    {as_int(kApolloMini), "apollo_mini", "rank 1"}, {as_int(kSophia), "sophia"}, {as_int(kAdemamix), "ademamix"},
    {as_int(kAdemamix8Bit), "ademamix_8bit"}, {as_int(kGrokAdamW), "grokadamw"},
    {as_int(kScheduleFreeAdamW), "schedule_free_adamw"}, {as_int(kScheduleFreeSgd), "schedule_free_sgd"},
    {as_int(kLomo), "lomo", "no state, no gradients kept"}, {as_int(kAdaLomo), "adalomo", "no gradients kept"})
SHARDPLAN_ENTRIES(spec::BaseWeights, {as_int(k16Bit), "bf16"}, {as_int(k16Bit), "16bit", "", true},
                  {as_int(k16Bit), "fp16", "", true}, {as_int(kInt8), "int8", "LLM.int8"},
                  {as_int(kInt8), "8bit", "", true}, {as_int(kNf4), "nf4", "32-bit scale per 64 weights"},
                  {as_int(kNf4), "fp4", "", true}, {as_int(kNf4Double), "nf4_double", "scales quantised once more"},
                  {as_int(kNf4Double), "nf4-dq", "", true}, {as_int(kNf4Double), "4bit", "", true})
SHARDPLAN_ENTRIES(spec::Objective, {as_int(kThroughput), "throughput"}, {as_int(kThroughput), "speed", "", true},
                  {as_int(kCost), "cost"}, {as_int(kMemory), "memory"}, {as_int(kLatency), "latency"},
                  {as_int(kEfficiency), "efficiency"}, {as_int(kEfficiency), "mfu", "", true})
SHARDPLAN_ENTRIES(spec::Sharding, {as_int(kZero0), "zero0", "replicated"}, {as_int(kZero0), "none", "", true},
                  {as_int(kZero0), "ddp", "", true}, {as_int(kZero1), "zero1", "distributed optimizer"},
                  {as_int(kZero2), "zero2"}, {as_int(kZero3), "zero3"}, {as_int(kFsdp), "fsdp"},
                  {as_int(kHsdp), "hsdp"})
SHARDPLAN_ENTRIES(spec::Schedule, {as_int(kGpipe), "gpipe"}, {as_int(kOneForwardOneBackward), "1f1b"},
                  {as_int(kInterleaved), "interleaved"}, {as_int(kInterleaved), "interleaved-1f1b", "", true},
                  {as_int(kZeroBubbleH1), "zb-h1"}, {as_int(kZeroBubbleH1), "zb-1p", "", true},
                  {as_int(kZeroBubbleH2), "zb-h2"}, {as_int(kZeroBubbleH2), "zb-2p", "", true},
                  {as_int(kZeroBubbleV), "zb-v"}, {as_int(kDualPipe), "dualpipe"}, {as_int(kDualPipeV), "dualpipe-v"})
SHARDPLAN_ENTRIES(spec::ContextParallel, {as_int(kRing), "p2p", "ring attention"}, {as_int(kRing), "ring", "", true},
                  {as_int(kAllGather), "all_gather"}, {as_int(kAllToAll), "a2a", "Ulysses"})
SHARDPLAN_ENTRIES(spec::RecomputeMode, {as_int(kNone), "none"}, {as_int(kSelective), "selective"},
                  {as_int(kFull), "full"})
SHARDPLAN_ENTRIES(spec::CudaGraphs, {as_int(kNone), "none"}, {as_int(kPartial), "partial"},
                  {as_int(kFullIteration), "full_iteration"})

}  // namespace shardplan::json
