// PyTorch's own sharding in the user's script: device mesh, fully_shard, recomputation.
#include "emit/frameworks.h"

namespace shardplan::emit {
namespace {

using spec::Precision;
using spec::RecomputeMode;
using spec::Sharding;
using spec::Strategy;

int shard_size(const Strategy& s) {
  if (s.sharding == Sharding::kHsdp) return s.shard_size;
  return zero_stage(s.sharding) >= 1 ? s.dp * s.cp : 1;
}

std::string mesh_text(const Strategy& s) {
  struct Axis {
    const char* name;
    int degree;
  };
  const int shard = shard_size(s), replicate = s.dp * s.cp / shard;
  std::string shape, names;
  for (const Axis& axis : {Axis{"pp", s.pp}, Axis{"replicate", replicate}, Axis{"shard", shard}, Axis{"tp", s.tp}}) {
    if (axis.degree == 1 && std::string(axis.name) != "shard") continue;
    shape += std::to_string(axis.degree) + ", ";
    names += "\"" + std::string(axis.name) + "\", ";
  }
  // A tuple of one keeps its comma.
  const bool single = shape.find(' ') == shape.size() - 1;
  const auto tuple = [&](const std::string& text) {
    return "(" + text.substr(0, text.size() - (single ? 1 : 2)) + ")";
  };
  return "init_device_mesh(\"cuda\", " + tuple(shape) + ", mesh_dim_names=" + tuple(names) + ")";
}

const char* dtype(Precision p) {
  switch (p) {
    case Precision::kFp32: return "torch.float32";
    case Precision::kFp16: return "torch.float16";
    default: return "torch.bfloat16";
  }
}

std::string script_text(const Job& job) {
  const Strategy& s = job.strategy;
  const bool hybrid = s.dp * s.cp > shard_size(s);
  std::string t = "# " + degrees_text(s) + ", " + sharding_text(s.sharding) +
                  ". Call shard(model) before the optimizer is built.\n";
  t += "import torch\nfrom torch.distributed.device_mesh import init_device_mesh\n";
  t += "from torch.distributed.fsdp import CPUOffloadPolicy, MixedPrecisionPolicy, fully_shard\n";
  if (s.recompute.mode == RecomputeMode::kFull)
    t += "from torch.distributed.algorithms._checkpoint.checkpoint_wrapper import checkpoint_wrapper\n";
  t += "\n\ndef shard(model, blocks):\n";
  t += "    \"\"\"`blocks`: the transformer layers, a torch.nn.ModuleList of the model.\"\"\"\n";
  t += "    mesh = " + mesh_text(s) + "\n";
  if (s.tp > 1)
    t += "    # Tensor parallelism first, on mesh[\"tp\"]: torch.distributed.tensor.parallel.parallelize_module(model, "
         "mesh[\"tp\"], plan)\n";
  if (s.recompute.mode == RecomputeMode::kFull)
    t += "    for i, block in enumerate(blocks):\n        blocks[i] = checkpoint_wrapper(block)\n";
  t += "    options = dict(\n";
  t += std::string("        mesh=mesh[") + (hybrid ? "\"replicate\", \"shard\"" : "\"shard\"") + "],\n";
  t += std::string("        reshard_after_forward=") + (zero_stage(s.sharding) == 3 ? "True" : "False") + ",\n";
  t += std::string("        mp_policy=MixedPrecisionPolicy(param_dtype=") + dtype(s.precision) +
       ", reduce_dtype=torch.float32),\n";
  if (s.offload_optimizer) t += "        offload_policy=CPUOffloadPolicy(pin_memory=True),\n";
  t += "    )\n    for block in blocks:\n        fully_shard(block, **options)\n    return fully_shard(model, "
       "**options)\n";
  t += "\n\nmicro_batch = " + std::to_string(s.mbs) +
       "\ngradient_accumulation = " + std::to_string(job.gradient_accumulation()) + "\n";
  return t;
}

void problems(const Job& job, Artefact& a) {
  const Strategy& s = job.strategy;
  if (s.pp > 1)
    a.problems.push_back(
        "fully_shard does not cut a pipeline: split the model with torch.distributed.pipelining and call shard on each "
        "stage" +
        std::string(
            zero_stage(s.sharding) == 3
                ? "; sharded parameters are then gathered for every micro-batch, unless reshard_after_forward is False."
                : "."));
  if (s.sharding == Sharding::kZero0)
    a.problems.push_back("Nothing is sharded: torch.nn.parallel.DistributedDataParallel does this, without this file.");
  if (s.sharding == Sharding::kZero1)
    a.problems.push_back(
        "fully_shard shards parameters and gradients as well; reshard_after_forward=False keeps the parameters between "
        "the passes, which is the nearest to ZeRO-1.");
  if (s.ep > 1) a.problems.push_back("Experts need a mesh of their own; torchtitan has one.");
  if (s.precision > Precision::kFp16)
    a.notes.push_back("8-bit linears come from torchao (convert_to_float8_training) before shard(model).");
  if (s.recompute.mode == RecomputeMode::kSelective)
    a.problems.push_back(
        "Selective recomputation by module is not in the file: "
        "torch.utils.checkpoint.create_selective_checkpoint_contexts.");
  if (s.cp > 1)
    a.notes.push_back(
        "Context parallelism: torch.distributed.tensor.experimental.context_parallel around the forward pass, over " +
        std::to_string(s.cp) + " ranks of the mesh.");
}

}  // namespace

Artefact fsdp2(const Job& job) {
  Artefact a;
  a.framework = "fsdp";
  a.version = "PyTorch 2.9, FSDP2";
  a.environment = job.nccl;
  a.files.push_back({"shard.py", "python", script_text(job)});
  start_by_torchrun(job, script_words(job), a);
  problems(job, a);
  return a;
}

}  // namespace shardplan::emit
