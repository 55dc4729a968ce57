// One rule per published source: what its tables leave out. sources.cpp says which rule a row gets.
#pragma once

#include <initializer_list>
#include <string>

#include "measured/run.h"

namespace shardplan::measured::source {

bool has(const std::string& text, const char* part);

// The first number behind a marker: number_after("container 25.09", "container ") = 25.09. 0 where there is none.
double number_after(const std::string& text, const char* marker);

bool is_hopper(const Run& r);
bool is_moe(const Run& r);

// Selective recomputation of these modules.
spec::Recompute modules(std::initializer_list<bool spec::Recompute::*> members);

// Full recomputation of a share of the layers; none where it is 0.
void fully_recomputed(Run& r, double share);

// Tables and logs of NVIDIA's own stacks: sources_nvidia.cpp
Diagnostics megatron_bridge(Run& r);
Diagnostics bridge_cards(Run& r);
Diagnostics dgx_cloud(Run& r);
Diagnostics nemo_docs(Run& r);
Diagnostics nemo_long_sequence(Run& r);
Diagnostics mlperf(Run& r);
Diagnostics megatron_golden(Run& r);

// Papers, sweeps and threads: sources_papers.cpp
Diagnostics simumax(Run& r);
Diagnostics llm_foundry(Run& r);
Diagnostics korthikanti(Run& r);
Diagnostics bigscience(Run& r);
Diagnostics vtrain(Run& r);
Diagnostics nanotron(Run& r);
Diagnostics megatron_threads(Run& r);
Diagnostics zero_bubble(Run& r);
Diagnostics folding(Run& r);
Diagnostics other(Run& r);

// Fine-tuning: sources_fine_tuning.cpp
Diagnostics litgpt(Run& r);
Diagnostics torchtune(Run& r);
Diagnostics fsdp_qlora(Run& r);
Diagnostics fine_tuning(Run& r);

}  // namespace shardplan::measured::source
