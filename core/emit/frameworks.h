// One emitter a framework, each in the file of its name.
#pragma once

#include "emit/arguments.h"
#include "emit/job.h"

namespace shardplan::emit {

Artefact torchrun(const Job& job);    // the user's own script
Artefact deepspeed(const Job& job);   // deepspeedai/DeepSpeed
Artefact accelerate(const Job& job);  // huggingface/accelerate
Artefact megatron(const Job& job);    // NVIDIA/Megatron-LM, pretrain_gpt.py
Artefact fsdp2(const Job& job);       // PyTorch's fully_shard in the user's own script
Artefact torchtitan(const Job& job);  // pytorch/torchtitan
Artefact vllm(const Job& job);        // vllm-project/vllm: serves the model, does not train it

// Parts that several emitters and the batch script put together.

// torchrun's own options. kRendezvous: the same on every node. kRank: numbered by $NODE_RANK.
enum class Meeting { kRendezvous, kRank };
Arguments torchrun_options(const Job& job, Meeting meeting);
// `what` started by torchrun, for every node; and for each node by its rank where there are few.
void start_by_torchrun(const Job& job, const Arguments& what, Artefact& into);

Variable master_address(const Job& job);
Arguments script_words(const Job& job);     // the user's script with its arguments
Arguments deepspeed_words(const Job& job);  // the same with DeepSpeed's

// pretrain_gpt.py with the whole plan.
Arguments megatron_arguments(const Job& job);
std::vector<Variable> megatron_environment(const Job& job);

std::string deepspeed_config(const Job& job);  // JSON

std::string accelerate_command(const Job& job);
Arguments accelerate_ranks(const Job& job);      // of the launcher, on several nodes
void add_ranks(const Job& job, Artefact& into);  // the variables that these read
File accelerate_trainer_config(const Job& job);  // where Hugging Face's Trainer has the rest as its arguments

// What a batch system runs on every node, $MASTER_ADDR and, where it is named, $NODE_RANK given.
std::string command_on_a_node(const Job& job, const Artefact& artefact);

}  // namespace shardplan::emit
