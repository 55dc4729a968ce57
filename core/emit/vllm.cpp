// vLLM: serves a model with a plan's degrees.
#include <algorithm>

#include "base/text.h"
#include "emit/frameworks.h"
#include "emit/serving.h"
#include "model/parameters.h"

namespace shardplan::emit {
namespace {

constexpr int kRpcPort = 13345;
constexpr int kMostNodes = 16;
constexpr int kDefaultPort = 8000;

Arguments shared_options(const ServingJob& job) {
  Arguments a;
  a.word(job.model);
  a.option("--tensor-parallel-size", job.tp);
  if (job.pp > 1) a.option("--pipeline-parallel-size", job.pp);
  if (job.dp > 1) a.option("--data-parallel-size", job.dp);
  if (job.expert_parallel) a.flag("--enable-expert-parallel");
  a.option("--max-model-len", job.max_model_len);
  if (job.max_num_seqs > 0) a.option("--max-num-seqs", job.max_num_seqs);
  if (job.max_num_batched_tokens > 0) a.option("--max-num-batched-tokens", job.max_num_batched_tokens);
  if (job.memory_share > 0) a.option("--gpu-memory-utilization", number_text(job.memory_share, 3));
  if (!job.dtype.empty()) a.option("--dtype", job.dtype);
  if (!job.quantization.empty()) a.option("--quantization", job.quantization);
  if (!job.kv_cache_dtype.empty()) a.option("--kv-cache-dtype", job.kv_cache_dtype);
  if (job.prefix_caching) a.flag("--enable-prefix-caching");
  if (!job.speculative_config.empty()) a.option("--speculative-config", job.speculative_config);
  if (job.max_loras > 0) {
    a.flag("--enable-lora").option("--max-loras", job.max_loras);
    a.option("--max-lora-rank", job.max_lora_rank);
  }
  if (job.port > 0) a.option("--port", job.port);
  return a;
}

// Whole engines on each node: a data-parallel group of them. An engine over several nodes: one over all.
std::string node_command(const ServingJob& job, int node) {
  Arguments a = shared_options(job);
  const int local = job.gpus_per_node / job.engine_gpus();
  if (local >= 1 && job.dp > 1) {
    a.option("--data-parallel-size-local", local).option("--data-parallel-address", job.master_addr);
    a.option("--data-parallel-rpc-port", kRpcPort);
    if (node > 0) a.option("--data-parallel-start-rank", node * local);
  } else {
    a.option("--nnodes", job.nodes()).option("--node-rank", node).option("--master-addr", job.master_addr);
  }
  if (node > 0) a.flag("--headless");
  return "vllm serve " + a.line();
}

// Copies on the GPUs of one node, a port each.
File copies_script(const ServingJob& job) {
  const int first = job.port > 0 ? job.port : kDefaultPort, each = job.gpus();
  ServingJob one = job;
  one.port = 0;
  const std::string gpus = std::to_string(each);
  const int here = std::min(job.copies, std::max(1, job.gpus_per_node / each));
  File f{"serve.sh", "bash", "#!/bin/sh\n"};
  f.text += "# " + std::to_string(here) + " copies on one node, each with " + gpus + " GPUs and a port of its own.\n";
  f.text += "for copy in $(seq 0 " + std::to_string(here - 1) + "); do\n";
  f.text += "  first=$((copy * " + gpus + "))\n  port=$((" + std::to_string(first) + " + copy))\n";
  f.text += "  export CUDA_VISIBLE_DEVICES=$(seq -s, $first $((first + " + std::to_string(each - 1) + ")))\n";
  f.text += "  vllm serve " + shared_options(one).line() + " --port $port &\n";
  f.text += "done\nwait\n";
  return f;
}

}  // namespace

Artefact vllm(const ServingJob& job) {
  Artefact a;
  a.framework = "vllm";
  a.version = "vLLM, sources of 2026";
  a.environment = job.environment;
  const int nodes = job.nodes();
  if (nodes == 1) {
    a.command = shared_options(job).lines("vllm serve");
  } else {
    a.command = node_command(job, 0);
    for (int node = 0; node < nodes && nodes <= kMostNodes; ++node) a.node_commands.push_back(node_command(job, node));
  }
  if (job.copies > 1) {
    if (nodes == 1 && job.gpus() < job.gpus_per_node) a.files.push_back(copies_script(job));
    a.notes.push_back("Start it " + std::to_string(job.copies) +
                      " times, each time on GPUs of its own, and let a load balancer spread the requests.");
  }
  return a;
}

// The degrees of a plan for training, of all its nodes.
Artefact vllm(const Job& job) {
  Artefact none;
  none.framework = "vllm";
  none.version = "vLLM, sources of 2026";
  if (job.context == nullptr) {
    none.problems.emplace_back("No model is named: there is nothing to serve.");
    return none;
  }
  const spec::Strategy& s = job.strategy;
  const spec::Model& m = job.context->model();
  ServingJob serving;
  serving.model = m.hf_id.empty() ? m.name : m.hf_id;
  serving.tp = s.tp;
  serving.pp = s.pp;
  serving.dp = s.dp;
  serving.expert_parallel = s.ep > 1;
  serving.gpus_per_node = job.gpus_per_node;
  serving.max_model_len = job.context->training().seq_length;
  if (s.precision == spec::Precision::kFp16) serving.dtype = "float16";
  if (s.precision == spec::Precision::kFp8) serving.quantization = "fp8";
  serving.master_addr = job.master_addr;
  serving.environment = job.nccl;
  Artefact a = vllm(serving);
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
