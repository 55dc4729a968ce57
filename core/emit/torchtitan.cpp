// torchtitan: a TOML file for the release, and a recipe module for the sources of 2026, which read no TOML any more.
#include <algorithm>
#include <array>

#include "emit/frameworks.h"
#include "emit/tree.h"

namespace shardplan::emit {
namespace {

using spec::Precision;
using spec::RecomputeMode;
using spec::Schedule;
using spec::Sharding;
using spec::Strategy;

// Models that torchtitan brings: its name and flavour in release 0.2.2, and the function of the sources'
// config_registry whose model the recipe takes ("" where there is none).
struct Known {
  const char* preset;
  const char* name;
  const char* flavor;
  const char* recipe;
};
constexpr std::array kKnown = {
    Known{"llama-3.1-8b", "llama3", "8B", "llama3_8b"},
    Known{"llama-3.1-70b", "llama3", "70B", "llama3_70b"},
    Known{"llama-3.1-405b", "llama3", "405B", "llama3_405b"},
    Known{"llama-4-scout", "llama4", "17bx16e", ""},
    Known{"llama-4-maverick", "llama4", "17bx128e", ""},
    Known{"qwen3-0.6b", "qwen3", "0.6B", "qwen3_0_6b"},
    Known{"qwen3-1.7b", "qwen3", "1.7B", "qwen3_1_7b"},
    Known{"qwen3-4b", "qwen3", "4B", ""},
    Known{"qwen3-8b", "qwen3", "8B", ""},
    Known{"qwen3-14b", "qwen3", "14B", "qwen3_14b"},
    Known{"qwen3-32b", "qwen3", "32B", "qwen3_32b"},
    Known{"qwen3-30b-a3b", "qwen3", "30B-A3B", "qwen3_30b_a3b"},
    Known{"qwen3-235b-a22b", "qwen3", "235B-A22B", ""},
    Known{"deepseek-v2-lite", "deepseek_v3", "16B", "deepseek_v3_16b"},
    Known{"deepseek-v2", "deepseek_v3", "236B", ""},
    Known{"deepseek-v3", "deepseek_v3", "671B", "deepseek_v3_671b"},
    Known{"gpt-oss-20b", "gpt_oss", "20b", "gpt_oss_20b"},
    Known{"gpt-oss-120b", "gpt_oss", "120b", "gpt_oss_120b"},
};

const Known* known(const Job& job) {
  if (job.context == nullptr) return nullptr;
  const auto it =
      std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& k) { return job.context->model().id == k.preset; });
  return it == kKnown.end() ? nullptr : &*it;
}

const char* schedule_name(const Strategy& s) {
  switch (s.schedule) {
    case Schedule::kGpipe: return "GPipe";
    case Schedule::kInterleaved: return "Interleaved1F1B";
    case Schedule::kZeroBubbleV: return "ZBVZeroBubble";
    case Schedule::kDualPipeV: return "DualPipeV";
    default: return "1F1B";
  }
}

struct DataParallel {
  int replicate = 1, shard = 1;
};
DataParallel data_parallel(const Strategy& s) {
  if (s.sharding == Sharding::kZero0) return {s.dp, 1};
  if (s.sharding != Sharding::kHsdp) return {1, s.dp};
  const int shard = std::max(1, s.shard_size / s.cp);
  return {s.dp / shard, shard};
}

int layers_per_virtual_stage(const Job& job) {
  const int slots = job.strategy.pp * job.strategy.vpp;
  const int layers = job.context != nullptr ? job.context->model().num_hidden_layers : 0;
  return (layers + slots - 1) / slots;
}

Tree parallelism(const Job& job) {
  const Strategy& s = job.strategy;
  const DataParallel dp = data_parallel(s);
  Tree t;
  t.integer("data_parallel_replicate_degree", dp.replicate).integer("data_parallel_shard_degree", dp.shard);
  t.text("fsdp_reshard_after_forward", zero_stage(s.sharding) == 3 ? "always" : "never");
  t.integer("tensor_parallel_degree", s.tp).integer("context_parallel_degree", s.cp);
  if (s.cp > 1)
    t.text("context_parallel_rotate_method", s.cp_comm == spec::ContextParallel::kAllGather ? "allgather" : "alltoall");
  t.integer("pipeline_parallel_degree", s.pp);
  if (s.pp > 1) {
    t.text("pipeline_parallel_schedule", schedule_name(s)).integer("pipeline_parallel_microbatch_size", s.mbs);
    if (job.context != nullptr) {
      t.integer("pipeline_parallel_layers_per_stage", layers_per_virtual_stage(job));
      t.integer("pipeline_parallel_first_stage_less_layers", 0).integer("pipeline_parallel_last_stage_less_layers", 0);
    }
  }
  if (s.ep > 1) t.integer("expert_parallel_degree", s.ep).integer("expert_tensor_parallel_degree", s.etp);
  return t;
}

const char* recompute_mode(RecomputeMode m) {
  return m == RecomputeMode::kFull ? "full" : m == RecomputeMode::kSelective ? "selective" : "none";
}

const char* converter(Precision p) {
  if (p == Precision::kFp8) return "quantize.linear.float8";
  if (p == Precision::kMxfp8) return "quantize.linear.mx";
  return nullptr;
}

std::string toml(const Job& job, const Known& k) {
  const Strategy& s = job.strategy;
  Tree model;
  const spec::Model& m = job.context->model();
  const std::string repository = m.hf_id.empty() ? m.id : m.hf_id.substr(m.hf_id.find('/') + 1);
  model.text("name", k.name).text("flavor", k.flavor).text("hf_assets_path", "./assets/hf/" + repository);
  if (const char* c = converter(s.precision)) model.words("converters", {c});
  Tree training;
  training.integer("local_batch_size", s.pp > 1 ? s.gbs / s.dp : s.mbs).integer("global_batch_size", s.gbs);
  training.integer("seq_len", job.context->training().seq_length).integer("steps", job.steps);
  training.boolean("enable_cpu_offload", s.offload_optimizer).text("dataset", "c4_test");
  Tree t;
  t.child("job", Tree().text("dump_folder", "./outputs").text("description", degrees_text(s)));
  t.child("model", std::move(model));
  t.child("training", std::move(training));
  t.child("parallelism", parallelism(job));
  t.child("activation_checkpoint", Tree().text("mode", recompute_mode(s.recompute.mode)));
  t.child("compile", Tree().boolean("enable", true).words("components", {"model", "loss"}));
  if (s.precision == Precision::kFp8)
    t.child("quantize.linear.float8", Tree()
                                          .text("recipe_name", "tensorwise")
                                          .boolean("enable_fsdp_float8_all_gather", true)
                                          .words("filter_fqns", {"output"}));
  return t.toml();
}

std::string recipe(const Job& job, const Known& k) {
  const Strategy& s = job.strategy;
  const DataParallel dp = data_parallel(s);
  const std::string seq = std::to_string(job.context->training().seq_length);
  const auto n = [](int value) { return std::to_string(value); };
  std::string t =
      "# For torchtitan's sources, which take a configuration as a Python function. " + degrees_text(s) + ".\n";
  const bool full = s.recompute.mode == RecomputeMode::kFull;
  if (s.recompute.mode != RecomputeMode::kNone)
    t += std::string("from torchtitan.distributed.activation_checkpoint import ") + (full ? "FullAC" : "SelectiveAC") +
         "\n";
  t += std::string("from torchtitan.models.") + k.name + ".config_registry import " + k.recipe + "\n\n\n";
  t += std::string("def plan():\n    config = ") + k.recipe + "()\n    p = config.parallelism\n";
  t += "    p.data_parallel_replicate_degree = " + n(dp.replicate) +
       "\n    p.data_parallel_shard_degree = " + n(dp.shard) + "\n";
  t += std::string("    p.fsdp_reshard_after_forward = \"") + (zero_stage(s.sharding) == 3 ? "always" : "never") +
       "\"\n";
  t += "    p.tensor_parallel_degree = " + n(s.tp) + "\n    p.context_parallel_degree = " + n(s.cp) + "\n";
  t += "    p.pipeline_parallel_degree = " + n(s.pp) + "\n";
  if (s.pp > 1) {
    t += std::string("    p.pipeline_parallel_schedule = \"") + schedule_name(s) + "\"\n";
    t += "    p.num_pp_microbatches = " + n(job.gradient_accumulation()) + "\n";
    t += "    p.pipeline_parallel_layers_per_stage = " + n(layers_per_virtual_stage(job)) + "\n";
    t += "    p.pipeline_parallel_first_stage_less_layers = 0\n    p.pipeline_parallel_last_stage_less_layers = 0\n";
  }
  if (s.ep > 1) t += "    p.expert_parallel_degree = " + n(s.ep) + "\n";
  t += "    config.training.max_context_length = " + seq + "\n";
  t += "    config.training.num_tokens_per_microbatch_per_dp_rank = " + n(s.mbs) + " * " + seq + "\n";
  t += "    config.training.num_tokens_per_train_step = " + n(s.gbs) + " * " + seq + "\n";
  t += "    config.training.steps = " + n(job.steps) + "\n";
  t += std::string("    config.activation_checkpoint = ") +
       (full                                            ? "FullAC.Config()"
        : s.recompute.mode == RecomputeMode::kSelective ? "SelectiveAC.Config()"
                                                        : "None") +
       "\n";
  t += "    config.compile.enable = True\n    return config\n";
  return t;
}

void problems(const Job& job, Artefact& a) {
  const Strategy& s = job.strategy;
  const auto problem = [&](const char* text) { a.problems.emplace_back(text); };
  if (s.sharding == Sharding::kZero1)
    problem(
        "torchtitan shards parameters as well (FSDP2); 'never' keeps them whole after the forward pass, which is the "
        "nearest to ZeRO-1.");
  if (s.recompute.mode == RecomputeMode::kSelective)
    problem("torchtitan's selective recomputation is by operation (every second matmul), not by module.");
  if (s.recompute.mode == RecomputeMode::kFull && s.recompute.layer_share < 1)
    problem("torchtitan recomputes all layers or none.");
  if (s.precision == Precision::kFp8Blockwise) problem("torchtitan has no 128-wide FP8 blocks; the files run bf16.");
  if (s.precision == Precision::kNvfp4)
    problem("NVFP4 is in torchtitan's sources only (NVFP4LinearConverter); the files run bf16.");
  if (s.etp > 1 && s.etp != s.tp) problem("torchtitan cuts experts as the rest (etp = tp) or not at all.");
  if (s.cp_comm == spec::ContextParallel::kAllToAll && s.cp > 1)
    problem("alltoall is here a way to pass keys and values round the ring, not Ulysses.");
  if (!s.layers_per_stage.empty())
    problem("Stages of different length need module_fqns_per_model_part, which the files do not have.");
  switch (s.schedule) {
    case Schedule::kZeroBubbleH1:
    case Schedule::kZeroBubbleH2:
    case Schedule::kDualPipe: problem("PyTorch's pipelining has no such schedule; the files run 1F1B."); break;
    default: break;
  }
}

}  // namespace

Artefact torchtitan(const Job& job) {
  Artefact a;
  a.framework = "torchtitan";
  a.version = "torchtitan 0.2.2 (TOML), sources of 2026-08 (recipe)";
  const Known* k = known(job);
  if (k == nullptr) {
    a.problems.push_back(job.context == nullptr
                             ? "No model is named; torchtitan trains Llama 3 and 4, Qwen3, DeepSeek-V3 and gpt-oss."
                             : "torchtitan does not bring " + job.context->model().name +
                                   "; it has Llama 3 and 4, Qwen3, DeepSeek-V3 and gpt-oss.");
    return a;
  }
  a.environment = {{"PYTORCH_ALLOC_CONF", "expandable_segments:True",
                    "Less fragmentation where sizes vary; torchtitan's own launcher sets it. Before PyTorch 2.9: "
                    "PYTORCH_CUDA_ALLOC_CONF."}};
  a.environment.insert(a.environment.end(), job.nccl.begin(), job.nccl.end());
  Arguments words;
  words.option("-m", "torchtitan.train").option("--job.config_file", "torchtitan.toml");
  start_by_torchrun(job, words, a);
  a.files.push_back({"torchtitan.toml", "toml", toml(job, *k)});
  if (k->recipe[0] != '\0') {
    a.files.push_back({"shardplan_recipe.py", "python", recipe(job, *k)});
    a.notes.push_back(
        "With the sources in place of release 0.2.2: --module shardplan_recipe --config plan instead of "
        "--job.config_file torchtitan.toml.");
  }
  a.notes.push_back("The tokenizer's files lie under hf_assets_path: scripts/download_hf_assets.py fetches them.");
  problems(job, a);
  return a;
}

}  // namespace shardplan::emit
