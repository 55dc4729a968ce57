// How far does it scale? The best plan and one fixed plan at growing numbers of GPUs, with the batch fixed (strong) and
// growing with them (weak).
#include <algorithm>

#include "api/best_plan.h"
#include "api/fields.h"
#include "api/registry.h"
#include "api/scaling_curve.h"
#include "api/smallest_change.h"
#include "api/stated_plan.h"
#include "base/text.h"
#include "search/violations.h"

namespace shardplan::api {

struct ScalingRequest {
  StatedPlan plan;
  std::optional<int> base_gpus;
  std::optional<int> target_gpus;
  std::vector<int> sizes;
  double least_efficiency = 0.8;
};

// Both readings of one way of scaling.
struct ScalingFields {
  ScalingCurve best_plans;  // searched anew at each size
  ScalingCurve same_plan;   // only its data parallelism grows
};

struct ScalingResponse {
  std::vector<int> sizes;
  ScalingFields strong, weak;
  std::vector<Change> smallest_change;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

constexpr int kDefaultBase = 8, kDefaultFactor = 8;
constexpr size_t kMostSizes = 16;
constexpr int64_t kMostBatch = 100000000;

Result<std::vector<int>> sizes_of(const ScalingRequest& r) {
  const Question& q = r.plan.question;
  if (r.base_gpus && q.gpus)
    return fail("/base_gpus", "'gpus' and 'base_gpus' both say where scaling starts; give one of them.");
  if (!r.sizes.empty()) {
    if (r.base_gpus || r.target_gpus || q.gpus)
      return fail("/sizes", "'sizes' says it all; leave out base_gpus, target_gpus and gpus.");
    for (size_t i = 1; i < r.sizes.size(); ++i)
      if (r.sizes[i] <= r.sizes[i - 1]) return fail("/sizes", "Sizes must grow.");
    if (r.sizes.size() > kMostSizes) return fail("/sizes", "At most " + std::to_string(kMostSizes) + " sizes.");
    return r.sizes;
  }
  const int base = r.base_gpus.value_or(q.gpus.value_or(kDefaultBase));
  const int target = r.target_gpus.value_or(base * kDefaultFactor);
  if (target < base)
    return fail("/target_gpus", "target_gpus " + std::to_string(target) + " is less than the " + std::to_string(base) +
                                    " GPUs to start from.");
  std::vector<int> sizes;
  for (int64_t n = base; n <= target && sizes.size() < kMostSizes; n *= 2) sizes.push_back(static_cast<int>(n));
  if (sizes.back() < target && sizes.size() < kMostSizes) sizes.push_back(target);
  return sizes;
}

RecommendRequest at_size(const ScalingRequest& r, int gpus, int gbs) {
  RecommendRequest search = search_for(r.plan);
  search.question.gpus = gpus;
  search.question.gbs = gbs;
  search.question.batch_size = std::nullopt;
  return search;
}

// The strategy with as much data parallelism as the GPUs give.
SizedPlan widened(const RecommendRequest& at, const spec::Strategy& plan, bool tp_across_domains) {
  SizedPlan out{*at.question.gpus, *at.question.gbs, std::nullopt, ""};
  const auto resolved = resolve(at.question);
  if (!resolved) {
    out.reason = resolved.error().front().message;
    return out;
  }
  spec::Strategy s = plan;
  const int replica = s.tp * s.pp * s.cp;
  if (out.gpus % replica != 0) {
    out.reason =
        std::to_string(out.gpus) + " GPUs are not a multiple of the " + std::to_string(replica) + " of one replica.";
    return out;
  }
  s.dp = out.gpus / replica;
  s.gbs = out.gbs;
  const estimate::Context context(resolved->problem);
  const auto broken = search::violations(context, s, tp_across_domains);
  if (!broken.empty()) out.reason = broken.front().message;
  else out.plan = make_plan(context, s, resolved->usable_bytes);
  return out;
}

struct Sized {
  SizedPlan plan;
  std::optional<spec::Strategy> strategy;  // of a plan that fits
};

Sized searched(const RecommendRequest& at) {
  Sized out{{*at.question.gpus, *at.question.gbs, std::nullopt, ""}, std::nullopt};
  auto best = best_plan(at);
  if (!best) {
    const Diagnostic& d = best.error().front();
    out.plan.reason = d.message + (d.hint.empty() ? "" : " " + d.hint);
    return out;
  }
  if (best->plan.fits) out.strategy = best->strategy;
  out.plan.plan = std::move(best->plan);
  return out;
}

class Scaler {
 public:
  Scaler(const ScalingRequest& r, std::vector<int> sizes, int gbs, double tie_gap)
      : r_(r), sizes_(std::move(sizes)), gbs_(gbs), tie_gap_(tie_gap) {}

  ScalingFields run(bool grows, std::optional<spec::Strategy> fixed) const {
    std::vector<SizedPlan> best, same;
    for (int gpus : sizes_) {
      const int64_t batch = grows ? static_cast<int64_t>(gbs_) * gpus / sizes_.front() : gbs_;
      const RecommendRequest at = at_size(r_, gpus, static_cast<int>(std::min(batch, kMostBatch)));
      Sized found = searched(at);
      if (!fixed) fixed = found.strategy;
      if (fixed) same.push_back(widened(at, *fixed, at.limits.tp_across_domains));
      else same.push_back({gpus, at.question.gbs.value(), std::nullopt, "No plan fits yet that could grow."});
      best.push_back(std::move(found.plan));
    }
    return {curve_of(best, r_.least_efficiency, tie_gap_), curve_of(same, r_.least_efficiency, tie_gap_)};
  }

 private:
  const ScalingRequest& r_;
  std::vector<int> sizes_;
  int gbs_ = 0;
  double tie_gap_ = 0;
};

// What is wrong with the first size, by the field that stated it.
Diagnostics named_as_asked(Diagnostics problems, const ScalingRequest& r) {
  if (!r.plan.question.gpus)
    for (Diagnostic& d : problems)
      if (d.path == "/gpus") d.path = r.sizes.empty() ? "/base_gpus" : "/sizes";
  return problems;
}

bool fits_somewhere(const ScalingResponse& r) {
  return r.strong.best_plans.efficient_up_to_gpus > 0 || r.weak.best_plans.efficient_up_to_gpus > 0;
}

Result<ScalingResponse> scaling(const ScalingRequest& request) {
  auto sizes = sizes_of(request);
  if (!sizes) return tl::unexpected<Diagnostics>(std::move(sizes.error()));
  StatedPlan stated = request.plan;
  stated.question.gpus = sizes->front();
  auto base = resolve(stated.question);
  if (!base) return tl::unexpected<Diagnostics>(named_as_asked(std::move(base.error()), request));
  ScalingResponse r;
  r.sizes = *sizes;
  std::optional<spec::Strategy> fixed;
  if (names_strategy(stated)) {
    auto plan = resolve(stated);
    if (!plan) return tl::unexpected<Diagnostics>(std::move(plan.error()));
    fixed = plan->strategy;
    base->problem.training.gbs = plan->question.problem.training.gbs;
  }
  const Scaler scaler(request, *sizes, base->problem.training.gbs, base->problem.intervals.tie_gap);
  r.strong = scaler.run(false, fixed);
  r.weak = scaler.run(true, fixed);
  r.assumptions = std::move(base->assumptions);
  r.assumptions.push_back("Strong scaling keeps the global batch of " + std::to_string(base->problem.training.gbs) +
                          " sequences; weak scaling lets it grow with the GPUs.");
  r.warnings = std::move(base->warnings);
  if (!fits_somewhere(r)) {
    const RecommendRequest last = at_size(request, sizes->back(), base->problem.training.gbs);
    r.smallest_change = smallest_changes(last, *prepare(last));
    r.warnings.push_back("Nothing fits at any of the sizes: see smallest_change for " + std::to_string(sizes->back()) +
                         " GPUs.");
  }
  return r;
}

}  // namespace

Operation scaling_operation() {
  return make_operation<&scaling>(
      "scaling", "Strong and weak scaling: speed, efficiency and what is lost at growing numbers of GPUs.",
      R"({"model": "llama-3.1-8b", "gpu": "h100", "base_gpus": 8, "target_gpus": 128, "seq_length": 8192, "gbs": 128})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::ScalingRequest, "scaling_request");
SHARDPLAN_DESCRIBE(api::Loss, "scaling_loss");
SHARDPLAN_DESCRIBE(api::ScalingPoint, "scaling_point");
SHARDPLAN_DESCRIBE(api::ScalingCurve, "scaling_curve");
SHARDPLAN_DESCRIBE(api::ScalingFields, "scaling_curves");
SHARDPLAN_DESCRIBE(api::ScalingResponse, "scaling_response");

Fields Describe<api::ScalingRequest>::fields() {
  using R = api::ScalingRequest;
  static constexpr Field own[] = {
      field<&R::base_gpus>("base_gpus", "GPUs to start from; gpus, else 8 where absent.").range(1, 1e6),
      field<&R::target_gpus>("target_gpus", "GPUs to double up to; eight times the base where absent.").range(1, 1e6),
      field<&R::sizes>("sizes", "Numbers of GPUs, in place of base_gpus and target_gpus.").range(1, 1e6).omit_default(),
      field<&R::least_efficiency>("least_efficiency", "Efficiency from which a size counts as efficient.").range(0, 1),
  };
  static const FieldList table = FieldList().include<&R::plan>().add(own);
  return table;
}

Fields Describe<api::Loss>::fields() {
  static constexpr Field table[] = {
      field<&api::Loss::part>("part"),
      field<&api::Loss::pct>("pct", "Of a token's GPU time at the size before."),
  };
  return table;
}

Fields Describe<api::ScalingPoint>::fields() {
  using P = api::ScalingPoint;
  static constexpr Field table[] = {
      field<&P::gpus>("gpus"),
      field<&P::gbs>("gbs"),
      field<&P::fits>("fits"),
      field<&P::reason>("reason", "Why there is no plan, or none that fits.").omit_default(),
      field<&P::over_gib>("over_gib").omit_default(),
      field<&P::summary>("summary").omit_default(),
      field<&P::strategy>("strategy"),
      field<&P::step_time_s>("step_time_s").omit_default(),
      field<&P::step_time_range_s>("step_time_range_s", "Low and high.").omit_default(),
      field<&P::tokens_per_s>("tokens_per_s").omit_default(),
      field<&P::tokens_per_s_per_gpu>("tokens_per_s_per_gpu").omit_default(),
      field<&P::mfu>("mfu").omit_default(),
      field<&P::peak_gib>("peak_gib").omit_default(),
      field<&P::usd_per_million_tokens>("usd_per_million_tokens"),
      field<&P::speedup>("speedup", "Against the first size that fits.").omit_default(),
      field<&P::efficiency>("efficiency", "Speed per GPU against the size whose GPUs are fastest.").omit_default(),
      field<&P::efficiency_range>("efficiency_range", "As far as this size's step time may be off.").omit_default(),
      field<&P::lost_pct>("lost_pct", "Of the speed per GPU since the size before; negative: gained.").omit_default(),
      field<&P::lost_to>("lost_to", "Parts of the time that grew most.").omit_default(),
  };
  return table;
}

Fields Describe<api::ScalingCurve>::fields() {
  using C = api::ScalingCurve;
  static constexpr Field table[] = {
      field<&C::points>("points"),
      field<&C::efficient_up_to_gpus>("efficient_up_to_gpus", "Last size with least_efficiency; 0: nothing fits."),
      field<&C::bends_at_gpus>("bends_at_gpus", "First size whose loss is more than the estimates' error."),
      field<&C::why>("why"),
  };
  return table;
}

Fields Describe<api::ScalingFields>::fields() {
  using S = api::ScalingFields;
  static constexpr Field table[] = {
      field<&S::best_plans>("best_plans", "The best plan at each size."),
      field<&S::same_plan>("same_plan", "The stated plan, or the first that fits; only its dp grows."),
  };
  return table;
}

Fields Describe<api::ScalingResponse>::fields() {
  using R = api::ScalingResponse;
  static constexpr Field table[] = {
      field<&R::sizes>("sizes"),
      field<&R::strong>("strong", "The same global batch at each size."),
      field<&R::weak>("weak", "A batch that grows with the GPUs."),
      field<&R::smallest_change>("smallest_change", "Where nothing fits: changes after which something does.")
          .omit_default(),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
