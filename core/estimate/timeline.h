// One optimizer step of a pipeline, simulated task by task: what every stage does when. It shares the durations of
// step.h and none of its closed forms, so each checks the other.
#pragma once

#include <vector>

#include "estimate/step.h"
#include "estimate/task_order.h"

namespace shardplan::estimate {

// How long a stage works on one chunk of one micro-batch, sending and receiving included.
struct StageDurations {
  double forward_s = 0;
  double backward_s = 0;         // with its weight gradient
  double weight_gradient_s = 0;  // the part that zero-bubble schedules postpone
  double head_forward_s = 0;     // added where the model ends
  double head_backward_s = 0;
};

// Where the micro-batches enter and which way chunks go.
enum class Placement {
  kLoop,          // every chunk from the first to the last stage
  kV,             // the second chunk back from the last stage to the first (ZB-V, DualPipeV)
  kBidirectional  // chunk 0 is the model from the first stage, chunk 1 the same model from the last (DualPipe)
};

struct PipelineShape {
  spec::Schedule schedule = spec::Schedule::kOneForwardOneBackward;
  int stages = 1;
  int chunks = 1;  // per stage
  int microbatches = 1;
  Placement placement = Placement::kLoop;
};
PipelineShape pipeline_shape(spec::Schedule schedule, int stages, int virtual_stages, int microbatches);

struct Event {
  int stage = 0;
  Task task;
  double start_s = 0;
  double end_s = 0;
};

// Events in the order in which they start on each stage, stage after stage. GPipe and 1F1B work in their fixed orders;
// the zero-bubble schedules and DualPipe take, whenever a stage is free, a backward pass before a forward pass before a
// weight gradient, and no more micro-batches at once than pipeline.h says that they hold.
std::vector<Event> simulate(const PipelineShape& shape, const std::vector<StageDurations>& durations);

// How long the pipeline is busy with a step: until the last event ends; with ZB-H2 the longest time that one stage
// needs from its first to its last event, since its steps overlap (arXiv 2401.10241, section 4).
double pipeline_s(spec::Schedule schedule, const std::vector<Event>& events);

// The same for a strategy; `microbatches` may be fewer than the step has.
struct Timeline {
  PipelineShape shape;
  std::vector<Event> events;
  double pipeline_s = 0;
  double closed_form_s = 0;  // the same by step.h
  StepTime step;             // the whole step, all micro-batches
};
Timeline timeline(const Context& context, const spec::Strategy& s, int microbatches);

}  // namespace shardplan::estimate
