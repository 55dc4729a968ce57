// How large may a micro-batch be, and the global batch? By recomputation, with the throughput that each size gives.
#include <algorithm>

#include "advise/micro_batch.h"
#include "api/fields.h"
#include "api/reasons.h"
#include "api/registry.h"
#include "api/smallest_change.h"
#include "api/stated_plan.h"
#include "base/text.h"
#include "base/units.h"
#include "search/one_mesh.h"
#include "search/violations.h"

namespace shardplan::api {

struct BatchsizeRequest {
  StatedPlan plan;
};

// The largest micro-batch under one recomputation.
struct MicroBatchLimit {
  spec::RecomputeMode recompute = spec::RecomputeMode::kNone;
  std::vector<std::string> recompute_modules;
  std::optional<double> recompute_layer_share;
  bool stated = false;
  int largest_mbs = 0;
  double peak_gib = 0, free_gib = 0, over_gib = 0;
  int gbs = 0;
  double step_time_s = 0, tokens_per_s = 0;
};

// One size of the micro-batch, or one number of them.
struct BatchPoint {
  int mbs = 0, num_microbatches = 0, gbs = 0;
  bool fits = false;
  double peak_gib = 0, over_gib = 0;
  double step_time_s = 0, tokens_per_s = 0, tokens_per_s_per_gpu = 0, mfu = 0;
  bool ties_with_best = false;
};

struct BatchsizeResponse {
  bool fits = false;
  int largest_mbs = 0;
  int best_mbs = 0;
  double over_gib = 0;
  std::vector<MicroBatchLimit> by_recompute;
  std::vector<BatchPoint> curve;
  int smallest_gbs = 0;
  std::optional<int> largest_gbs;
  std::string largest_gbs_limit;
  std::vector<BatchPoint> accumulation;
  Plan plan;
  std::vector<Change> smallest_change;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

using estimate::Context;
using spec::Strategy;

constexpr int kMostAccumulated = 64;  // rounds that the curve of accumulation shows

class Sizes {
 public:
  Sizes(const Context& c, const Strategy& stated, double usable_bytes)
      : c_(c), stated_(stated), usable_(usable_bytes) {}

  Plan plan_of(const Strategy& s) const { return make_plan(c_, s, usable_); }

  std::vector<MicroBatchLimit> by_recompute() const {
    std::vector<spec::Recompute> all = {stated_.recompute};
    const search::Space space(c_, search::one_mesh(stated_));
    for (const spec::Recompute& r : space.recomputes())
      if (!(r == stated_.recompute)) all.push_back(r);
    std::vector<MicroBatchLimit> out;
    for (const spec::Recompute& r : all) out.push_back(limit_of(r, out.empty()));
    return out;
  }

  // Sizes that double up to the largest that fits, that one itself, and the first beyond it.
  std::vector<BatchPoint> curve(int largest) const {
    std::vector<int> sizes;
    for (int mbs = 1; mbs < largest; mbs *= 2) sizes.push_back(mbs);
    if (largest > 0) sizes.push_back(largest);
    sizes.push_back(largest + 1);
    std::vector<BatchPoint> out;
    for (int mbs : sizes) out.push_back(point_of(advise::with_micro_batch(stated_, mbs)));
    return out;
  }

  std::vector<BatchPoint> accumulation(int mbs) const {
    std::vector<BatchPoint> out;
    Strategy s = stated_;
    s.mbs = mbs;
    for (int rounds = 1; rounds <= kMostAccumulated; rounds *= 2) {
      const Strategy more = advise::with_microbatches(s, rounds * s.pp);
      if (out.empty() || out.back().gbs != more.gbs) out.push_back(point_of(more));
    }
    return out;
  }

  // Only GPipe holds every micro-batch of a step.
  std::optional<int> largest_gbs(int mbs) const {
    if (stated_.pp == 1 || stated_.schedule != spec::Schedule::kGpipe || mbs == 0) return std::nullopt;
    Strategy s = stated_;
    s.mbs = mbs;
    return advise::most_microbatches(c_, s, usable_) * s.dp * mbs;
  }

 private:
  const Context& c_;
  const Strategy& stated_;
  const double usable_;

  MicroBatchLimit limit_of(const spec::Recompute& r, bool is_stated) const {
    Strategy s = stated_;
    s.recompute = r;
    MicroBatchLimit l;
    l.stated = is_stated;
    l.largest_mbs = advise::largest_micro_batch(c_, s, usable_);
    const Plan plan = plan_of(advise::with_micro_batch(s, std::max(1, l.largest_mbs)));
    l.recompute = r.mode;
    l.recompute_modules = plan.strategy.recompute_modules;
    l.recompute_layer_share = plan.strategy.recompute_layer_share;
    l.peak_gib = plan.memory.peak_gib;
    l.free_gib = std::max(0.0, plan.memory.usable_gib - plan.memory.peak_gib);
    l.over_gib = plan.over_gib;
    l.gbs = plan.strategy.gbs.value_or(0);
    l.step_time_s = plan.time.step_time_s;
    l.tokens_per_s = plan.tokens_per_s;
    return l;
  }

  BatchPoint point_of(const Strategy& s) const {
    const Plan plan = plan_of(s);
    BatchPoint p;
    p.mbs = s.mbs;
    p.num_microbatches = plan.strategy.num_microbatches.value_or(0);
    p.gbs = s.gbs;
    p.fits = plan.fits;
    p.peak_gib = plan.memory.peak_gib;
    p.over_gib = plan.over_gib;
    p.step_time_s = plan.time.step_time_s;
    p.tokens_per_s = plan.tokens_per_s;
    p.tokens_per_s_per_gpu = plan.tokens_per_s_per_gpu;
    p.mfu = plan.mfu;
    return p;
  }
};

// The fastest size that fits; others that are too close to tell from it are marked.
int mark_best(const Context& c, std::vector<BatchPoint>& curve) {
  const auto slower = [](const BatchPoint& a, const BatchPoint& b) {
    return a.fits != b.fits ? b.fits : a.tokens_per_s < b.tokens_per_s;
  };
  const BatchPoint best = *std::max_element(curve.begin(), curve.end(), slower);
  for (BatchPoint& p : curve)
    p.ties_with_best = p.fits && best.fits && p.mbs != best.mbs &&
                       best.tokens_per_s / p.tokens_per_s - 1 < c.problem.intervals.tie_gap;
  return best.fits ? best.mbs : 0;
}

Result<BatchsizeResponse> batchsize(const BatchsizeRequest& request) {
  StatedPlan stated = request.plan;
  StrategyFields& fields = stated.strategy ? *stated.strategy : stated.flat;
  // Without a cluster a single replica is meant. The micro-batch and the batch are what is asked for.
  const bool one_replica = !stated.question.gpus && !fields.dp;
  if (one_replica) fields.dp = 1;
  fields.num_microbatches.reset();
  stated.tp_across_domains = true;
  auto resolved = resolve(stated);
  if (!resolved) return tl::unexpected<Diagnostics>(resolved.error());
  const Context c(resolved->question.problem);
  const Sizes sizes(c, resolved->strategy, resolved->question.usable_bytes);
  BatchsizeResponse r;
  r.by_recompute = sizes.by_recompute();
  r.largest_mbs = r.by_recompute.front().largest_mbs;
  r.fits = r.largest_mbs > 0;
  r.curve = sizes.curve(r.largest_mbs);
  r.over_gib = r.fits ? 0 : r.curve.front().over_gib;
  r.best_mbs = mark_best(c, r.curve);
  const int mbs = std::max(1, r.best_mbs);
  r.plan = sizes.plan_of(advise::with_micro_batch(resolved->strategy, mbs));
  r.accumulation = sizes.accumulation(mbs);
  r.smallest_gbs = r.accumulation.front().gbs;
  r.largest_gbs = sizes.largest_gbs(mbs);
  r.largest_gbs_limit = r.largest_gbs
                            ? "GPipe holds the activations of every micro-batch of a step."
                            : "Memory sets none: accumulated micro-batches take turns, and no more are held at once.";
  r.assumptions = std::move(resolved->question.assumptions);
  if (one_replica) r.assumptions.push_back("One data-parallel replica.");
  r.warnings = std::move(resolved->question.warnings);
  if (!r.fits) {
    r.warnings.push_back("Not even one sequence fits: " + number_text(r.over_gib, 4) + " GiB over.");
    r.smallest_change = smallest_changes_of(stated, *resolved);
  }
  return r;
}

}  // namespace

Operation batchsize_operation() {
  return make_operation<&batchsize>(
      "batchsize", "Largest micro-batch and global batch that fit, and their throughput.",
      R"({"model": "llama-3.1-8b", "gpu": "h100", "tp": 2, "dp": 4, "gbs": 128, "seq_length": 8192})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::BatchsizeRequest, "batchsize_request");
SHARDPLAN_DESCRIBE(api::MicroBatchLimit, "micro_batch_limit");
SHARDPLAN_DESCRIBE(api::BatchPoint, "batch_point");
SHARDPLAN_DESCRIBE(api::BatchsizeResponse, "batchsize_response");

Fields Describe<api::BatchsizeRequest>::fields() {
  static const FieldList table = FieldList().include<&api::BatchsizeRequest::plan>();
  return table;
}

Fields Describe<api::MicroBatchLimit>::fields() {
  using L = api::MicroBatchLimit;
  static constexpr Field table[] = {
      field<&L::recompute>("recompute"),
      field<&L::recompute_modules>("recompute_modules").omit_default(),
      field<&L::recompute_layer_share>("recompute_layer_share"),
      field<&L::stated>("stated", "What the request says.").omit_default(),
      field<&L::largest_mbs>("largest_mbs", "0 where not even one sequence fits."),
      field<&L::peak_gib>("peak_gib", "At that size, or at 1."),
      field<&L::free_gib>("free_gib").omit_default(),
      field<&L::over_gib>("over_gib", "At 1, where that does not fit.").omit_default(),
      field<&L::gbs>("gbs", "The global batch nearest to the question's that divides."),
      field<&L::step_time_s>("step_time_s"),
      field<&L::tokens_per_s>("tokens_per_s"),
  };
  return table;
}

Fields Describe<api::BatchPoint>::fields() {
  using P = api::BatchPoint;
  static constexpr Field table[] = {
      field<&P::mbs>("mbs"),
      field<&P::num_microbatches>("num_microbatches"),
      field<&P::gbs>("gbs"),
      field<&P::fits>("fits"),
      field<&P::peak_gib>("peak_gib"),
      field<&P::over_gib>("over_gib").omit_default(),
      field<&P::step_time_s>("step_time_s"),
      field<&P::tokens_per_s>("tokens_per_s"),
      field<&P::tokens_per_s_per_gpu>("tokens_per_s_per_gpu"),
      field<&P::mfu>("mfu"),
      field<&P::ties_with_best>("ties_with_best", "Too close to the fastest to be told apart from it.").omit_default(),
  };
  return table;
}

Fields Describe<api::BatchsizeResponse>::fields() {
  using R = api::BatchsizeResponse;
  static constexpr Field table[] = {
      field<&R::fits>("fits", "Whether a micro-batch of one sequence does."),
      field<&R::largest_mbs>("largest_mbs", "With the recomputation of the request."),
      field<&R::best_mbs>("best_mbs", "The fastest that fits."),
      field<&R::over_gib>("over_gib", "Of one sequence.").omit_default(),
      field<&R::by_recompute>("by_recompute", "The largest micro-batch under each recomputation."),
      field<&R::curve>("curve", "Throughput by micro-batch; the last point is the first that does not fit."),
      field<&R::smallest_gbs>("smallest_gbs", "One micro-batch for each stage and replica, of best_mbs."),
      field<&R::largest_gbs>("largest_gbs", "Absent where memory sets no limit."),
      field<&R::largest_gbs_limit>("largest_gbs_limit"),
      field<&R::accumulation>("accumulation", "Throughput by global batch, with micro-batches of best_mbs."),
      field<&R::plan>("plan", "With best_mbs."),
      field<&R::smallest_change>("smallest_change",
                                 "Where one sequence does not fit: changes after which 'recommend' finds a plan.")
          .omit_default(),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
