// The fields of every question that name its machines, for any struct that has them.
#pragma once

#include "json/meta.h"

namespace shardplan::json {

template <class Q>
inline constexpr Field kClusterFields[] = {
    field<&Q::gpu>("gpu", "Accelerator: a preset's name or alias.").alias("mock_topology").alias("mock").omit_default(),
    field<&Q::system>("system", "Node, rack or cloud instance: a preset's name or alias.").omit_default(),
    field<&Q::gpus>("gpus", "GPUs of the job.").alias("mock_gpus").alias("num_gpus").range(1, 1e6).or_text(),
    field<&Q::gpus_per_node>("gpus_per_node", "GPUs of one node.").range(1, 1024),
    field<&Q::scaleup_domain>("scaleup_domain", "GPUs on one scale-up switch.").range(1, 100000),
    field<&Q::network>("network", "Scale-out fabric: a preset's name.").omit_default(),
    field<&Q::nic_gb_per_s>("nic_gb_per_s", "Network of one GPU, one direction, 10^9 bytes per second.")
        .range(0.01, 10000),
    field<&Q::nic_is_measured>("nic_is_measured",
                               "nic_gb_per_s is what a collective reached, not the data sheet's rate."),
    field<&Q::memory_gib>("memory_gib", "Memory of a GPU, 2^30 bytes, where it differs from the preset's.")
        .range(0.1, 100000),
    field<&Q::memory>("memory", "Memory of a GPU as marketed, GB.").range(0.1, 100000),
    field<&Q::usd_per_gpu_hour>("usd_per_gpu_hour", "Price.").alias("gpu_cost").range(0, 100000),
    field<&Q::topology>("topology",
                        "Of a real host, as 'topology' reads it; names the machines, with gpus for more hosts.")
        .omit_default(),
};

}  // namespace shardplan::json
