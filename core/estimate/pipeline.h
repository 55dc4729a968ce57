// Pipeline schedules: how long stages wait, and how many micro-batches they hold.
// F forward, B backward with its weight part W, all of one stage and micro-batch; p stages, v chunks per stage, M
// micro-batches.
#pragma once

#include "spec/strategy.h"

namespace shardplan::estimate {

inline constexpr double kLeftoverZeroBubble = 0.02;  // of 1F1B's bubble; measured in arXiv 2401.10241, table 4

// Seconds that a stage idles while the pipeline fills and drains.
//   1F1B, GPipe          (p-1)(F + B)                     Narayanan et al. 2021, arXiv 2104.04473, section 2.2
//   interleaved          (p-1)(F + B)/v                   ibidem
//   ZB-H1                (p-1)(F + B - 2W)                Qi et al. 2023, arXiv 2401.10241, table 1
//   ZB-H2                max((p-1)(F + B - 3W), 2 % of 1F1B)
//   ZB-V                 the same                         Qi et al. 2024, arXiv 2405.15362
//   DualPipe, DualPipeV  (p/2 - 1)(F + 2B - 3W)           DeepSeek-AI 2024, arXiv 2412.19437, table 2
double bubble_s(spec::Schedule schedule, int p, int v, double forward_s, double backward_s, double weight_gradient_s);

// Micro-batches whose activations stage i (from 0) holds at its peak, in units of the stage's whole layers.
double microbatches_in_flight(spec::Schedule schedule, int p, int v, int stage, double microbatches);

// Copies of the parameters that a rank holds: two in DualPipe.
double parameter_copies(spec::Schedule schedule);

// Whether the schedule cuts a stage into virtual stages.
bool uses_virtual_stages(spec::Schedule schedule);

}  // namespace shardplan::estimate
