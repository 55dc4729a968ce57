#include "emit/bundle.h"

#include "emit/frameworks.h"

namespace shardplan::emit {

std::vector<Artefact> artefacts(const Job& job, Framework framework) {
  switch (framework) {
    case Framework::kTorchrun: return {torchrun(job)};
    case Framework::kDeepSpeed: return {deepspeed(job)};
    case Framework::kAccelerate: return {accelerate(job)};
    case Framework::kMegatron: return {megatron(job)};
    case Framework::kFsdp: return {fsdp2(job)};
    case Framework::kTorchtitan: return {torchtitan(job)};
    case Framework::kVllm: return {vllm(job)};
    case Framework::kAll: break;
  }
  std::vector<Artefact> all = {torchrun(job), deepspeed(job), accelerate(job), megatron(job), fsdp2(job)};
  for (Artefact a : {torchtitan(job), vllm(job)})
    if (!a.command.empty()) all.push_back(std::move(a));
  return all;
}

std::vector<File> bundle(const Artefact& a) {
  std::string environment;
  for (const Variable& v : a.environment)
    environment += "# " + v.reason + "\nexport " + v.name + "=" + shell_word(v.value) + "\n";
  std::vector<File> files = a.files;
  if (!environment.empty()) files.push_back({"environment.sh", "bash", environment});
  std::string launch = "#!/bin/bash\nset -euo pipefail\n";
  if (!environment.empty()) launch += "source \"$(dirname \"$0\")/environment.sh\"\n";
  files.push_back({"launch.sh", "bash", launch + "\n" + a.command + "\n"});
  return files;
}

}  // namespace shardplan::emit
