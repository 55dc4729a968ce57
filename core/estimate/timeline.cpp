#include "estimate/timeline.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "estimate/pipeline.h"

namespace shardplan::estimate {
namespace {

using spec::Schedule;

constexpr double kUnknown = std::numeric_limits<double>::infinity();
constexpr double kHeadForwardShare = 1.0 / 3;  // a forward pass is one of a linear's three products

bool postpones_weight_gradients(Schedule s) {
  return s != Schedule::kGpipe && s != Schedule::kOneForwardOneBackward && s != Schedule::kInterleaved;
}

// The route of a micro-batch through (stage, chunk) pairs and when it passed each of them.
class Progress {
 public:
  explicit Progress(const PipelineShape& shape) : shape_(shape) {
    const size_t n = static_cast<size_t>(shape.stages) * shape.chunks * shape.microbatches;
    forward_.assign(n, kUnknown);
    backward_.assign(n, kUnknown);
  }

  // Place of (stage, chunk) on the route, from 0.
  int hop(int stage, int chunk) const {
    switch (shape_.placement) {
      case Placement::kLoop: return chunk * shape_.stages + stage;
      case Placement::kV: return chunk == 0 ? stage : 2 * shape_.stages - 1 - stage;
      case Placement::kBidirectional: return chunk == 0 ? stage : shape_.stages - 1 - stage;
    }
    return 0;
  }
  int hops() const {
    return shape_.placement == Placement::kBidirectional ? shape_.stages : shape_.stages * shape_.chunks;
  }
  // Ends of DualPipe's two directions are told apart by the chunk.
  int lane(int chunk) const { return shape_.placement == Placement::kBidirectional ? chunk : 0; }

  // When a task may start; infinite while that is not known.
  double ready_s(int stage, const Task& t) const {
    const int at = hop(stage, t.chunk), lane_of_task = lane(t.chunk);
    if (t.kind == TaskKind::kForward) return at == 0 ? 0 : get(forward_, lane_of_task, at - 1, t.microbatch);
    if (t.kind == TaskKind::kWeightGradient) return get(backward_, lane_of_task, at, t.microbatch);
    const double own_forward = get(forward_, lane_of_task, at, t.microbatch);
    return at == hops() - 1 ? own_forward : std::max(own_forward, get(backward_, lane_of_task, at + 1, t.microbatch));
  }
  bool ends_model(int stage, int chunk) const { return hop(stage, chunk) == hops() - 1; }

  void finish(const Event& e) {
    auto& ends = e.task.kind == TaskKind::kForward ? forward_ : backward_;
    if (e.task.kind != TaskKind::kWeightGradient)
      ends[index(lane(e.task.chunk), hop(e.stage, e.task.chunk), e.task.microbatch)] = e.end_s;
  }

 private:
  size_t index(int lane_of_task, int at, int microbatch) const {
    return (static_cast<size_t>(lane_of_task) * hops() + at) * shape_.microbatches + microbatch;
  }
  double get(const std::vector<double>& ends, int lane_of_task, int at, int microbatch) const {
    return ends[index(lane_of_task, at, microbatch)];
  }

  const PipelineShape& shape_;
  std::vector<double> forward_, backward_;
};

double duration_s(const PipelineShape& shape, const Progress& progress, int stage, const StageDurations& d,
                  const Task& t) {
  const bool head = progress.ends_model(stage, t.chunk);
  const bool split = postpones_weight_gradients(shape.schedule);
  switch (t.kind) {
    case TaskKind::kForward: return d.forward_s + (head ? d.head_forward_s : 0);
    case TaskKind::kBackward: return d.backward_s - (split ? d.weight_gradient_s : 0) + (head ? d.head_backward_s : 0);
    case TaskKind::kWeightGradient: return d.weight_gradient_s;
  }
  return 0;
}

using Lanes = std::vector<std::vector<Event>>;

// Each stage works through its list and waits where the next task is not ready.
Lanes in_order(const PipelineShape& shape, const std::vector<StageDurations>& durations) {
  const int p = shape.stages;
  std::vector<std::vector<Task>> orders;
  for (int i = 0; i < p; ++i)
    orders.push_back(shape.schedule == Schedule::kGpipe
                         ? gpipe_order(shape.microbatches)
                         : one_forward_one_backward_order(p, shape.chunks, shape.microbatches, i));
  Progress progress(shape);
  Lanes lanes(p);
  for (bool moved = true; moved;) {
    moved = false;
    for (int i = 0; i < p; ++i) {
      while (lanes[i].size() < orders[i].size()) {
        const Task& t = orders[i][lanes[i].size()];
        const double ready = progress.ready_s(i, t);
        if (ready == kUnknown) break;
        const double start = std::max(ready, lanes[i].empty() ? 0 : lanes[i].back().end_s);
        lanes[i].push_back({i, t, start, start + duration_s(shape, progress, i, durations[i], t)});
        progress.finish(lanes[i].back());
        moved = true;
      }
    }
  }
  return lanes;
}

// What a stage has begun of each chunk.
struct Begun {
  int forward = 0, backward = 0, weight_gradient = 0;
};

// Whenever a stage is free it takes what its schedule prefers among the tasks that are ready.
class Greedy {
 public:
  Greedy(const PipelineShape& shape, const std::vector<StageDurations>& durations)
      : shape_(shape),
        durations_(durations),
        progress_(shape),
        lanes_(shape.stages),
        begun_(shape.stages, std::vector<Begun>(shape.chunks)),
        free_(shape.stages, 0) {}

  Lanes run() {
    for (double now_s = 0; now_s != kUnknown; now_s = next_change_after(now_s)) {
      for (bool moved = true; moved;) {
        moved = false;
        for (int i = 0; i < shape_.stages; ++i) {
          if (free_[i] > now_s) continue;
          free_[i] = now_s;
          moved |= work(i);
        }
      }
    }
    return std::move(lanes_);
  }

 private:
  const PipelineShape& shape_;
  const std::vector<StageDurations>& durations_;
  Progress progress_;
  Lanes lanes_;
  std::vector<std::vector<Begun>> begun_;
  std::vector<double> free_;

  int in_lane() const {
    return shape_.placement == Placement::kBidirectional ? (shape_.microbatches + 1) / 2 : shape_.microbatches;
  }

  bool may_start(int stage, const Task& t) const {
    return t.microbatch < in_lane() && progress_.ready_s(stage, t) <= free_[stage];
  }

  // Activations go with the backward pass, inputs and output gradients of linears only with the weight gradient: the
  // first are kept to what memory counts on this stage, both together to what it counts on the first.
  bool may_hold_one_more(int stage) const {
    int before_backward = 0, before_weight_gradient = 0;
    for (const Begun& b : begun_[stage]) {
      before_backward += b.forward - b.backward;
      before_weight_gradient += b.forward - b.weight_gradient;
    }
    const double parts = shape_.placement == Placement::kV ? shape_.chunks : 1;
    const auto held = [&](int at) {
      return parts * microbatches_in_flight(shape_.schedule, shape_.stages, 1, at, shape_.microbatches);
    };
    return before_backward < held(stage) && before_weight_gradient < held(0);
  }

  bool work(int stage) {
    std::vector<Begun>& begun = begun_[stage];
    // Later chunks first: they are nearer to giving memory back.
    for (int chunk = shape_.chunks - 1; chunk >= 0; --chunk)
      if (start(stage, {TaskKind::kBackward, chunk, begun[chunk].backward}, begun[chunk].backward)) return true;
    if (may_hold_one_more(stage))
      for (int chunk = shape_.chunks - 1; chunk >= 0; --chunk)
        if (start(stage, {TaskKind::kForward, chunk, begun[chunk].forward}, begun[chunk].forward)) return true;
    for (int chunk = shape_.chunks - 1; chunk >= 0; --chunk)
      if (begun[chunk].weight_gradient < begun[chunk].backward &&
          start(stage, {TaskKind::kWeightGradient, chunk, begun[chunk].weight_gradient}, begun[chunk].weight_gradient))
        return true;
    return false;
  }

  bool start(int stage, const Task& t, int& begun) {
    if (!may_start(stage, t)) return false;
    ++begun;
    const double start_s = free_[stage];
    free_[stage] = start_s + duration_s(shape_, progress_, stage, durations_[stage], t);
    lanes_[stage].push_back({stage, t, start_s, free_[stage]});
    progress_.finish(lanes_[stage].back());
    return true;
  }

  double next_change_after(double now_s) const {
    double next = kUnknown;
    for (const double free_s : free_)
      if (free_s > now_s) next = std::min(next, free_s);
    return next;
  }
};

// Layers of every stage with the head where the closed form has it.
std::vector<StageDurations> durations_of(const Context& c, const spec::Strategy& s, const LayerTime& layer,
                                         const StageTime& stage, const PipelineShape& shape) {
  const Stages own = stages_of(c, s);
  const bool one_model_per_chunk = shape.placement == Placement::kBidirectional;
  const double parts = one_model_per_chunk ? 1 : shape.chunks;
  const double hop_s = stage.p2p_exposed_s / 2;
  std::vector<StageDurations> out;
  for (int i = 0; i < s.pp; ++i) {
    const double last = i == own.head ? c.training().mtp_layers : 0;
    // A balanced layout is tuned by compute: every stage takes what the slowest does.
    const double share = stage.layout.balanced
                             ? (stage.slowest_s - stage.p2p_exposed_s) / (stage.mid_s - stage.p2p_exposed_s)
                             : (own.layers[i] + last) / stage.layout.longest;
    StageDurations d;
    d.forward_s = (share * stage.forward_s + hop_s) / parts;
    d.backward_s = (share * stage.backward_s + hop_s) / parts;
    d.weight_gradient_s = share * stage.weight_gradient_s / parts;
    if (!stage.layout.balanced) {
      d.head_forward_s = layer.head_s * kHeadForwardShare;
      d.head_backward_s = layer.head_s - d.head_forward_s;
    }
    out.push_back(d);
  }
  return out;
}

}  // namespace

PipelineShape pipeline_shape(Schedule schedule, int stages, int virtual_stages, int microbatches) {
  PipelineShape shape{schedule, stages, virtual_stages, microbatches, Placement::kLoop};
  switch (schedule) {
    case Schedule::kZeroBubbleV:
    case Schedule::kDualPipeV:
      shape.chunks = 2;
      shape.placement = Placement::kV;
      break;
    case Schedule::kDualPipe:
      shape.chunks = 2;
      shape.placement = Placement::kBidirectional;
      break;
    default: break;
  }
  return shape;
}

std::vector<Event> simulate(const PipelineShape& shape, const std::vector<StageDurations>& durations) {
  Lanes lanes =
      postpones_weight_gradients(shape.schedule) ? Greedy(shape, durations).run() : in_order(shape, durations);
  std::vector<Event> events;
  for (std::vector<Event>& lane : lanes) events.insert(events.end(), lane.begin(), lane.end());
  return events;
}

double pipeline_s(Schedule schedule, const std::vector<Event>& events) {
  const bool steps_overlap = schedule == Schedule::kZeroBubbleH2;
  double longest = 0, begin = 0;
  for (size_t i = 0; i < events.size(); ++i) {
    const bool first_of_stage = i == 0 || events[i].stage != events[i - 1].stage;
    if (steps_overlap && first_of_stage) begin = events[i].start_s;
    longest = std::max(longest, events[i].end_s - begin);
  }
  return longest;
}

Timeline timeline(const Context& c, const spec::Strategy& s, int microbatches) {
  const LayerTime layer = layer_time(c, layer_shape(s));
  const DataParallelTime dp = data_parallel_time(c, s);
  const StageTime stage = stage_time(c, s, layer, dp);
  Timeline t;
  t.step = step_time(c, s, layer, stage, dp);
  t.shape = pipeline_shape(s.schedule, s.pp, s.vpp, microbatches);
  t.events = simulate(t.shape, durations_of(c, s, layer, stage, t.shape));
  const double factor = c.problem.adjustment.step_time;
  for (Event& e : t.events) {
    e.start_s *= factor;
    e.end_s *= factor;
  }
  t.pipeline_s = pipeline_s(s.schedule, t.events);
  t.closed_form_s = microbatches * stage.slowest_s * factor + t.step.bubble_s;
  return t;
}

}  // namespace shardplan::estimate
