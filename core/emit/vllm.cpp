// vLLM: serves the model with the plan's degrees.
#include "emit/frameworks.h"
#include "model/parameters.h"

namespace shardplan::emit {
namespace {

constexpr int kRpcPort = 13345;
constexpr int kMostNodes = 16;

Arguments shared_options(const Job& job) {
  const spec::Strategy& s = job.strategy;
  Arguments a;
  const spec::Model& m = job.context->model();
  a.word(m.hf_id.empty() ? m.name : m.hf_id);
  a.option("--tensor-parallel-size", s.tp);
  if (s.pp > 1) a.option("--pipeline-parallel-size", s.pp);
  if (s.dp > 1) a.option("--data-parallel-size", s.dp);
  if (s.ep > 1) a.flag("--enable-expert-parallel");
  a.option("--max-model-len", job.context->training().seq_length);
  if (s.precision == spec::Precision::kFp16) a.option("--dtype", "float16");
  if (s.precision == spec::Precision::kFp8) a.option("--quantization", "fp8");
  return a;
}

// Whole replicas on each node: a data-parallel group of engines. A replica over several nodes: one engine over all.
std::string node_command(const Job& job, int node) {
  const spec::Strategy& s = job.strategy;
  Arguments a = shared_options(job);
  const int replica = s.tp * s.pp, local = job.gpus_per_node / replica;
  if (local >= 1 && s.dp > 1) {
    a.option("--data-parallel-size-local", local).option("--data-parallel-address", job.master_addr);
    a.option("--data-parallel-rpc-port", kRpcPort);
    if (node > 0) a.option("--data-parallel-start-rank", node * local);
  } else {
    a.option("--nnodes", job.nodes).option("--node-rank", node).option("--master-addr", job.master_addr);
  }
  if (node > 0) a.flag("--headless");
  return "vllm serve " + a.line();
}

}  // namespace

Artefact vllm(const Job& job) {
  Artefact a;
  a.framework = "vllm";
  a.version = "vLLM, sources of 2026";
  if (job.context == nullptr) {
    a.problems.emplace_back("No model is named: there is nothing to serve.");
    return a;
  }
  const spec::Strategy& s = job.strategy;
  a.environment = job.nccl;
  if (job.nodes == 1) {
    a.command = shared_options(job).lines("vllm serve");
  } else {
    a.command = node_command(job, 0);
    for (int node = 0; node < job.nodes && job.nodes <= kMostNodes; ++node)
      a.node_commands.push_back(node_command(job, node));
  }
  if (s.cp > 1)
    a.problems.emplace_back(
        "Context parallelism of training has no counterpart in these options; the ranks of cp stay idle.");
  if (s.ep > 1)
    a.notes.emplace_back(
        "With --enable-expert-parallel experts lie over all tensor- and data-parallel ranks, whatever ep says.");
  a.notes.emplace_back("A plan for training seldom serves best: ask for the degrees of serving on its own.");
  return a;
}

}  // namespace shardplan::emit
