#include "search/search.h"

#include <algorithm>
#include <tuple>

#include "estimate/confidence.h"
#include "estimate/memory.h"
#include "estimate/pipeline.h"
#include "estimate/step.h"

namespace shardplan::search {
namespace {

using estimate::Context;
using spec::Strategy;

// Keeps the best `most` of what it is shown.
class TopList {
 public:
  TopList(std::vector<Candidate>& list, const Options& options) : list_(list), options_(options) {}

  void add(const Candidate& c) {
    const auto before = [this](const Candidate& a, const Candidate& b) { return better(a, b, options_.objective); };
    if (list_.size() >= options_.top && (list_.empty() || !before(c, list_.back()))) return;
    list_.insert(std::upper_bound(list_.begin(), list_.end(), c, before), c);
    if (list_.size() > options_.top) list_.pop_back();
  }

 private:
  std::vector<Candidate>& list_;
  const Options& options_;
};

// a is at least as fast and small as b, and comes first where they are equal in both.
bool dominates(const Candidate& a, const Candidate& b) {
  if (a.gpus != b.gpus || a.step_time_s > b.step_time_s || a.reserved_bytes > b.reserved_bytes) return false;
  return a.step_time_s < b.step_time_s || a.reserved_bytes < b.reserved_bytes || a.index < b.index;
}

bool front_order(const Candidate& a, const Candidate& b) {
  return std::tie(a.gpus, a.step_time_s, a.reserved_bytes, a.index) <
         std::tie(b.gpus, b.step_time_s, b.reserved_bytes, b.index);
}

// Within one number of GPUs the front is a staircase: sorted by time, memory falls. So only neighbours need a look.
void add_to_front(std::vector<Candidate>& front, const Candidate& c) {
  auto at = std::upper_bound(front.begin(), front.end(), c, front_order);
  if (at != front.begin() && dominates(*(at - 1), c)) return;
  auto last = at;
  while (last != front.end() && dominates(c, *last)) ++last;
  at = front.erase(at, last);
  front.insert(at, c);
}

void take_nearer(Nearest& best, const Nearest& other) {
  if (!other.found) return;
  if (!best.found || std::tie(other.over_bytes, other.index) < std::tie(best.over_bytes, best.index)) best = other;
}

auto cell_key(const Cell& c) { return std::tie(c.gpus, c.tp, c.pp, c.cp, c.ep); }

void join_cell(Cell& cell, const Cell& other, spec::Objective objective) {
  if (other.fits && (!cell.fits || better(other.best, cell.best, objective))) cell.best = other.best;
  cell.fits = cell.fits || other.fits;
  take_nearer(cell.nearest, other.nearest);
}

// One stage that may be the worst, with what does not change inside a block.
struct ShapeStates {
  estimate::StageShape shape;
  std::vector<estimate::StageStates> states;  // by sharding choice
};

class RangeEvaluator {
 public:
  RangeEvaluator(const Context& c, const Space& space, const Options& options, Partial& out)
      : c_(c), space_(space), options_(options), out_(out), top_(out.top, options), starts_needed_(c) {}

  void run(const Block& block, uint64_t begin, uint64_t end) {
    out_.candidates += end - begin;
    if (block.rejected) {
      out_.rejected[static_cast<int>(*block.rejected)] += end - begin;
      return;
    }
    block_ = &block;
    s_ = block.mesh;
    prepare();
    Cell cell{spec::world_size(s_), s_.tp, s_.pp, s_.cp, s_.ep, false, {}, {}};
    cell_ = options_.cells ? &cell : nullptr;
    walk(begin - block.first, end - block.first);
    if (cell_ != nullptr && (cell.fits || cell.nearest.found)) out_.cells.push_back(cell);
  }

 private:
  const Context& c_;
  const Space& space_;
  const Options& options_;
  Partial& out_;
  TopList top_;
  const estimate::StartsNeeded starts_needed_;
  const Block* block_ = nullptr;
  Cell* cell_ = nullptr;
  Strategy s_;
  std::vector<std::vector<ShapeStates>> shapes_;           // by pipeline
  std::vector<estimate::DataParallelTime> data_parallel_;  // by sharding
  std::vector<std::optional<Rejection>> illegal_;          // by pipeline and sharding
  estimate::LayerTime layer_;
  estimate::MemoryParts memory_;
  std::vector<estimate::StageActivations> activations_;  // by stage that may be the worst

  void set_pipeline(size_t i) {
    s_.schedule = block_->pipelines[i].schedule;
    s_.vpp = block_->pipelines[i].vpp;
  }
  void set_sharding(size_t i) {
    s_.sharding = block_->shardings[i].sharding;
    s_.shard_size = block_->shardings[i].shard_size;
    s_.offload_optimizer = block_->shardings[i].offload_optimizer;
  }

  // What depends on the mesh only.
  void prepare() {
    shapes_.clear();
    for (size_t p = 0; p < block_->pipelines.size(); ++p) {
      set_pipeline(p);
      std::vector<ShapeStates>& shapes = shapes_.emplace_back();
      for (const estimate::StageShape& shape : estimate::candidate_worst_stages(estimate::stage_shapes(c_, s_))) {
        ShapeStates with{shape, {}};
        for (size_t k = 0; k < block_->shardings.size(); ++k) {
          set_sharding(k);
          with.states.push_back(estimate::stage_states(c_, s_, shape));
        }
        shapes.push_back(std::move(with));
      }
    }
  }

  // Visits combinations [begin, end) of the block; the order of the digits is Space::at's.
  void walk(uint64_t begin, uint64_t end) {
    const uint64_t shardings = block_->shardings.size(), pipelines = block_->pipelines.size();
    const uint64_t inner = shardings * pipelines, recomputes = space_.recomputes().size();
    const uint64_t of_one_shape = inner * recomputes;  // combinations that share a layer's time
    for (uint64_t shape = begin / of_one_shape; shape * of_one_shape < end; ++shape) {
      enter_shape(shape);
      for (uint64_t r = 0; r < recomputes; ++r) {
        const uint64_t first = shape * of_one_shape + r * inner;
        if (first + inner <= begin || first >= end) continue;
        s_.recompute = space_.recomputes()[r];
        memory_.activations = estimate::layer_activations(c_, estimate::layer_shape(s_), s_.recompute);
        for (uint64_t p = 0; p < pipelines; ++p) {
          const uint64_t from = first + p * shardings;
          if (from + shardings <= begin || from >= end) continue;
          visit(p, from, std::max(begin, from) - from, std::min(end, from + shardings) - from);
        }
      }
    }
  }

  // Sets precision, sp, cp_comm and mbs, and works out what depends on them.
  void enter_shape(uint64_t shape) {
    uint64_t rest = shape;
    const auto next = [&rest](size_t radix) {
      const uint64_t digit = rest % radix;
      rest /= radix;
      return static_cast<size_t>(digit);
    };
    s_.mbs = block_->mbs[next(block_->mbs.size())];
    s_.cp_comm = block_->cp_comms[next(block_->cp_comms.size())];
    s_.sp = block_->sps[next(block_->sps.size())];
    s_.precision = space_.precisions()[next(space_.precisions().size())];
    s_.recompute = {};
    const estimate::LayerShape layer_shape = estimate::layer_shape(s_);
    layer_ = estimate::layer_time(c_, layer_shape);
    memory_.dummies = estimate::weight_gradient_dummies(c_, layer_shape);
    data_parallel_.clear();
    for (size_t k = 0; k < block_->shardings.size(); ++k) {
      set_sharding(k);
      data_parallel_.push_back(estimate::data_parallel_time(c_, s_));
    }
    illegal_.clear();
    for (size_t p = 0; p < block_->pipelines.size(); ++p) {
      set_pipeline(p);
      for (size_t k = 0; k < block_->shardings.size(); ++k) {
        set_sharding(k);
        illegal_.push_back(inner_violation(c_, s_));
      }
    }
  }

  // All sharding choices [begin, end) of one pipeline choice; `from` is the number of the first inside the block.
  void visit(size_t pipeline, uint64_t from, uint64_t begin, uint64_t end) {
    set_pipeline(pipeline);
    const std::vector<ShapeStates>& shapes = shapes_[pipeline];
    const size_t n = shapes.size();
    activations_.resize(n);
    for (size_t i = 0; i < n; ++i) {
      const double in_flight = estimate::microbatches_in_flight(s_.schedule, s_.pp, s_.vpp, shapes[i].shape.stage,
                                                                spec::num_microbatches(s_));
      activations_[i] = estimate::stage_activations(c_, memory_, s_.recompute, shapes[i].shape, in_flight);
    }
    bool have_stage_time = false;
    estimate::StageTime plain;
    for (uint64_t k = begin; k < end; ++k) {
      if (const auto& rule = illegal_[pipeline * block_->shardings.size() + k]) {
        ++out_.rejected[static_cast<int>(*rule)];
        continue;
      }
      ++out_.evaluated;
      double tensors = 0;
      for (size_t i = 0; i < n; ++i)
        tensors = std::max(tensors, estimate::stage_bytes(c_, s_, shapes[i].states[k], activations_[i]));
      Candidate candidate{block_->first + from + k, spec::world_size(s_), 0, estimate::reserved_bytes(c_, tensors), 0};
      const bool fits = candidate.reserved_bytes <= options_.usable_bytes;
      if (!fits) note_too_large(candidate);
      if (!fits && !options_.time_everything) continue;
      set_sharding(k);
      estimate::StageTime own;
      const bool gathers = estimate::gathers_per_microbatch(s_.sharding);
      if (gathers) {
        own = estimate::stage_time(c_, s_, layer_, data_parallel_[k]);
      } else if (!have_stage_time) {
        plain = estimate::stage_time(c_, s_, layer_, data_parallel_[k]);
        have_stage_time = true;
      }
      candidate.step_time_s = estimate::step_time(c_, s_, layer_, gathers ? own : plain, data_parallel_[k]).step_time_s;
      candidate.expected_s = candidate.step_time_s * starts_needed_.of(candidate.reserved_bytes);
      if (fits) note_fit(candidate);
    }
  }

  void note_too_large(const Candidate& c) {
    ++out_.rejected[static_cast<int>(Rejection::kOutOfMemory)];
    const Nearest here{true, c.index, c.reserved_bytes - options_.usable_bytes};
    take_nearer(out_.nearest, here);
    if (cell_ != nullptr) take_nearer(cell_->nearest, here);
  }

  void note_fit(const Candidate& c) {
    ++out_.fits;
    top_.add(c);
    add_to_front(out_.front, c);
    if (cell_ != nullptr && (!cell_->fits || better(c, cell_->best, options_.objective))) {
      cell_->fits = true;
      cell_->best = c;
    }
  }
};

}  // namespace

bool better(const Candidate& a, const Candidate& b, spec::Objective objective) {
  switch (objective) {
    case spec::Objective::kMemory:
      return std::tie(a.reserved_bytes, a.expected_s, a.index) < std::tie(b.reserved_bytes, b.expected_s, b.index);
    case spec::Objective::kCost:
    case spec::Objective::kEfficiency: {
      const double x = a.expected_s * a.gpus, y = b.expected_s * b.gpus;
      return std::tie(x, a.reserved_bytes, a.index) < std::tie(y, b.reserved_bytes, b.index);
    }
    case spec::Objective::kThroughput:
    case spec::Objective::kLatency: break;
  }
  return std::tie(a.expected_s, a.reserved_bytes, a.index) < std::tie(b.expected_s, b.reserved_bytes, b.index);
}

Partial evaluate_range(const Context& context, const Space& space, uint64_t begin, uint64_t end,
                       const Options& options) {
  Partial out;
  end = std::min(end, space.size());
  if (begin >= end) return out;
  RangeEvaluator evaluator(context, space, options, out);
  for (size_t i = space.block_of(begin); i < space.blocks().size() && space.blocks()[i].first < end; ++i) {
    const Block& block = space.blocks()[i];
    evaluator.run(block, std::max(begin, block.first), std::min(end, block.first + block.size));
  }
  Partial empty;
  return options.cells ? merge(std::move(empty), out, options) : out;
}

Partial merge(Partial a, const Partial& b, const Options& options) {
  a.candidates += b.candidates;
  a.evaluated += b.evaluated;
  a.fits += b.fits;
  for (int i = 0; i < kRejections; ++i) a.rejected[i] += b.rejected[i];
  TopList top(a.top, options);
  for (const Candidate& c : b.top) top.add(c);
  for (const Candidate& c : b.front) add_to_front(a.front, c);
  take_nearer(a.nearest, b.nearest);
  for (const Cell& cell : b.cells) {
    auto at = std::lower_bound(a.cells.begin(), a.cells.end(), cell,
                               [](const Cell& x, const Cell& y) { return cell_key(x) < cell_key(y); });
    if (at != a.cells.end() && cell_key(*at) == cell_key(cell)) join_cell(*at, cell, options.objective);
    else a.cells.insert(at, cell);
  }
  return a;
}

}  // namespace shardplan::search
