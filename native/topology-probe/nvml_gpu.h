// One GPU by NVML. identify asks what a plan cannot do without, for every GPU first; describe asks the rest.
#pragma once

#include "nvml.h"

namespace shardplan::probe {

// False where the library does not open the GPU; its facts then say why.
bool identify(Nvml& nvml, int device, Gpu& gpu);
void describe(Nvml& nvml, int device, Gpu& gpu);

// NVLinks with what is at their other ends, the fabric, chip to chip links.
void read_nvlinks(Nvml& nvml, int device, Gpu& gpu);
void read_fabric(Nvml& nvml, int device, Gpu& gpu);

}  // namespace shardplan::probe
