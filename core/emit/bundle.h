// All frameworks, and everything that one of them needs as files.
#pragma once

#include <optional>

#include "emit/job.h"

namespace shardplan::emit {

enum class Framework { kAll, kTorchrun, kDeepSpeed, kAccelerate, kMegatron, kFsdp, kTorchtitan, kVllm };

// One framework, or all that can say something of the job.
std::vector<Artefact> artefacts(const Job& job, Framework framework);

// The artefact's files with its command as a script and its environment.
std::vector<File> bundle(const Artefact& artefact);

}  // namespace shardplan::emit
