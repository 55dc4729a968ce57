#include "emit/frameworks.h"

namespace shardplan::emit {
namespace {

constexpr int kMostNodeCommands = 16;
constexpr size_t kLongestNodeCommand = 300;

void replace(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

}  // namespace

Arguments torchrun_options(const Job& job, Meeting meeting) {
  Arguments a;
  if (job.nodes == 1) return a.flag("--standalone").option("--nproc-per-node", job.gpus_per_node);
  a.option("--nnodes", job.nodes).option("--nproc-per-node", job.gpus_per_node);
  const std::string port = std::to_string(job.master_port);
  if (meeting == Meeting::kRendezvous)
    return a.option("--rdzv-backend", "c10d")
        .option("--rdzv-endpoint", "$MASTER_ADDR:" + port)
        .option("--rdzv-id", job.name);
  return a.option("--node-rank", "$NODE_RANK").option("--master-addr", "$MASTER_ADDR").option("--master-port", port);
}

Variable master_address(const Job& job) {
  return {"MASTER_ADDR", job.master_addr, "Where the ranks meet: the first node, by a name that all nodes resolve."};
}

Arguments script_words(const Job& job) {
  Arguments a;
  a.word(job.script);
  for (const std::string& word : job.script_args) a.word(word);
  return a;
}

void start_by_torchrun(const Job& job, const Arguments& what, Artefact& into) {
  Arguments all = torchrun_options(job, Meeting::kRendezvous);
  into.command = all.append(what).lines("torchrun");
  if (job.nodes == 1) return;
  into.environment.push_back(master_address(job));
  Arguments ranked = torchrun_options(job, Meeting::kRank);
  const std::string line = "torchrun " + ranked.append(what).line();
  if (job.nodes > kMostNodeCommands || line.size() > kLongestNodeCommand) {
    into.notes.push_back("The command is the same on all " + std::to_string(job.nodes) +
                         " nodes: they number themselves where they meet.");
    return;
  }
  for (int node = 0; node < job.nodes; ++node) {
    std::string own = line;
    replace(own, "\"$NODE_RANK\"", std::to_string(node));
    replace(own, "\"$MASTER_ADDR\"", shell_word(job.master_addr));
    into.node_commands.push_back(std::move(own));
  }
}

std::string command_on_a_node(const Job& job, const Artefact& artefact) {
  if (artefact.framework != "deepspeed") return artefact.command;
  Arguments all = torchrun_options(job, Meeting::kRendezvous);
  return all.append(deepspeed_words(job)).lines("torchrun");
}

Artefact torchrun(const Job& job) {
  Artefact a;
  a.framework = "torchrun";
  a.version = "PyTorch 2.9";
  a.environment = job.nccl;
  start_by_torchrun(job, script_words(job), a);
  const spec::Strategy& s = job.strategy;
  a.notes.push_back("Starts " + std::to_string(job.gpus()) + " ranks of " + job.script + "; " + degrees_text(s) +
                    ", micro-batch " + std::to_string(s.mbs) + " and " + std::to_string(job.gradient_accumulation()) +
                    " accumulated micro-batches are for the script to do.");
  a.notes.push_back("torchrun sets OMP_NUM_THREADS=1 where it is not set; raise it where the data loader computes.");
  return a;
}

}  // namespace shardplan::emit
