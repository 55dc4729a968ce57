// Parts of Megatron-LM's arguments; emit/megatron.cpp puts them together.
#pragma once

#include "emit/arguments.h"
#include "emit/job.h"

namespace shardplan::emit {

// Shape of the model; nothing where none is named.
void megatron_model(const Job& job, Arguments& a);

// Virtual stages and uneven stages.
void megatron_layout(const Job& job, Arguments& a);

// Full recomputation of a share of the layers: layers of each model chunk (the block method); 0 for all of them.
int recomputed_layers(const Job& job);
double recomputed_share(const Job& job);  // what that comes to

}  // namespace shardplan::emit
