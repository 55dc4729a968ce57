// Which layers each pipeline stage holds.
#pragma once

#include <vector>

#include "estimate/problem.h"

namespace shardplan::estimate {

// Layers of each stage where nothing else is asked for, in the order of the pipeline; layers of multi-token prediction
// are not counted. Even where layers divide by pp x vpp; else one slot is left free on the last stage for the LM head,
// or one on each end for embedding and head (Megatron's account-for-embedding/loss-in-pipeline-split); else, without
// virtual stages, the surplus goes to the middle. Empty where none of these is possible.
std::vector<int> default_stages(int num_layers, int pp, int vpp);

struct Stages {
  std::vector<int> layers;
  int head = 0;  // the stage with the LM head; later ones, if any, are empty
};

// Layers and head go to the stages in turn; a stage is full with the block that takes the work so far beyond its share
// of the whole. nanotron's layout: the head counts as V h / (4 h a d + 3 h f) layers.
Stages stages_by_cumulative_work(int num_layers, int pp, double head_in_layers);

// Of `s.layers_per_stage`, else of the stack's own layout. Where Megatron's default is impossible the layers are spread
// as evenly as whole layers allow.
Stages stages_of(const Context& context, const spec::Strategy& s);

// What the time of a step needs to know of the layout.
struct StageLayout {
  double longest = 0;  // layers of the longest stage
  double last = 0;     // layers of the stage with the LM head
  double average = 0;
  bool balanced = false;  // tuned by compute: the head's time is spread, as far as whole layers let it
  bool uneven = false;    // stages wait for the average of the others, not for as many as long as the longest
};

// Of `s.layers_per_stage`, or of the stack's layout where that is empty. Models with experts are taken as tuned where
// layers do not divide.
StageLayout stage_layout(const Context& context, const spec::Strategy& s);

// Seconds of the slowest stage for one micro-batch, given those of the longest without the head.
double slowest_stage_s(const StageLayout& layout, int pp, double longest_s, double head_s);

}  // namespace shardplan::estimate
