#include "advise/overlap.h"

#include <algorithm>

namespace shardplan::advise {
namespace {

constexpr std::array<const char*, kTraffics> kNames = {"tp", "cp", "ep", "pp", "dp"};

// Names read in the sources of 2026-11: megatron/training/arguments.py of Megatron-Core 0.20.0, Megatron-Bridge's
// documentation, torchtitan's job_config.py 0.2.2, DeepSpeed's zero/config.py 0.19.6, nanotron's configuration files.
constexpr const char* kMegatronSource = "github.com/NVIDIA/Megatron-LM, megatron/training/arguments.py";
constexpr const char* kBridgeSource = "docs.nvidia.com/nemo/megatron-bridge/latest/training/communication-overlap.html";
constexpr const char* kTitanSource = "github.com/pytorch/torchtitan, torchtitan/config/job_config.py";
constexpr const char* kDeepSpeedSource = "github.com/deepspeedai/DeepSpeed, deepspeed/runtime/zero/config.py";
constexpr const char* kNanotronSource = "github.com/huggingface/nanotron, src/nanotron/config/parallelism_config.py";

constexpr OverlapSetting kSettings[] = {
    {Traffic::kTp, "megatron", "--tp-comm-overlap", "needs --sequence-parallel and Transformer Engine's user buffers",
     kMegatronSource},
    {Traffic::kCp, "megatron", "--cp-comm-type p2p", "the ring moves keys and values beside attention",
     kMegatronSource},
    {Traffic::kEp, "megatron", "--overlap-moe-expert-parallel-comm --delay-wgrad-compute",
     "with a pipeline it needs virtual stages; no full recomputation, no --moe-shared-expert-overlap", kMegatronSource},
    {Traffic::kEp, "megatron", "--moe-shared-expert-overlap", "dispatch beside the shared experts", kMegatronSource},
    {Traffic::kPp, "megatron", "on with virtual stages; --no-overlap-p2p-communication turns it off", "",
     kMegatronSource},
    {Traffic::kDp, "megatron", "--overlap-grad-reduce --overlap-param-gather", "needs --use-distributed-optimizer",
     kMegatronSource},
    {Traffic::kTp, "megatron-bridge", "comm_overlap.tp_comm_overlap = True", "needs model.sequence_parallel",
     kBridgeSource},
    {Traffic::kCp, "megatron-bridge", "model.cp_comm_type = \"p2p\"", "the ring moves keys and values beside attention",
     kBridgeSource},
    {Traffic::kEp, "megatron-bridge",
     "comm_overlap.overlap_moe_expert_parallel_comm = True, comm_overlap.delay_wgrad_compute = True",
     "with a pipeline it needs virtual stages; no full recomputation, no moe_shared_expert_overlap", kBridgeSource},
    {Traffic::kPp, "megatron-bridge", "comm_overlap.overlap_p2p_comm = True", "with virtual stages", kBridgeSource},
    {Traffic::kDp, "megatron-bridge", "ddp.overlap_grad_reduce = True, ddp.overlap_param_gather = True",
     "needs ddp.use_distributed_optimizer", kBridgeSource},
    {Traffic::kTp, "torchtitan", "parallelism.enable_async_tensor_parallel = true", "needs compile.enable",
     kTitanSource},
    {Traffic::kEp, "torchtitan", "parallelism.pipeline_parallel_expert_parallel_overlap = true",
     "with the schedule DualPipeV", kTitanSource},
    {Traffic::kDp, "torchtitan", "on: FSDP2 gathers the next layer beside this one", "", kTitanSource},
    {Traffic::kTp, "deepspeed", "tensor_parallel.tp_overlap_comm = true", "", kDeepSpeedSource},
    {Traffic::kDp, "deepspeed", "zero_optimization.overlap_comm = true",
     "with ZeRO-3 stage3_prefetch_bucket_size says how far ahead it gathers", kDeepSpeedSource},
    {Traffic::kDp, "composer", "on: FSDP gathers the next layer beside this one", "", ""},
    {Traffic::kTp, "nanotron", "parallelism.tp_linear_async_communication: true", "with tp_mode REDUCE_SCATTER",
     kNanotronSource},
};

double step_s(const estimate::Problem& problem, const spec::Strategy& s) {
  return estimate::step_time(estimate::Context(problem), s).step_time_s;
}

estimate::Problem with_overlap(estimate::Problem p, Traffic traffic, double hidden) {
  spec::Stack& s = p.stack;
  switch (traffic) {
    case Traffic::kTp: s.tp_overlap = s.tp_overlap_moe = s.tp_overlap_nvfp4 = hidden; break;
    case Traffic::kCp: s.cp_overlap = hidden; break;
    case Traffic::kEp: s.ep_overlap = hidden; break;
    case Traffic::kPp: s.pp_exposed = 1 - hidden; break;
    case Traffic::kDp:
      s.dp_overlap = s.dp_overlap_replicated = hidden;
      s.fsdp_prefetch = hidden > 0;
      s.fsdp_contention = 0;
      break;
  }
  return p;
}

}  // namespace

// cppcheck-suppress CastIntegerToAddressAtReturn ; an array of names
const char* name_of(Traffic traffic) { return kNames[static_cast<size_t>(traffic)]; }

estimate::Problem without_overlap(estimate::Problem problem, Traffic traffic) {
  return with_overlap(std::move(problem), traffic, 0);
}
estimate::Problem with_full_overlap(estimate::Problem problem, Traffic traffic) {
  return with_overlap(std::move(problem), traffic, 1);
}

OverlapReport overlaps(const estimate::Context& c, const spec::Strategy& s) {
  const estimate::StepTime t = estimate::step_time(c, s);
  const std::array<Overlap, kTraffics> all = {{{Traffic::kTp, t.tp_total_s, t.tp_s},
                                               {Traffic::kCp, t.cp_total_s, t.cp_s},
                                               {Traffic::kEp, t.ep_total_s, t.ep_s},
                                               {Traffic::kPp, t.pp_total_s, t.pp_s},
                                               {Traffic::kDp, t.dp_total_s, t.dp_s}}};
  OverlapReport r;
  r.step_s = t.step_time_s;
  estimate::Problem off = c.problem, hidden = c.problem;
  for (Overlap o : all) {
    if (o.total_s <= 0) continue;
    o.step_off_s = step_s(without_overlap(c.problem, o.traffic), s);
    o.step_hidden_s = step_s(with_full_overlap(c.problem, o.traffic), s);
    off = without_overlap(std::move(off), o.traffic);
    hidden = with_full_overlap(std::move(hidden), o.traffic);
    r.kinds.push_back(o);
  }
  r.step_off_s = step_s(off, s);
  r.step_hidden_s = step_s(hidden, s);
  std::stable_sort(r.kinds.begin(), r.kinds.end(),
                   [](const Overlap& a, const Overlap& b) { return a.exposed_s > b.exposed_s; });
  return r;
}

std::vector<OverlapSetting> overlap_settings(Traffic traffic, const std::string& framework) {
  std::vector<OverlapSetting> out;
  for (const OverlapSetting& s : kSettings)
    if (s.traffic == traffic && framework == s.framework) out.push_back(s);
  return out;
}

}  // namespace shardplan::advise
