#include "emit/slurm.h"

#include "emit/frameworks.h"

namespace shardplan::emit {
namespace {

std::string directives(const Job& job, const BatchOptions& o) {
  std::string t = "#!/bin/bash\n";
  const auto line = [&](const std::string& option, const std::string& value) {
    t += "#SBATCH --" + option + (value.empty() ? "" : "=" + value) + "\n";
  };
  const std::string gpus = std::to_string(job.gpus_per_node);
  line("job-name", job.name);
  line("nodes", std::to_string(job.nodes));
  line("ntasks-per-node", "1");
  if (o.use_gres) line("gres", "gpu:" + gpus);
  else line("gpus-per-node", gpus);
  if (o.cpus_per_task > 0) line("cpus-per-task", std::to_string(o.cpus_per_task));
  else line("exclusive", "");
  line("time", o.time);
  line("output", "%x-%j.out");
  if (!o.partition.empty()) line("partition", o.partition);
  if (!o.account.empty()) line("account", o.account);
  if (!o.qos.empty()) line("qos", o.qos);
  return t;
}

std::string in_single_quotes(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += "'\\'";
    out += c;
  }
  return out + "'";
}

bool is_from_slurm(const std::string& name) { return name == "MASTER_ADDR" || name == "NODE_RANK"; }

}  // namespace

File slurm_script(const Job& job, const Artefact& artefact, const BatchOptions& o) {
  std::string t = directives(job, o) + "\nset -euo pipefail\n\n";
  for (const Variable& v : artefact.environment)
    if (!is_from_slurm(v.name)) t += "# " + v.reason + "\nexport " + v.name + "=" + shell_word(v.value) + "\n";
  if (job.nodes > 1)
    t += "MASTER_ADDR=$(scontrol show hostnames \"$SLURM_JOB_NODELIST\" | head -n 1)\nexport MASTER_ADDR\n";
  // A step takes no CPUs of the job by itself.
  Arguments srun;
  srun.option("--ntasks-per-node", 1)
      .option("--cpus-per-task", o.cpus_per_task > 0 ? "$SLURM_CPUS_PER_TASK" : "$SLURM_CPUS_ON_NODE");
  srun.flag("--kill-on-bad-exit=1");
  if (!o.container_image.empty()) srun.option("--container-image", o.container_image);
  t += "\n# Each node runs the launcher once; it starts the " + std::to_string(job.gpus_per_node) + " ranks there.\n";
  const std::string command = command_on_a_node(job, artefact);
  t += "srun " + srun.line() + " \\\n  ";
  // Only a shell of the node knows the node's number.
  if (command.find("$NODE_RANK") == std::string::npos) t += command + "\n";
  else t += "bash -c " + in_single_quotes("export NODE_RANK=$SLURM_NODEID; exec " + command) + "\n";
  return {job.name + ".sbatch", "bash", t};
}

}  // namespace shardplan::emit
