// A batch script for SLURM around any launcher.
#pragma once

#include "emit/job.h"

namespace shardplan::emit {

struct BatchOptions {
  std::string time = "24:00:00";
  std::string partition;
  std::string account;
  std::string qos;
  std::string container_image;  // run by pyxis (srun --container-image); empty: none
  int cpus_per_task = 0;        // 0: all of the node's
  bool use_gres = false;        // --gres=gpu:8 in place of --gpus-per-node=8
};

// `artefact`: what is started, for its environment and files; one task a node.
File slurm_script(const Job& job, const Artefact& artefact, const BatchOptions& options);

}  // namespace shardplan::emit
