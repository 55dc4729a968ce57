// One step of a plan on every pipeline stage, simulated event by event.
#include <algorithm>
#include <cmath>

#include "api/fields.h"
#include "api/registry.h"
#include "api/stated_plan.h"
#include "base/text.h"
#include "estimate/timeline.h"

namespace shardplan::api {

struct TimelineRequest {
  StatedPlan plan;
  int max_events = 20000;
};

struct TimelineStage {
  int stage = 0, layers = 0;
  double forward_s = 0, backward_s = 0, weight_gradient_s = 0;
  double begin_s = 0, end_s = 0;
  double idle_s = 0;
};

// Column by column: thousands of events.
struct TimelineEvents {
  std::vector<int> stage, chunk, microbatch;
  std::vector<std::string> kind;
  std::vector<double> start_s, end_s;
};

struct TimelineResponse {
  std::string summary;
  StrategyFields strategy;
  int num_microbatches = 0, simulated_microbatches = 0, chunks = 0;
  double simulated_s = 0, closed_form_s = 0, difference_pct = 0;
  double dp_s = 0, optimizer_s = 0, other_s = 0, stragglers_s = 0, step_time_s = 0;
  std::vector<TimelineStage> stages;
  TimelineEvents events;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

constexpr const char* kKinds[] = {"forward", "backward", "weight_gradient"};

// As many micro-batches as events allow, in whole rounds of the pipeline so that the last one is not ragged.
int simulated(const spec::Strategy& s, int max_events) {
  const int all = std::max(1, static_cast<int>(spec::num_microbatches(s)));
  const estimate::PipelineShape shape = estimate::pipeline_shape(s.schedule, s.pp, s.vpp, all);
  const int per_microbatch = 3 * shape.stages * shape.chunks;
  const int affordable = std::max(max_events / per_microbatch / s.pp, 1) * s.pp;
  return std::min(all, affordable);
}

std::vector<TimelineStage> stages_of(const estimate::Context& context, const spec::Strategy& s,
                                     const estimate::Timeline& t) {
  const std::vector<int> layers = estimate::stages_of(context, s).layers;
  std::vector<TimelineStage> stages(s.pp);
  for (int i = 0; i < s.pp; ++i) stages[i] = {i, layers[i], 0, 0, 0, t.pipeline_s, 0, 0};
  for (const estimate::Event& e : t.events) {
    TimelineStage& stage = stages[e.stage];
    double* const parts[] = {&stage.forward_s, &stage.backward_s, &stage.weight_gradient_s};
    *parts[static_cast<int>(e.task.kind)] += e.end_s - e.start_s;
    stage.begin_s = std::min(stage.begin_s, e.start_s);
    stage.end_s = std::max(stage.end_s, e.end_s);
  }
  for (TimelineStage& stage : stages)
    stage.idle_s = t.pipeline_s - stage.forward_s - stage.backward_s - stage.weight_gradient_s;
  return stages;
}

TimelineEvents columns(const std::vector<estimate::Event>& events) {
  TimelineEvents c;
  for (const estimate::Event& e : events) {
    c.stage.push_back(e.stage);
    c.chunk.push_back(e.task.chunk);
    c.microbatch.push_back(e.task.microbatch);
    c.kind.emplace_back(kKinds[static_cast<int>(e.task.kind)]);
    c.start_s.push_back(e.start_s);
    c.end_s.push_back(e.end_s);
  }
  return c;
}

Result<TimelineResponse> timeline(const TimelineRequest& request) {
  auto resolved = resolve(request.plan);
  if (!resolved) return tl::unexpected<Diagnostics>(resolved.error());
  const estimate::Context context(resolved->question.problem);
  const spec::Strategy& s = resolved->strategy;
  const estimate::Timeline t = estimate::timeline(context, s, simulated(s, request.max_events));
  const estimate::StepTime& step = t.step;
  TimelineResponse r;
  r.summary = strategy_text(s);
  r.strategy = fields_of(context, s);
  r.num_microbatches = static_cast<int>(spec::num_microbatches(s));
  r.simulated_microbatches = t.shape.microbatches;
  r.chunks = t.shape.chunks;
  r.simulated_s = t.pipeline_s;
  r.closed_form_s = t.closed_form_s;
  r.difference_pct = std::round(1e8 * (t.closed_form_s / t.pipeline_s - 1)) / 1e6;  // without the last bits' noise
  r.dp_s = step.dp_s;
  r.optimizer_s = step.optimizer_s;
  r.other_s = step.other_s;
  r.stragglers_s = step.stragglers_s;
  r.step_time_s = step.step_time_s;
  r.stages = stages_of(context, s, t);
  r.events = columns(t.events);
  r.assumptions = std::move(resolved->question.assumptions);
  r.warnings = std::move(resolved->question.warnings);
  if (r.simulated_microbatches < r.num_microbatches)
    r.warnings.push_back("The first " + std::to_string(r.simulated_microbatches) + " of " +
                         std::to_string(r.num_microbatches) + " micro-batches are simulated; max_events allows more.");
  return r;
}

}  // namespace

Operation timeline_operation() {
  return make_operation<&timeline>(
      "timeline", "One step of every pipeline stage, simulated event by event.",
      R"({"model": "llama-3.1-70b", "gpu": "h100", "gpus": 64, "seq_length": 8192, "gbs": 8, "tp": 8, "pp": 4, "dp": 2, "mbs": 1})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::TimelineRequest, "timeline_request");
SHARDPLAN_DESCRIBE(api::TimelineStage, "timeline_stage");
SHARDPLAN_DESCRIBE(api::TimelineEvents, "timeline_events");
SHARDPLAN_DESCRIBE(api::TimelineResponse, "timeline_response");

Fields Describe<api::TimelineRequest>::fields() {
  using R = api::TimelineRequest;
  static constexpr Field own[] = {
      field<&R::max_events>("max_events", "Simulate as many micro-batches as this allows.").range(100, 500000),
  };
  static const FieldList table = FieldList().include<&R::plan>().add(own);
  return table;
}

Fields Describe<api::TimelineStage>::fields() {
  using S = api::TimelineStage;
  static constexpr Field table[] = {
      field<&S::stage>("stage", "From 0."),
      field<&S::layers>("layers"),
      field<&S::forward_s>("forward_s", "All micro-batches, sending and receiving included."),
      field<&S::backward_s>("backward_s", "With recomputation."),
      field<&S::weight_gradient_s>("weight_gradient_s", "Where the schedule postpones it; else it is in backward_s.")
          .omit_default(),
      field<&S::begin_s>("begin_s", "Start of its first event."),
      field<&S::end_s>("end_s", "End of its last event."),
      field<&S::idle_s>("idle_s"),
  };
  return table;
}

Fields Describe<api::TimelineEvents>::fields() {
  using E = api::TimelineEvents;
  static constexpr Field table[] = {
      field<&E::stage>("stage"),
      field<&E::chunk>("chunk", "Virtual stage."),
      field<&E::microbatch>("microbatch", "From 0."),
      field<&E::kind>("kind", "forward, backward or weight_gradient."),
      field<&E::start_s>("start_s"),
      field<&E::end_s>("end_s"),
  };
  return table;
}

Fields Describe<api::TimelineResponse>::fields() {
  using R = api::TimelineResponse;
  static constexpr Field table[] = {
      field<&R::summary>("summary"),
      field<&R::strategy>("strategy"),
      field<&R::num_microbatches>("num_microbatches", "Of a step on each pipeline."),
      field<&R::simulated_microbatches>("simulated_microbatches"),
      field<&R::chunks>("chunks", "Virtual stages of each stage."),
      field<&R::simulated_s>("simulated_s", "Until the pipeline has drained, by the events."),
      field<&R::closed_form_s>("closed_form_s", "The same by the formula that estimates use."),
      field<&R::difference_pct>("difference_pct", "(closed form / simulated - 1) x 100."),
      field<&R::dp_s>("dp_s", "Exposed data-parallel communication of the whole step."),
      field<&R::optimizer_s>("optimizer_s"),
      field<&R::other_s>("other_s", "Data, clipping, logging."),
      field<&R::stragglers_s>("stragglers_s", "Waiting for the slowest of many GPUs."),
      field<&R::step_time_s>("step_time_s"),
      field<&R::stages>("stages"),
      field<&R::events>("events", "Column by column; of each stage in the order in which they start."),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
