#include "api/cluster_sizes.h"

#include <algorithm>

#include "base/text.h"
#include "base/units.h"
#include "search/violations.h"

namespace shardplan::api {
namespace {

using estimate::Context;

constexpr int kMostNodes = 64;           // of the sizes that are compared where none are asked for
constexpr size_t kMostPlansOfASize = 5;  // from the fastest to the smallest

std::vector<int> sizes_of(const Question& question, const LimitFields& limits, const spec::Cluster& cluster,
                          std::vector<std::string>& assumptions) {
  std::vector<int> sizes = limits.gpu_counts;
  const int node = cluster.gpus_per_node;
  if (sizes.empty() && question.gpus) sizes = doubled(*question.gpus > node ? node : 1, *question.gpus);
  if (sizes.empty()) {
    sizes = doubled(node, node * kMostNodes);
    assumptions.push_back("Sizes: 1 to " + std::to_string(kMostNodes) + " nodes of " + std::to_string(node) + " GPUs.");
  }
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  return sizes;
}

// The one that the search ranks first, then some of those that are slower and smaller, evenly taken. Faster ones that
// it ranks behind are more likely to run out of memory than they are worth.
std::vector<search::Candidate> shown(const search::Partial& partial) {
  if (partial.top.empty()) return {};
  std::vector<search::Candidate> out = {partial.top.front()}, smaller;
  for (const search::Candidate& c : partial.front)
    if (c.reserved_bytes < out.front().reserved_bytes) smaller.push_back(c);
  const size_t n = std::min(smaller.size(), kMostPlansOfASize - 1);
  for (size_t i = 1; i <= n; ++i) out.push_back(smaller[i * smaller.size() / n - 1]);
  return out;
}

ParetoPoint point_of(const estimate::Problem& problem, const Plan& plan) {
  ParetoPoint p;
  p.gpu = problem.cluster.accelerator.id;
  p.gpus = plan.gpus;
  p.label = std::to_string(plan.gpus) + " x " + p.gpu + ": " + plan.summary;
  p.tokens_per_s = plan.tokens_per_s;
  p.tokens_per_s_per_gpu = plan.tokens_per_s_per_gpu;
  p.step_time_s = plan.time.step_time_s;
  p.peak_gib = plan.memory.peak_gib;
  p.mfu = plan.mfu;
  p.usd_per_million_tokens = plan.usd_per_million_tokens;
  p.usd_per_hour = plan.usd_per_hour;
  p.strategy = plan.strategy;
  return p;
}

// The rule under which most combinations fell.
std::string most_rejected(const search::Partial& partial) {
  const auto most = std::max_element(partial.rejected.begin(), partial.rejected.end());
  if (partial.candidates == 0 || *most == 0) return "No combination of the axes is that large.";
  const auto rule = static_cast<search::Rejection>(most - partial.rejected.begin());
  return std::string("No legal plan: ") + search::rejection_text(rule) + ".";
}

void take(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const std::string& text : more)
    if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
}

// Searches one cluster.
Diagnostics look_at(const RecommendRequest& ask, ClusterPlans& out) {
  auto prepared = prepare(ask);
  if (!prepared) return prepared.error();
  take(out.assumptions, prepared->resolved.assumptions);
  take(out.warnings, prepared->resolved.warnings);
  const Context c(prepared->resolved.problem);
  const search::Space space(c, prepared->limits);
  const search::Partial partial = search::evaluate_range(c, space, 0, space.size(), prepared->options);
  ClusterSize size{c.problem.cluster.accelerator.id, c.problem.cluster.gpus, !partial.top.empty(), 0, 0, ""};
  for (const search::Candidate& candidate : shown(partial)) {
    ClusterPlan p{space.at(candidate.index), c.problem, prepared->options.usable_bytes, {}};
    p.point = point_of(c.problem, make_plan(c, p.strategy, p.usable_bytes));
    size.tokens_per_s = std::max(size.tokens_per_s, p.point.tokens_per_s);
    out.plans.push_back(std::move(p));
  }
  if (!size.fits && partial.nearest.found) {
    size.over_gib = partial.nearest.over_bytes / kGib;
    size.why_not = "The nearest plan is " + number_text(size.over_gib, 4) + " GiB over.";
  } else if (!size.fits) {
    size.why_not = most_rejected(partial);
  }
  out.sizes.push_back(std::move(size));
  return {};
}

// Sizes came as gpu_counts, not as gpus.
Diagnostics of_the_list(Diagnostics problems) {
  for (Diagnostic& d : problems)
    if (d.path == "/gpus") d.path = "/gpu_counts";
  return problems;
}

}  // namespace

std::vector<int> doubled(int smallest, int largest) {
  std::vector<int> out;
  for (int64_t n = std::min(smallest, largest); n < largest; n *= 2) out.push_back(static_cast<int>(n));
  out.push_back(largest);
  return out;
}

Result<ClusterPlans> plans_by_size(const Question& question, const LimitFields& limits,
                                   const std::vector<std::string>& gpu_types) {
  ClusterPlans out;
  for (int n : limits.gpu_counts)
    if (question.gpus && n > *question.gpus)
      return fail("/gpu_counts",
                  std::to_string(n) + " GPUs are more than the question's " + std::to_string(*question.gpus) + ".");
  RecommendRequest ask{question, limits, spec::Objective::kThroughput, 1, false};
  ask.limits.gpu_counts.clear();
  for (const std::string& type : gpu_types.empty() ? std::vector<std::string>{question.gpu} : gpu_types) {
    ask.question = question;
    ask.question.gpu = type;
    auto first = resolve(ask.question);
    if (!first) return tl::unexpected<Diagnostics>(first.error());
    const std::vector<int> sizes = sizes_of(question, limits, first->problem.cluster, out.assumptions);
    if (!ask.question.gbs && !ask.question.batch_size) {
      // One batch for all: the default grows with the cluster.
      ask.question.gpus = sizes.back();
      if (auto largest = resolve(ask.question)) ask.question.gbs = largest->problem.training.gbs;
      take(out.assumptions, {"Global batch: " + std::to_string(ask.question.gbs.value_or(0)) + " sequences."});
    }
    for (int gpus : sizes) {
      ask.question.gpus = gpus;
      Diagnostics problems = look_at(ask, out);
      if (!problems.empty())
        return tl::unexpected<Diagnostics>(limits.gpu_counts.empty() ? problems : of_the_list(problems));
    }
  }
  return out;
}

}  // namespace shardplan::api

namespace shardplan::json {

Fields Describe<api::ParetoPoint>::fields() {
  using P = api::ParetoPoint;
  static constexpr Field table[] = {
      field<&P::label>("label"),
      field<&P::gpu>("gpu"),
      field<&P::gpus>("gpus"),
      field<&P::tokens_per_s>("tokens_per_s"),
      field<&P::tokens_per_s_per_gpu>("tokens_per_s_per_gpu"),
      field<&P::step_time_s>("step_time_s"),
      field<&P::peak_gib>("peak_gib", "Worst rank, reserved."),
      field<&P::mfu>("mfu"),
      field<&P::usd_per_million_tokens>("usd_per_million_tokens"),
      field<&P::usd_per_hour>("usd_per_hour"),
      field<&P::strategy>("strategy"),
  };
  return table;
}

Fields Describe<api::ClusterSize>::fields() {
  using C = api::ClusterSize;
  static constexpr Field table[] = {
      field<&C::gpu>("gpu"),
      field<&C::gpus>("gpus"),
      field<&C::fits>("fits"),
      field<&C::tokens_per_s>("tokens_per_s", "Of the fastest plan.").omit_default(),
      field<&C::over_gib>("over_gib", "Of the nearest plan, where none fits.").omit_default(),
      field<&C::why_not>("why_not").omit_default(),
  };
  return table;
}

}  // namespace shardplan::json
