// The host as lines of Slurm's gres.conf and slurm.conf.
#pragma once

#include <string>

#include "host.h"

namespace shardplan::probe {

std::string slurm(const Host& host);

}  // namespace shardplan::probe
